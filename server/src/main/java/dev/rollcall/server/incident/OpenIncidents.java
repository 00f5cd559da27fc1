package dev.rollcall.server.incident;

import dev.rollcall.server.sql.Database;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.web.Site;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// How many incidents of each owner are open, in memory: every page shows it. Counted after commits
/// of this process, and every few seconds for those of others.
final class OpenIncidents implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(3);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
  private static final Site.Open NONE = new Site.Open(0, false);

  private final Database database;
  private final BackgroundLoop loop =
      new BackgroundLoop(
          "open-incidents", "the count of open incidents", AFTER_FAILURE, this::round);
  private volatile Map<Long, Site.Open> counts = Map.of();

  OpenIncidents(Database database) {
    this.database = database;
  }

  void start() {
    loop.start();
  }

  /// Counts again at once.
  void wake() {
    loop.wake();
  }

  /// How many an owner has.
  Site.Open of(long owner) {
    return counts.getOrDefault(owner, NONE);
  }

  /// Counts them.
  Duration round() {
    Map<Long, Site.Open> counted = new HashMap<>();
    for (IncidentTable.OpenOfOwner one : database.read(IncidentTable::openByOwner)) {
      counted.merge(
          one.owner(),
          one.open(),
          (a, b) -> new Site.Open(a.many() + b.many(), a.critical() || b.critical()));
    }
    counts = Map.copyOf(counted);
    return LOOK;
  }

  @Override
  public void close() {
    loop.close();
  }
}
