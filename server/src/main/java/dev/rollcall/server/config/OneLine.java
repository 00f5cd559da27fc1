package dev.rollcall.server.config;

/// Texts in one line, whatever characters they contain.
public final class OneLine {
  private OneLine() {}

  /// Escapes everything that could break a line, move the cursor, or reverse the direction of text:
  /// control and format characters, line and paragraph separators, lone surrogates.
  public static String of(String text) {
    if (text.codePoints().noneMatch(OneLine::dangerous)) {
      return text;
    }
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            point -> {
              if (dangerous(point)) {
                escaped.append(escape(point));
              } else {
                escaped.appendCodePoint(point);
              }
            });
    return escaped.toString();
  }

  /// The same, cut to at most `most` characters, not within a surrogate pair.
  public static String of(String text, int most) {
    String line = of(text);
    if (line.length() <= most) {
      return line;
    }
    return line.substring(0, Character.isHighSurrogate(line.charAt(most - 1)) ? most - 1 : most);
  }

  private static boolean dangerous(int point) {
    if (point >= ' ' && point < 0x7f) {
      return false;
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  private static String escape(int point) {
    return switch (point) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> String.format("\\u%04x", point);
    };
  }
}
