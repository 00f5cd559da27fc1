package dev.rollcall.server.target;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.time.Clock;
import inet.ipaddr.IPAddress;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// A pool's store and policy on a database, with a clock that stands still until it is turned.
final class TestPool implements AutoCloseable {
  static final String[] MIGRATIONS = {
    "db/migration/V1__monitor.sql", "db/migration/V4__target.sql"
  };

  static final Duration INTERVAL = Duration.ofMinutes(30);
  static final Duration LEASE = Duration.ofMinutes(5);

  final TestClock clock = new TestClock();
  final Policy policy;
  final PoolStore store;
  final Admission admission;
  final Database database;
  private final GroupCommit commits;

  TestPool(DatabaseLocation location) {
    this(location, 1_000_000, 256);
  }

  TestPool(DatabaseLocation location, int most, int perNetwork) {
    this(location, most, perNetwork, Blocks.NONE, Blocks.NONE);
  }

  TestPool(DatabaseLocation location, int most, int perNetwork, Blocks allowed, Blocks denied) {
    database = open(location, clock);
    commits = new GroupCommit(database);
    policy = new Policy(allowed, denied);
    store =
        new PoolStore(
            database,
            commits,
            new PoolSettings(most, perNetwork, INTERVAL, LEASE, allowed, denied, Optional.empty()),
            policy::accepts,
            clock);
    admission = new Admission(store, policy, metrics());
  }

  static Database open(DatabaseLocation location, Clock clock) {
    return Database.open(DatabaseConfig.of(location, MIGRATIONS), clock);
  }

  static TargetMetrics metrics() {
    return new TargetMetrics(new PrometheusRegistry());
  }

  int hops(String... texts) {
    return admission
        .enter(Stream.of(texts).map(text -> Candidate.hop(address(text))).toList())
        .added();
  }

  IntakeResult hand(int limit) {
    return store.hand(limit, OptionalLong.empty());
  }

  IntakeResult hand(int limit, long done) {
    return store.hand(limit, OptionalLong.of(done));
  }

  List<String> next(int limit) {
    return texts(hand(limit));
  }

  static List<String> texts(IntakeResult intakeResult) {
    return intakeResult.targets().stream().map(Addresses::text).toList();
  }

  List<String> all() {
    return store.list(1_000, 0).stream().map(target -> Addresses.text(target.address())).toList();
  }

  long number(String query) {
    return database.read(handle -> handle.createQuery(query).mapTo(Long.class).one());
  }

  static IPAddress address(String text) {
    return Addresses.parse(text).orElseThrow();
  }

  static Blocks blocks(String... texts) {
    return new Blocks(Stream.of(texts).map(Addresses::block).toList());
  }

  @Override
  public void close() {
    commits.close();
    database.close();
  }
}
