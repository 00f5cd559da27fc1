package dev.rollcall.server.app;

import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Health;
import dev.rollcall.server.http.ReadyCheck;
import dev.rollcall.server.http.RequestTimes;
import dev.rollcall.server.node.registry.Nodes;
import dev.rollcall.server.signal.Signals;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.FileProblems;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.target.OptOut;
import dev.rollcall.server.target.Pool;
import dev.rollcall.server.target.PoolSettings;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The composition root of `targets`: only the pool of targets.
final class Targets {
  private static final System.Logger LOG = System.getLogger(Targets.class.getName());

  private final ServeSettings settings;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Ports ports;

  Targets(ServeSettings settings) {
    this.settings = settings;
    this.ports = new Ports(settings, ErrorShape.PLAIN, new RequestTimes(registry));
  }

  /// Runs until `stop` returns.
  ///
  /// @return the exit status
  /// @throws CannotRun if a part cannot be opened
  int run(Ports.Wish stop) throws InterruptedException {
    return ports.run(this::open, stop);
  }

  private Ports.Open open(Parts parts) {
    DataFolder.open(settings.storage().data());
    Database database =
        parts.add(
            "the database",
            Database.openOrWait(
                Tables.in(settings.storage().database()), Clock.system(), parts::fail));
    Clock clock = database.clock();
    GroupCommit commits = parts.add("the commits", new GroupCommit(database));
    Pool pool =
        parts.add(
            "the target pool", new Pool(database, commits, settings.targets(), registry, clock));
    start(pool, settings.targets(), parts);
    Health health =
        new Health(
            Main.version(),
            List.of(new ReadyCheck("database", database::trouble)),
            List.of(),
            registry);
    Nodes nodes = parts.add("the nodes", nodes(database, commits, clock));
    Ports.Open open =
        ports.open(
            parts,
            Stream.of(pool.routes(), nodes.routes()).flatMap(List::stream).toList(),
            health.routes());
    LOG.log(
        Level.INFO,
        "started with {0}: {1}, health at {2}",
        database.trouble().isEmpty()
            ? counted(pool.members(), "target")
            : "an unknown number of targets",
        open.url(),
        open.healthUrl());
    return open;
  }

  /// The nodes that report here. Their silence is for a runner on the same database to find, which
  /// also consumes what is written here.
  private Nodes nodes(Database database, GroupCommit commits, Clock clock) {
    Signals written = new Signals(database, commits, (_, _) -> {});
    return new Nodes(database, commits, settings.nodes(), written, clock);
  }

  /// `1 service`, `2 services`.
  static String counted(long count, String one) {
    return count + " " + one + (count == 1 ? "" : "s");
  }

  /// Starts the pool, without what must not be measured, and follows the file that names it.
  static void start(Pool pool, PoolSettings settings, Parts parts) {
    settings.optOut().ifPresent(file -> followOptOut(file, pool::optOut, parts));
    pool.start();
  }

  /// Reads a file of those who opted out, and again when it changes.
  ///
  /// @throws CannotRun if the file cannot be read
  static void followOptOut(Path file, Consumer<Blocks> apply, Parts parts) {
    FileWatcher fileWatcher = new FileWatcher(file);
    optOut(file, apply);
    fileWatcher.start(() -> optOut(file, apply));
    parts.add("the watch of " + file, fileWatcher);
  }

  private static void optOut(Path file, Consumer<Blocks> apply) {
    try {
      OptOut list = OptOut.of(Files.readString(file));
      list.mistakes().forEach(mistake -> LOG.log(Level.WARNING, "{0}: {1}", file, mistake));
      apply.accept(list.blocks());
      LOG.log(
          Level.INFO,
          "{0} opts out of measurements, blocks: {1,number,#}",
          file,
          list.blocks().all().size());
    } catch (IOException e) {
      throw new CannotRun(file + unreadable(e));
    }
  }

  private static String unreadable(IOException e) {
    return " cannot be read ("
        + FileProblems.of(e)
        + "): make it a readable text file, or remove the setting opt-out that names it";
  }

  /// Adds the mistakes in the file of those who opted out.
  static void check(PoolSettings settings, Mistakes mistakes) {
    if (settings.optOut().isEmpty()) {
      return;
    }
    Path file = settings.optOut().get();
    try {
      OptOut.of(Files.readString(file))
          .mistakes()
          .forEach(mistake -> mistakes.add("targets.opt-out", file + ", " + mistake));
    } catch (IOException e) {
      mistakes.add("targets.opt-out", file + unreadable(e));
    }
  }
}
