package dev.rollcall.probes;

/// Texts as JSON has them, for the few that are sent: no JSON library is needed for that.
final class JsonText {
  private JsonText() {}

  /// `text` in quotation marks (RFC 8259, 7).
  static String of(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char letter = text.charAt(i);
      if (letter == '"' || letter == '\\') {
        quoted.append('\\').append(letter);
      } else if (letter < ' ') {
        quoted.append("\\u%04x".formatted((int) letter));
      } else {
        quoted.append(letter);
      }
    }
    return quoted.append('"').toString();
  }
}
