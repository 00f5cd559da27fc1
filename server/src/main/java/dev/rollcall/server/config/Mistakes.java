package dev.rollcall.server.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The mistakes in a configuration, collected so that all are reported at once.
///
/// Each mistake is one line: the place, the path or name, what is wrong, and the remedy.
/// `rollcall.yaml:7: services[2].interval: "-3s" is no duration: write it as ...` Used by the
/// thread that reads the configuration.
public final class Mistakes {
  private static final int SHOWN = 60;
  private static final int LISTED = 100;
  private static final int MOST_MEANT = 3;

  /// Shorter values are words, or parts of them.
  private static final int SHORT = 4;

  private final Found found;
  private final UnaryOperator<String> place;

  /// What all parts of a configuration share.
  ///
  /// @param hidden texts that must not be shown, and what is shown instead
  /// @param missing the paths of unknown values
  private record Found(List<Line> lines, Map<String, String> hidden, Set<String> missing) {}

  /// @param path the path that is wrong
  private record Line(String path, String text) {}

  /// No mistakes yet, with paths only as their places.
  public Mistakes() {
    this(new Found(new ArrayList<>(), new LinkedHashMap<>(), new HashSet<>()), path -> "");
  }

  private Mistakes(Found found, UnaryOperator<String> place) {
    this.found = found;
    this.place = place;
  }

  /// The same collection, for a part whose places are known.
  ///
  /// @param where returns the place of a path (`rollcall.yaml:7`)
  Mistakes within(UnaryOperator<String> where) {
    return new Mistakes(found, path -> where.apply(path) + ": ");
  }

  /// Adds a mistake.
  ///
  /// @param path what is wrong: `services[2].url`
  /// @param what what is wrong with it, and the remedy: `is missing: give the URL to check`
  public void add(String path, String what) {
    if (!isMissing(path)) {
      found.lines.add(new Line(path, OneLine.of(place.apply(path) + path + ": " + shown(what))));
    }
  }

  /// Adds that the value of a path is unknown. Later mistakes of this path, or of a path that
  /// contains it, are ignored: they would only follow from this one.
  void addMissing(String path, String what) {
    add(path, what);
    found.missing.add(path);
  }

  /// Replaces `value` with `shown` in messages from now on.
  public void hide(String value, String shown) {
    found.hidden.putIfAbsent(value, shown);
  }

  /// Adds a mistake in a value that may be shown.
  ///
  /// @param what a phrase that follows the value, as in the exception of a [ValueType]
  public void add(String path, String value, String what) {
    String whole = shown(value);
    String cut = whole.length() > SHOWN ? whole.substring(0, SHOWN) + "..." : whole;
    add(path, "\"" + cut + "\" " + what);
  }

  /// Removes the mistakes of `path` and of paths within it.
  public void forget(String path) {
    found.lines.removeIf(
        line -> {
          String rest = line.path().startsWith(path) ? line.path().substring(path.length()) : "x";
          return rest.isEmpty() || rest.startsWith(".") || rest.startsWith("[");
        });
  }

  /// Whether there is none so far.
  public boolean isEmpty() {
    return found.lines.isEmpty();
  }

  /// The number of mistakes so far.
  public int count() {
    return found.lines.size();
  }

  /// The mistakes of these paths, one line each.
  public List<String> lines(Collection<String> paths) {
    return found.lines.stream()
        .filter(line -> paths.contains(line.path()))
        .map(Line::text)
        .toList();
  }

  /// All mistakes so far, one line each, in the order in which they were found. If there are very
  /// many: the first ones, and the number of the others.
  public List<String> lines() {
    List<String> lines = found.lines.stream().map(Line::text).toList();
    if (lines.size() <= LISTED) {
      return lines;
    }
    List<String> first = new ArrayList<>(lines.subList(0, LISTED));
    first.add("and " + (lines.size() - LISTED) + " more: correct these first");
    return List.copyOf(first);
  }

  /// The same for names of settings.
  public static String suggestion(String unknown, Collection<String> known) {
    return suggestion(unknown, known, "docs/settings.md");
  }

  /// The end of a message about an unknown name: the name that was probably meant; or all known
  /// names, if they are few.
  ///
  /// @param page where the known names are explained
  public static String suggestion(String unknown, Collection<String> known, String page) {
    List<String> ending = ending(unknown, known);
    if (!ending.isEmpty()) {
      return ", did you mean " + String.join(" or ", ending) + "?";
    }
    return known.stream()
        .min(Comparator.comparingInt(name -> distance(unknown, name)))
        .filter(name -> distance(unknown, name) <= Math.max(2, name.length() / 4))
        .filter(name -> distance(unknown, name) < letters(unknown)) // not one that shares none
        .map(name -> ", did you mean " + name + "?")
        .orElseGet(
            () ->
                known.size() <= 16
                    ? ": use one of " + String.join(", ", known.stream().sorted().toList())
                    : ": remove it, or see " + page + " for those there are");
  }

  private static int letters(String name) {
    return name.replaceFirst("^-+", "").length();
  }

  /// The names that end in `unknown`: `monitor.interval` for `interval`.
  private static List<String> ending(String unknown, Collection<String> known) {
    String part = unknown.replaceFirst("^(?:--|ROLLCALL_)", "");
    Pattern ending = Pattern.compile(".+[._-]" + Pattern.quote(part));
    return known.stream()
        .filter(name -> !part.isEmpty() && ending.matcher(name).matches())
        .sorted()
        .limit(MOST_MEANT)
        .toList();
  }

  private boolean isMissing(String path) {
    return found.missing.stream()
        .anyMatch(
            missing ->
                missing.startsWith(path)
                    && (missing.length() == path.length()
                        || missing.charAt(path.length()) == '.'
                        || missing.charAt(path.length()) == '['));
  }

  private String shown(String text) {
    String shown = text;
    for (Map.Entry<String, String> each : found.hidden.entrySet()) {
      if (shown.length() >= each.getKey().length()) {
        shown = replace(shown, each.getKey(), each.getValue());
      }
    }
    return shown;
  }

  /// A short value is replaced where it stands alone: its letters occur in other words.
  private static String replace(String text, String value, String shown) {
    return value.length() >= SHORT
        ? text.replace(value, shown)
        : Pattern.compile("(?<![\\p{L}\\p{N}])" + Pattern.quote(value) + "(?![\\p{L}\\p{N}])")
            .matcher(text)
            .replaceAll(Matcher.quoteReplacement(shown));
  }

  /// The number of edits between two texts (Levenshtein distance, one row at a time).
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
