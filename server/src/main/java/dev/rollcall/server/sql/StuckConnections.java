package dev.rollcall.server.sql;

import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Ends connections whose server is gone without closing them: its machine was switched off, frozen
/// or cut off, or another host was promoted while it waits for a standby that left it.
///
/// TCP would notice after a quarter of an hour. A limit for each statement would end those that
/// take long for a reason. So if somebody has waited for two seconds, the server is asked with a
/// new connection. If it does not answer within three, or another host is the primary, whatever
/// waits for it is ended. If it answers, it is asked why they wait. All that costs nothing as long
/// as statements take less than two seconds.
final class StuckConnections implements AutoCloseable {
  private static final Duration SUSPICIOUS = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofSeconds(1);

  /// The pool that is watched.
  interface Pool {
    /// The places of the servers that serve what waits for them; it may take seconds.
    Set<String> serving();

    /// The place of the server of a connection.
    String place(Connection connection);

    /// Closes the connections that nobody uses.
    void clear();

    /// Why statements wait on a server that answers, if it says so; it may take seconds.
    ///
    /// @param already for how long it has said so, without answering otherwise or being away
    Optional<String> delay(Duration already);

    /// Ends a connection under the hands of its user, who gets an exception.
    void end(Connection connection);
  }

  /// Somebody waits for a connection, or uses it.
  final class Use implements AutoCloseable {
    private final Duration since = clock.monotonic();
    private volatile Optional<Connection> connection = Optional.empty();

    private Use() {}

    void of(Connection opened) {
      connection = Optional.of(opened);
    }

    private boolean isSuspicious(Duration now) {
      return now.minus(since).compareTo(SUSPICIOUS) >= 0;
    }

    @Override
    public void close() {
      uses.remove(this);
    }
  }

  private final Set<Use> uses = ConcurrentHashMap.newKeySet();
  private final Pool pool;
  private final Clock clock;
  private final BackgroundLoop loop;

  private volatile Optional<String> delay = Optional.empty();
  private volatile boolean unserved;

  // Used by the thread of the loop only.
  private Set<String> served = Set.of();
  private Optional<Duration> delayedSince = Optional.empty();

  /// @param name of the pool
  StuckConnections(String name, Pool pool, Clock clock) {
    this.pool = pool;
    this.clock = clock;
    this.loop =
        new BackgroundLoop(
            "database-" + name, "the watch of the connections to the database", LOOK, this::round);
    loop.start();
  }

  /// To be closed after the use.
  Use begin() {
    Use use = new Use();
    uses.add(use);
    return use;
  }

  /// Why statements wait although the server answers, as of a second ago; empty if they do not, or
  /// nobody knows.
  Optional<String> delay() {
    return delay;
  }

  /// Whether somebody waits, and no server serves.
  boolean isUnserved() {
    if (!unserved) {
      return false;
    }
    Duration now = clock.monotonic();
    return uses.stream().anyMatch(use -> use.isSuspicious(now)); // not those of a second ago
  }

  private Duration round() {
    Duration now = clock.monotonic();
    List<Use> suspicious = uses.stream().filter(use -> use.isSuspicious(now)).toList();
    if (suspicious.isEmpty() && delay.isEmpty()) {
      unserved = false;
      return LOOK;
    }
    Set<String> serving = pool.serving();
    unserved = serving.isEmpty();
    List<Connection> stuck =
        suspicious.stream()
            .filter(uses::contains)
            .flatMap(use -> use.connection.stream())
            .filter(one -> !serving.contains(pool.place(one)))
            .toList();
    if (!stuck.isEmpty() || serving.isEmpty() || !serving.equals(served)) {
      pool.clear();
    }
    served = serving;
    stuck.forEach(pool::end);
    delay = serving.isEmpty() ? Optional.empty() : pool.delay(now.minus(delayedSince.orElse(now)));
    delayedSince = delay.isEmpty() ? Optional.empty() : delayedSince.or(() -> Optional.of(now));
    return LOOK;
  }

  @Override
  public void close() {
    loop.close();
  }
}
