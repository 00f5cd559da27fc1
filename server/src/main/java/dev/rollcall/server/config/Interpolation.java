package dev.rollcall.server.config;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Replaces variables in a text as Docker Compose does. `$$` is a `$`.
///
/// | in the text | becomes |
/// | --- | --- |
/// | `$NAME`, `${NAME}` | the value; nothing if it is not set |
/// | `${NAME:-word}`, `${NAME-word}` | the value; `word` if it is not set, and with `:` also if it is empty |
/// | `${NAME:?word}`, `${NAME?word}` | the value; a mistake with `word` if it is not set (or empty) |
/// | `${NAME:+word}`, `${NAME+word}` | `word` if the value is set (and not empty), else nothing |
///
/// Variables in `word` are replaced too.
///
/// Source: the package `template` of compose-go.
///
/// @param variables the value of a variable, if it is set
/// @param strict whether `$NAME` and `${NAME}` of a variable that is not set are a mistake
/// @param longest the largest number of characters of a result
record Interpolation(Function<String, Optional<String>> variables, boolean strict, int longest) {
  private static final int DEEPEST = 20;
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern BRACED =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(?:(:?)([-?+])(.*))?", Pattern.DOTALL);

  /// The text with its variables replaced.
  ///
  /// @throws IllegalArgumentException with a phrase that follows the name of the variable that has
  ///   this text
  String of(String text) {
    return of(text, 0);
  }

  private String of(String text, int depth) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("has more than 20 ${ in each other: use fewer");
    }
    StringBuilder result = new StringBuilder();
    Matcher name = NAME.matcher(text);
    int at = 0;
    while (at < text.length()) {
      int dollar = text.indexOf('$', at);
      if (dollar < 0) {
        return append(result, text.substring(at)).toString();
      }
      append(result, text.substring(at, dollar));
      at = dollar + 1;
      if (text.startsWith("$", at)) {
        append(result, "$");
        at++;
      } else if (text.startsWith("{", at)) {
        int close = close(text, at);
        append(result, braced(text.substring(at + 1, close), depth));
        at = close + 1;
      } else if (name.region(at, text.length()).lookingAt()) {
        append(result, plain(name.group()));
        at = name.end();
      } else {
        append(result, "$");
      }
    }
    return result.toString();
  }

  private StringBuilder append(StringBuilder result, String more) {
    if (result.length() + more.length() > longest) {
      throw new IllegalArgumentException(
          "becomes longer than " + longest + " characters: make it shorter");
    }
    return result.append(more);
  }

  /// The position of the `}` for the `{` at `open`.
  private static int close(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      if (text.charAt(i) == '{') {
        depth++;
      } else if (text.charAt(i) == '}' && --depth == 0) {
        return i;
      }
    }
    throw invalid();
  }

  /// @param content the text between the braces
  private String braced(String content, int depth) {
    Matcher parts = BRACED.matcher(content);
    if (!parts.matches()) {
      throw invalid();
    }
    String name = parts.group(1);
    Optional<String> value = variables.apply(name);
    if (parts.group(3) == null) {
      return plain(name);
    }
    boolean there = value.isPresent() && (parts.group(2).isEmpty() || !value.get().isEmpty());
    String word = parts.group(4);
    return switch (parts.group(3)) {
      case "-" -> there ? value.get() : of(word, depth + 1);
      case "+" -> there ? of(word, depth + 1) : "";
      default -> {
        if (!there) {
          throw new IllegalArgumentException(missing(name, of(word, depth + 1)));
        }
        yield value.get();
      }
    };
  }

  private String plain(String name) {
    Optional<String> value = variables.apply(name);
    if (strict && value.isEmpty()) {
      throw new IllegalArgumentException(
          "needs the variable %s, which is not set: set it, or write ${%s:-}"
              .formatted(name, name));
    }
    return value.orElse("");
  }

  private static String missing(String name, String reason) {
    String message = "needs the variable " + name + ", which is not set";
    return reason.isEmpty() ? message + ": set it" : message + ": " + reason;
  }

  private static IllegalArgumentException invalid() {
    return new IllegalArgumentException(
        "has a ${ without a name and a }: write ${NAME}, and $$ for the character $");
  }
}
