package dev.rollcall.server.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What values in the configuration file take from elsewhere: `${NAME}` is a variable of the
/// environment or of `.env`, `${file:/path}` the text of a file without the line break at its end,
/// and `$${` a `${` that stands for itself. What they bring is not looked into again, and is never
/// shown in a message.
final class References {
  private static final int LARGEST_FILE = 64 * 1024;
  private static final int LONGEST_VALUE = 1024 * 1024;

  /// What is shorter is nothing secret, and might stand anywhere in a message.
  private static final int SHORTEST_HIDDEN = 4;

  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\$\\{|\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)|file:([^}]+))}|\\$\\{[^}]*}?");

  private static final String REMEDY = "write ${NAME} or ${file:/path}, and $${ for the text ${";

  private final Path directory;
  private final Map<String, GivenValue> environment;
  private final Map<String, GivenValue> dotEnv;
  private final Map<Path, Found> files = new HashMap<>();
  private long room = YamlFile.LARGEST;

  /// A text with what its references stand for.
  ///
  /// @param shown the same with `***` for what they brought
  /// @param brought what they brought
  record Expanded(String text, String shown, List<String> brought) {}

  /// What a reference brought, or why it brought nothing.
  private record Found(Optional<String> text, String wrong) {
    static Found of(String text, String remedy) {
      return text.isEmpty()
          ? new Found(Optional.empty(), "is empty" + remedy)
          : new Found(Optional.of(text), "");
    }
  }

  /// @param directory where relative paths start
  References(Path directory, Map<String, GivenValue> environment, Map<String, GivenValue> dotEnv) {
    this.directory = directory;
    this.environment = environment;
    this.dotEnv = dotEnv;
  }

  /// The files that were looked for so far, whether they are there or not.
  Set<Path> files() {
    return Set.copyOf(files.keySet());
  }

  /// The text with what its references stand for; nothing where one is wrong, which is noted.
  ///
  /// @param path what the value is called in mistakes
  Optional<Expanded> expanded(String text, String path, Mistakes mistakes) {
    List<String> all = new ArrayList<>();
    StringBuilder whole = new StringBuilder();
    StringBuilder shown = new StringBuilder();
    Matcher matcher = REFERENCE.matcher(text);
    int end = 0;
    while (matcher.find()) {
      whole.append(text, end, matcher.start());
      shown.append(text, end, matcher.start());
      end = matcher.end();
      String reference = matcher.group();
      if (reference.equals("$${")) {
        whole.append("${");
        shown.append("${");
        continue;
      }
      Optional<String> brought =
          brought(reference, matcher.group(1), matcher.group(2), path, mistakes);
      if (brought.isEmpty() || !fits(whole.length(), brought.get(), reference, path, mistakes)) {
        return Optional.empty();
      }
      whole.append(brought.get());
      shown.append("***");
      all.add(brought.get());
    }
    return Optional.of(
        new Expanded(
            whole.append(text, end, text.length()).toString(),
            shown.append(text, end, text.length()).toString(),
            all));
  }

  private Optional<String> brought(
      String reference,
      @Nullable String variable,
      @Nullable String file,
      String path,
      Mistakes mistakes) {
    if (variable == null && file == null) {
      mistakes.addMissing(path, "\"" + reference + "\" is not a valid reference: " + REMEDY);
      return Optional.empty();
    }
    Found found = variable == null ? file(String.valueOf(file)) : variable(variable);
    if (found.text().isEmpty()) {
      mistakes.addMissing(path, reference + " " + found.wrong());
    }
    found
        .text()
        .filter(text -> text.length() >= SHORTEST_HIDDEN)
        .ifPresent(text -> mistakes.hide(text, reference));
    return found.text();
  }

  private boolean fits(
      int before, String brought, String reference, String path, Mistakes mistakes) {
    room -= brought.length();
    if (room < 0) {
      mistakes.addMissing(path, reference + " makes the file larger than 8 MiB: use less text");
      return false;
    }
    if (before + brought.length() > LONGEST_VALUE) {
      mistakes.addMissing(path, reference + " makes it longer than 1 MiB: use less text");
      return false;
    }
    return true;
  }

  private Found variable(String name) {
    String remedy = ": set the variable " + name + ", in the environment or in .env";
    GivenValue given = environment.getOrDefault(name, dotEnv.get(name));
    return given == null
        ? new Found(Optional.empty(), "is not set" + remedy)
        : Found.of(given.text(), remedy);
  }

  private Found file(String name) {
    try {
      return files.computeIfAbsent(directory.resolve(name), References::read);
    } catch (InvalidPathException e) {
      return new Found(Optional.empty(), "is no path: name a text file");
    }
  }

  private static Found read(Path file) {
    if (Files.exists(file) && !Files.isDirectory(file) && !Files.isRegularFile(file)) {
      return new Found(Optional.empty(), "is no file: name a text file"); // a pipe might never end
    }
    StringBuilder wrong = new StringBuilder();
    return TextFile.read(file, LARGEST_FILE, wrong::append)
        .map(text -> Found.of(withoutLineBreak(text), ": write the value into it"))
        .orElseGet(() -> new Found(Optional.empty(), wrong.toString()));
  }

  private static String withoutLineBreak(String text) {
    if (text.endsWith("\r\n")) {
      return text.substring(0, text.length() - 2);
    }
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }
}
