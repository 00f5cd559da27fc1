package dev.rollcall.server.cluster;

import dev.rollcall.server.http.Route;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.SharedClock;
import dev.rollcall.server.web.Site;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The entry point of the package for the composition root: this process and the others that share
/// its PostgreSQL. What one of them had claimed when it died is taken over within ten seconds,
/// whatever the timeouts of services are.
public final class Cluster implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration FORGET = Duration.ofHours(1);

  private final Database database;
  private final Membership membership;
  private final SharedClock clock;
  private final BackgroundLoop loop =
      new BackgroundLoop("cluster", "the signs of life to other processes", EVERY, this::round);
  private volatile Optional<Runnable> sign = Optional.empty();
  private volatile Runnable given = () -> {};
  private Duration forgotten = Duration.ZERO;

  /// The processes, and when they were read, by the clock of the database.
  record Members(List<Member> all, Instant at) {}

  /// @param clock that of the database
  public Cluster(
      Database database, GroupCommit commits, PrometheusRegistry registry, SharedClock clock) {
    this.database = database;
    this.clock = clock;
    membership = new Membership(database, commits, clock);
    ClusterMetrics.watch(registry, membership);
  }

  /// Calls this after each sign of life of a process that checks services. It returns at once. To
  /// be called before [#start].
  public void afterEachSign(Runnable told) {
    given = told;
  }

  /// Gives signs of life from now on.
  ///
  /// @param self this process
  /// @param work what it is doing
  public void start(Self self, Supplier<Work> work) {
    Runnable giving =
        () -> {
          membership.round(self, work);
          if (self.runsChecks()) {
            given.run();
          }
        };
    sign = Optional.of(giving);
    try {
      giving.run(); // before it claims anything
    } catch (StorageException e) {
      // as soon as the database is available
    }
    loop.start();
  }

  private Duration round() {
    Duration began = clock.monotonic();
    sign.ifPresent(Runnable::run);
    if (began.minus(forgotten).compareTo(FORGET) > 0) {
      membership.forget();
      forgotten = began;
    }
    Duration left = EVERY.minus(clock.monotonic().minus(began));
    return left.isNegative() ? Duration.ZERO : left;
  }

  /// The routes of the API.
  public List<Route> routes() {
    return new MemberRoutes(this).routes();
  }

  /// The page of processes.
  ///
  /// @param section the id of the section of the site to which it belongs
  public List<Route> pages(String section, Site site) {
    return new MemberPages(this, section, site).routes();
  }

  /// Reads the processes.
  Members members() {
    return database.read(handle -> new Members(MemberTable.all(handle), MemberTable.now(handle)));
  }

  long ownId() {
    return membership.ownId();
  }

  /// This process stops, after everything else that claims due rows: others go on with these at
  /// once.
  @Override
  public void close() {
    loop.close();
    membership.leave();
  }
}
