package dev.rollcall.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file of environment variables, in the form of Compose and many programs: one `NAME=value` per
/// line. `export` before it, quotes around the value, and comments are allowed. Nothing is
/// expanded.
final class DotEnv {
  private static final Pattern LINE =
      Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_.]*)\\s*=\\s*(.*)");
  private static final Pattern QUOTED =
      Pattern.compile("(?:\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)')\\s*(?:#.*)?");

  private DotEnv() {}

  /// The variables in `text` by name. If a name is given twice, the last value counts, as in a
  /// shell.
  static Map<String, GivenValue> read(String file, String text, Mistakes mistakes) {
    Map<String, GivenValue> variables = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      String where = file + ":" + ++number;
      if (line.isBlank() || line.strip().startsWith("#")) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        mistakes.within(path -> where).add("this line", "is no variable: write it as NAME=value");
        continue;
      }
      String name = matcher.group(1);
      variables.put(name, new GivenValue(where, name, value(matcher.group(2))));
    }
    return variables;
  }

  private static String value(String text) {
    Matcher quoted = QUOTED.matcher(text);
    if (!quoted.matches()) {
      return text.replaceFirst("(?:^|\\s+)#.*", "").strip();
    }
    String escaped = quoted.group(1);
    return escaped == null ? quoted.group(2) : escaped.replaceAll("\\\\(.)", "$1");
  }
}
