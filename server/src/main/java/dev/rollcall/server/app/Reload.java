package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.monitor.MonitorSettings;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Applies a changed configuration file to a running process. Services and some settings
/// ([Setting#isAtOnce]) are applied at once. The others are applied at the next start, which is
/// logged. A file with mistakes is rejected as a whole, and the previous configuration stays in
/// use.
final class Reload implements Runnable {
  private static final String EMPTIED =
      ": restore it, or set fewer-services: true if this is intended";

  private static final System.Logger LOG = System.getLogger(Reload.class.getName());

  private final Configuration.Origin origin;
  private final Values started;
  private final Predicate<Configuration> apply;
  private final Consumer<Set<Path>> named;
  private Configuration current;
  private volatile Optional<String> refusal = Optional.empty();

  /// @param started what the process was started with
  /// @param apply applies all services, changed or not, and the settings that change at once;
  ///   returns false if it rejected them, with the reason in the log
  /// @param named receives the files in references of the file, even if the file is rejected
  Reload(
      Configuration.Origin origin,
      Configuration started,
      Predicate<Configuration> apply,
      Consumer<Set<Path>> named) {
    this.origin = origin;
    this.started = started.values();
    this.current = started.withoutSubjects();
    this.apply = apply;
    this.named = named;
  }

  @Override
  public void run() {
    String file = origin.files().label();
    Mistakes mistakes = new Mistakes();
    Optional<Configuration> read = origin.read(mistakes, named);
    if (read.isEmpty()) {
      refuse(file, mistakes.lines());
      return;
    }
    Values values = read.get().values();
    if (isEmptied(read.get())) {
      refuse(file, List.of(file + " " + read.get().blank().orElseThrow() + EMPTIED));
      return;
    }
    if (refusal.isPresent()) {
      LOG.log(Level.INFO, "{0} has no mistakes any more", file);
    }
    refusal = Optional.empty();
    if (!apply.test(read.get())) {
      return;
    }
    List<String> applied = new ArrayList<>(changed(current.values(), values, true));
    applied.addAll(current.differingSections(read.get()));
    tell(Level.INFO, file, "applied now", applied);
    tell(Level.WARNING, file, "applied at the next start only", changed(started, values, false));
    current = read.get().withoutSubjects();
  }

  private void refuse(String file, List<String> lines) {
    LOG.log(Level.WARNING, "{0} was rejected, the previous configuration stays in use:", file);
    lines.forEach(line -> LOG.log(Level.WARNING, line));
    refusal = Optional.of(summary(lines));
  }

  /// An editor or a full disk may empty the file for a moment, and the defaults would open what the
  /// file has closed.
  private boolean isEmptied(Configuration now) {
    return now.blank().isPresent()
        && current.blank().isEmpty()
        && !now.values().of(MonitorSettings.FEWER_SERVICES);
  }

  private static String summary(List<String> mistakes) {
    int others = mistakes.size() - 1;
    return (mistakes.isEmpty() ? "it cannot be read" : mistakes.getFirst())
        + (others > 0 ? "; and " + others + " more, see the log" : "");
  }

  private static List<String> changed(Values before, Values now, boolean atOnce) {
    Set<String> those =
        AllSettings.ALL.stream()
            .filter(Setting::isAtOnce)
            .map(Setting::key)
            .collect(Collectors.toUnmodifiableSet());
    return before.differing(now).stream().filter(key -> those.contains(key) == atOnce).toList();
  }

  private static void tell(Level level, String file, String what, List<String> keys) {
    if (!keys.isEmpty()) {
      LOG.log(level, "{0} was read again; {1}: {2}", file, what, String.join(", ", keys));
    }
  }

  /// Why the present content of the file is not in use.
  Optional<String> refusal() {
    return refusal;
  }
}
