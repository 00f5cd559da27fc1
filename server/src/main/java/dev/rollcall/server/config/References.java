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

/// References in values of the configuration file. `${NAME}` is a variable of the environment or of
/// `.env`. `${file:/path}` is the content of a file, without the line break at its end. `$${` is
/// the text `${`. The values of references are not expanded again, and never shown in messages.
final class References {
  private static final int LARGEST_FILE = 64 * 1024;
  private static final int LONGEST_VALUE = 1024 * 1024;

  /// Shorter values are not hidden: they are no secrets, and could occur anywhere in a message.
  private static final int SHORTEST_HIDDEN = 4;

  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\$\\{|\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)|file:([^}]+))}|\\$\\{[^}]*}?");

  private static final String REMEDY = "write ${NAME} or ${file:/path}, and $${ for the text ${";

  private final Path directory;
  private final Map<String, GivenValue> environment;
  private final Map<String, GivenValue> dotEnv;
  private final Map<Path, Found> files = new HashMap<>();
  private long charactersLeft = YamlFile.LARGEST;

  /// A text with the values of its references.
  ///
  /// @param shown the text with `***` for these values
  /// @param brought these values
  record Expanded(String text, String shown, List<String> brought) {}

  /// The value of a reference, or why there is none.
  private record Found(Optional<String> text, String wrong) {
    static Found of(String text, String remedy) {
      return text.isEmpty()
          ? new Found(Optional.empty(), "is empty" + remedy)
          : new Found(Optional.of(text), "");
    }
  }

  /// @param directory the folder of relative paths
  References(Path directory, Map<String, GivenValue> environment, Map<String, GivenValue> dotEnv) {
    this.directory = directory;
    this.environment = environment;
    this.dotEnv = dotEnv;
  }

  /// The files that were read so far, including missing ones.
  Set<Path> files() {
    return Set.copyOf(files.keySet());
  }

  /// The text with the values of its references; empty if one is wrong, which adds a mistake.
  ///
  /// @param path the path of the text in mistakes
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
    charactersLeft -= brought.length();
    if (charactersLeft < 0) {
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
      return new Found(
          Optional.empty(), "is no file: name a text file"); // reading a pipe might never end
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
