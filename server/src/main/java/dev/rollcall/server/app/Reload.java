package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.Values;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Applies a changed configuration file to a running process: services at once, as well as the
/// settings of which that is true ([AllSettings#AT_ONCE]), and the others with the next start,
/// which it says. A file with mistakes is refused whole and what ran before goes on.
final class Reload<S> implements Runnable {
  private static final System.Logger LOG = System.getLogger(Reload.class.getName());

  private final Configuration.Origin<S> origin;
  private final Values started;
  private final Predicate<Configuration<S>> apply;
  private final Consumer<Set<Path>> named;
  private Values current;
  private volatile Optional<String> refusal = Optional.empty();

  /// @param started the settings that the process was started with
  /// @param apply takes the whole list of services, also where none of them changed: nothing here
  ///   remembers them; and the settings that change at once. Says whether it took them: where not,
  ///   it has told why, and what ran before goes on
  /// @param named takes the files that values in the file name, also where it is refused
  Reload(
      Configuration.Origin<S> origin,
      Values started,
      Predicate<Configuration<S>> apply,
      Consumer<Set<Path>> named) {
    this.origin = origin;
    this.started = started;
    this.current = started;
    this.apply = apply;
    this.named = named;
  }

  @Override
  public void run() {
    String file = origin.files().label();
    Mistakes mistakes = new Mistakes();
    Optional<Configuration<S>> read = origin.read(mistakes, named);
    if (read.isEmpty()) {
      LOG.log(Level.WARNING, "{0} was rejected, the previous configuration stays in use:", file);
      List<String> lines = mistakes.lines();
      lines.forEach(line -> LOG.log(Level.WARNING, line));
      refusal = Optional.of(told(lines));
      return;
    }
    Values values = read.get().values();
    refusal = Optional.empty();
    if (!apply.test(read.get())) {
      return;
    }
    tell(Level.INFO, file, "applied now", changed(current, values, true));
    tell(Level.WARNING, file, "applied at the next start only", changed(started, values, false));
    current = values;
  }

  private static String told(List<String> mistakes) {
    int others = mistakes.size() - 1;
    return (mistakes.isEmpty() ? "it cannot be read" : mistakes.getFirst())
        + (others > 0 ? "; and " + others + " more, see the log" : "");
  }

  private static List<String> changed(Values before, Values now, boolean atOnce) {
    Set<String> those =
        AllSettings.AT_ONCE.stream().map(Setting::key).collect(Collectors.toUnmodifiableSet());
    return before.differing(now).stream().filter(key -> those.contains(key) == atOnce).toList();
  }

  private static void tell(Level level, String file, String what, List<String> keys) {
    if (!keys.isEmpty()) {
      LOG.log(level, "{0} was read again; {1}: {2}", file, what, String.join(", ", keys));
    }
  }

  /// Why the file, as it is now, is not heeded.
  Optional<String> refusal() {
    return refusal;
  }
}
