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
/// take long for a reason. So if somebody has waited for a second, the server is asked with a new
/// connection, however long statements take: a server that is slow answers that. If it has not
/// after one and a half seconds, it counts as silent. If it does not answer within three, or
/// another host is the primary, whatever waits for it is ended, and it is asked until one answers.
/// While others get answers, it is neither: it has too much to do. If it answers, and somebody has
/// waited for two seconds, it is asked why. All that costs nothing as long as statements take less
/// than a second.
final class StuckConnections implements AutoCloseable {
  private static final Duration WAITS = Duration.ofSeconds(1);
  private static final Duration SUSPICIOUS = Duration.ofSeconds(2);

  /// Longer than it takes to repeat the first packet of a connection (RFC 6298: a second).
  private static final Duration SILENT = Duration.ofMillis(1500);

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  /// The pool that is watched.
  interface Pool {
    /// The places of the servers that serve what waits for them; it may take seconds, also because
    /// others do not answer.
    ///
    /// @param answered runs as soon as one that serves has answered
    Set<String> serving(Runnable answered);

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

    private boolean waits(Duration least, Duration now) {
      return now.minus(since).compareTo(least) >= 0;
    }

    @Override
    public void close() {
      uses.remove(this);
      if (connection.isPresent()) {
        used = clock.monotonic();
      }
    }
  }

  private final Set<Use> uses = ConcurrentHashMap.newKeySet();
  private final Pool pool;
  private final Clock clock;
  private final BackgroundLoop loop;

  private volatile Optional<String> delay = Optional.empty();
  private volatile boolean unserved;

  /// When the server was asked, until it has answered or failed to; not while only other hosts have
  /// not answered.
  private volatile Optional<Duration> asked = Optional.empty();

  /// When somebody was done with a connection the last time: the server has answered.
  private volatile Duration used = Duration.ZERO;

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

  /// Whether somebody has waited, and no server served when they were asked the last time. They are
  /// asked again and again until one does.
  boolean isUnserved() {
    return unserved;
  }

  /// Whether the server was asked a while ago, and has answered nobody since.
  boolean isSilent() {
    Optional<Duration> since = asked;
    if (since.isEmpty()) {
      return false; // nearly always
    }
    Duration latest = clock.monotonic().minus(SILENT);
    return since.get().compareTo(latest) <= 0 && used.compareTo(latest) <= 0;
  }

  private Duration round() {
    Duration now = clock.monotonic();
    List<Use> waiting = waiting(WAITS, now);
    if (waiting.isEmpty() && delay.isEmpty() && !unserved) {
      return LOOK;
    }
    boolean suspicious = delay.isPresent() || !waiting(SUSPICIOUS, now).isEmpty();
    Set<String> serving = serving(now);
    if (serving.isEmpty() && !unserved) {
      return AGAIN;
    }
    List<Connection> stuck =
        waiting.stream()
            .filter(uses::contains)
            .flatMap(use -> use.connection.stream())
            .filter(one -> !serving.contains(pool.place(one)))
            .toList();
    if (!stuck.isEmpty() || serving.isEmpty() || !serving.equals(served)) {
      pool.clear();
    }
    served = serving;
    stuck.forEach(pool::end);
    delay =
        serving.isEmpty() || !suspicious
            ? Optional.empty()
            : pool.delay(now.minus(delayedSince.orElse(now)));
    delayedSince = delay.isEmpty() ? Optional.empty() : delayedSince.or(() -> Optional.of(now));
    return AGAIN;
  }

  private List<Use> waiting(Duration least, Duration now) {
    return uses.stream().filter(use -> use.waits(least, now)).toList();
  }

  private Set<String> serving(Duration now) {
    asked = Optional.of(now);
    try {
      Set<String> serving = pool.serving(() -> asked = Optional.empty());
      unserved = serving.isEmpty() && used.compareTo(now) < 0;
      return serving;
    } finally {
      asked = Optional.empty();
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
