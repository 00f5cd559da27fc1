package dev.rollcall.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a file of environment variables as Docker Compose does: one `NAME=value` or `NAME: value`
/// for each variable, with or without `export` before it.
///
/// - A value without quotes ends at the end of its line, or before a `#` that follows a space.
/// - A value in single quotes is literal, except that `\'` is a quote. It may have several lines.
/// - A value in double quotes may have several lines and contain escapes ([#ESCAPE]).
/// - Without quotes and in double quotes, variables are replaced ([Interpolation]). A variable of
///   the process takes precedence over one of the file.
/// - A name alone is the variable of the process, which counts anyway.
///
/// Source: the package `dotenv` of compose-go.
final class DotEnv {
  /// In the values of these variables, a variable that is not set is a mistake. Compose only warns,
  /// but a token must not become empty in silence.
  private static final String OURS = "ROLLCALL_";

  private static final int LONGEST_VALUE = 64 * 1024;
  private static final Pattern BLANK = Pattern.compile("\\s*(?:#.*)?");
  private static final Pattern NAME =
      Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\\s*([=:]\\s*|$)");
  private static final Pattern COMMENT = Pattern.compile("\\s#.*");

  /// An escape in double quotes. A backslash before any other character is a backslash.
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:([abfnrtv\"\\\\$])|0([0-3][0-7]{2}))");

  private static final String LETTERS = "abfnrtv";
  private static final String CHARACTERS = "\u0007\b\f\n\r\t\u000b";

  private final String file;
  private final String text;
  private final Map<String, GivenValue> environment;
  private final Mistakes mistakes;
  private final Map<String, GivenValue> variables = new LinkedHashMap<>();

  /// The position and the number of the line that is read next.
  private int at;

  private int line = 1;

  private DotEnv(String file, String text, Map<String, GivenValue> environment, Mistakes mistakes) {
    this.file = file;
    this.text = text;
    this.environment = environment;
    this.mistakes = mistakes;
  }

  /// The variables in `text` by name. If a name is given twice, the last value counts.
  ///
  /// @param environment the variables of the process
  static Map<String, GivenValue> read(
      String file, String text, Map<String, GivenValue> environment, Mistakes mistakes) {
    DotEnv reader = new DotEnv(file, text.replaceAll("\\r\\n?", "\n"), environment, mistakes);
    while (reader.at < reader.text.length()) {
      reader.variable();
    }
    return reader.variables;
  }

  /// Reads one line, or all lines of one value.
  private void variable() {
    String content = lineFrom(at);
    Matcher name = NAME.matcher(content);
    if (BLANK.matcher(content).matches()) {
      next(at);
    } else if (!name.lookingAt()) {
      wrong("this line", "is no variable: write it as NAME=value");
      next(at);
    } else if (name.group(2).isEmpty()) {
      next(at);
    } else if (content.startsWith("\"", name.end()) || content.startsWith("'", name.end())) {
      quoted(name.group(1), at + name.end());
    } else {
      String value = content.substring(name.start(2) + 1);
      interpolated(name.group(1), COMMENT.matcher(value).replaceFirst("").strip());
      next(at);
    }
  }

  /// @param open the position of the opening quote
  private void quoted(String name, int open) {
    int close = close(open);
    if (close < 0) {
      wrong(name, "has no closing quote: add it");
      next(at);
      return;
    }
    String inner = text.substring(open + 1, close);
    if (!BLANK.matcher(lineFrom(close + 1)).matches()) {
      wrong(name, "has text after its closing quote: remove it, or put it into the quotes");
    } else if (text.charAt(open) == '"') {
      interpolated(name, ESCAPE.matcher(inner).replaceAll(DotEnv::unescaped));
    } else {
      put(name, inner.replace("\\'", "'"));
    }
    line += (int) inner.chars().filter(character -> character == '\n').count();
    next(close);
  }

  /// The position of the closing quote, or -1.
  private int close(int open) {
    for (int i = open + 1; i < text.length(); i++) {
      if (text.charAt(i) == text.charAt(open)) {
        return i;
      }
      if (text.charAt(i) == '\\') {
        i++;
      }
    }
    return -1;
  }

  /// What stands for an escape, as a replacement of a regular expression. An escaped `$` becomes
  /// `$$`, which [Interpolation] reads as `$`.
  private static String unescaped(MatchResult escape) {
    if (escape.group(2) != null) {
      return Matcher.quoteReplacement(
          Character.toString(Integer.parseInt(escape.group(2), 8)).replace("$", "$$"));
    }
    String character = escape.group(1);
    int letter = LETTERS.indexOf(character);
    String meant = letter < 0 ? character : CHARACTERS.substring(letter, letter + 1);
    return Matcher.quoteReplacement(meant.replace("$", "$$"));
  }

  private void interpolated(String name, String value) {
    try {
      put(name, new Interpolation(this::lookup, name.startsWith(OURS), LONGEST_VALUE).of(value));
    } catch (IllegalArgumentException e) {
      wrong(name, String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> lookup(String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(variables.get(name)))
        .map(GivenValue::text);
  }

  private void put(String name, String value) {
    variables.put(name, new GivenValue(where(), name, value));
  }

  private void wrong(String name, String what) {
    String where = where();
    mistakes.within(_ -> where).add(name, what);
  }

  private String where() {
    return file + ":" + line;
  }

  private String lineFrom(int position) {
    return text.substring(position, endOfLine(position));
  }

  /// Goes on after the line of `position`.
  private void next(int position) {
    at = endOfLine(position) + 1;
    line++;
  }

  private int endOfLine(int position) {
    int end = text.indexOf('\n', position);
    return end < 0 ? text.length() : end;
  }
}
