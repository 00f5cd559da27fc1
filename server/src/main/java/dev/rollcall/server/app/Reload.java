package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Values;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Applies a changed configuration file to a running process: services at once, and settings with
/// the next start, which it says. A file with mistakes is refused whole and what ran before goes
/// on.
final class Reload<S> implements Runnable {
  private static final System.Logger LOG = System.getLogger(Reload.class.getName());

  private final Configuration.Origin<S> origin;
  private final Values started;
  private final Consumer<List<S>> apply;
  private final Consumer<Set<Path>> named;

  /// @param started the settings that the process was started with
  /// @param apply takes the whole list of services, also where none of them changed: nothing here
  ///   remembers them
  /// @param named takes the files that values in the file name, also where it is refused
  Reload(
      Configuration.Origin<S> origin,
      Values started,
      Consumer<List<S>> apply,
      Consumer<Set<Path>> named) {
    this.origin = origin;
    this.started = started;
    this.apply = apply;
    this.named = named;
  }

  @Override
  public void run() {
    String file = origin.files().label();
    Mistakes mistakes = new Mistakes();
    Optional<Configuration<S>> read = origin.read(mistakes, named);
    if (read.isEmpty()) {
      LOG.log(Level.WARNING, "{0} was refused, what it said before goes on:", file);
      mistakes.lines().forEach(line -> LOG.log(Level.WARNING, line));
      return;
    }
    List<String> waiting = started.differing(read.get().values());
    if (!waiting.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "{0} was read again; changed with the next start only: {1}",
          file,
          String.join(", ", waiting));
    }
    apply.accept(read.get().services());
  }
}
