package dev.rollcall.server.sql;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Finds the primary among the hosts of a database.
///
/// All hosts are asked at the same time, so that one whose packets are dropped costs nothing while
/// another one answers. The host that was the primary is asked alone, as long as it still is. Each
/// promotion begins a new timeline, and this remembers the highest one it has seen: a primary that
/// was replaced and comes back, still believing to be one, is not taken.
///
/// One host is not asked what it is: it may be a proxy that knows better.
final class PostgresHosts {
  private static final System.Logger LOG = System.getLogger(PostgresHosts.class.getName());

  /// How long a connected host has to say what it is.
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /// How long it goes on asking, and how often.
  private static final Duration PROMOTION = Duration.ofSeconds(3);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final String STATE =
      "SELECT pg_is_in_recovery(), CASE WHEN pg_is_in_recovery() THEN NULL"
          + " ELSE pg_walfile_name(pg_current_wal_lsn()) END";

  /// The first digits of the name of a file of the log, in hexadecimal, are the timeline.
  private static final int TIMELINE_DIGITS = 8;

  /// Opens a connection to one host.
  @FunctionalInterface
  interface Opener {
    Connection open(PostgresServer host) throws SQLException;
  }

  /// What a host says.
  private sealed interface Answer {
    PostgresServer host();

    /// It takes writes.
    record Primary(PostgresServer host, Connection connection, long timeline) implements Answer {}

    /// It follows a primary.
    record Standby(PostgresServer host, Connection connection) implements Answer {}

    /// It cannot be asked.
    record Failed(PostgresServer host, SQLException failure) implements Answer {}
  }

  /// The primary that was found last.
  private record Found(PostgresServer host, long timeline) {}

  private final List<PostgresServer> hosts;
  private final RefusedLogins logins = new RefusedLogins(Clock.system());
  private volatile Optional<Found> last = Optional.empty();
  private volatile Optional<SQLException> failure = Optional.empty();

  PostgresHosts(PostgresServer server) {
    this.hosts = server.hosts();
  }

  /// Whether there is more than one.
  boolean several() {
    return hosts.size() > 1;
  }

  /// A new connection to the primary. If there are several hosts and none is the primary, it asks
  /// them again for a while: one may just be promoted.
  ///
  /// @throws SQLException if none is found; it names each host with what it said
  Connection connect(Opener opener) throws SQLException {
    if (hosts.size() == 1) {
      return toOnly(opener);
    }
    long began = System.nanoTime();
    while (true) {
      try {
        return toPrimary(opener);
      } catch (SQLException e) {
        failure = Optional.of(e);
        boolean late = System.nanoTime() - began >= PROMOTION.toNanos();
        if (late || isAnswer(e) || !RetryPause.await(PAUSE)) {
          throw e;
        }
      }
    }
  }

  private Connection toOnly(Opener opener) throws SQLException {
    try {
      Connection connection = opener.open(hosts.getFirst());
      failure = Optional.empty();
      return connection;
    } catch (SQLException e) {
      failure = Optional.of(e);
      throw e;
    }
  }

  /// Why no primary was found the last time; empty if one was.
  Optional<SQLException> failure() {
    return failure;
  }

  /// Which of them refuse the user or the password.
  RefusedLogins logins() {
    return logins;
  }

  private Connection toPrimary(Opener opener) throws SQLException {
    Optional<Found> known = last;
    if (known.isEmpty()) {
      return taken(search(hosts, List.of(), opener, () -> {}));
    }
    Answer answer = ask(known.get().host(), opener);
    if (answer instanceof Answer.Primary primary && primary.timeline() >= timeline()) {
      return taken(primary);
    }
    return taken(search(except(known.get().host()), List.of(answer), opener, () -> {}));
  }

  private List<PostgresServer> except(PostgresServer one) {
    return hosts.stream().filter(host -> !host.equals(one)).toList();
  }

  /// A new connection to the first host that is a standby.
  ///
  /// @throws SQLException if none is; it names each host with what it said
  Connection connectToStandby(Opener opener) throws SQLException {
    List<Answer.Primary> primaries = new ArrayList<>();
    List<Answer> others = new ArrayList<>();
    for (PostgresServer host : hosts) {
      switch (ask(host, opener)) {
        case Answer.Standby standby -> {
          return standby.connection();
        }
        case Answer.Primary primary -> {
          close(primary.connection());
          primaries.add(primary);
        }
        case Answer.Failed failed -> others.add(failed);
      }
    }
    throw none("a standby", primaries, others);
  }

  private long timeline() {
    return last.map(Found::timeline).orElse(0L);
  }

  private synchronized Connection taken(Answer.Primary primary) {
    Found now = new Found(primary.host(), primary.timeline());
    if (last.isPresent() && !last.get().host().equals(now.host())) {
      LOG.log(
          Level.INFO,
          "database: the primary is now {0}, on timeline {1}",
          primary.host().hostNames(),
          Long.toString(primary.timeline()));
    }
    last = Optional.of(now);
    failure = Optional.empty();
    return primary.connection();
  }

  /// @param asked the answers of those that were asked already
  /// @param found runs as soon as a primary has answered that was not replaced, as far as is known
  private Answer.Primary search(
      List<PostgresServer> unasked, List<Answer> asked, Opener opener, Runnable found)
      throws SQLException {
    BlockingQueue<Answer> answers = new LinkedBlockingQueue<>(asked);
    for (PostgresServer host : unasked) {
      Thread.ofVirtual().name("database-host").start(() -> answers.add(ask(host, opener)));
    }
    List<Answer.Primary> primaries = new ArrayList<>();
    List<Answer> others = new ArrayList<>();
    int missing = hosts.size();
    boolean promoted = false;
    try {
      while (missing > 0 && !promoted) { // nobody can have a higher timeline yet
        Answer answer = answers.take(); // each ends within the time for a connection
        missing--;
        switch (answer) {
          case Answer.Primary primary -> {
            primaries.add(primary);
            promoted = isPromoted(primary);
            if (primary.timeline() >= timeline()) {
              found.run();
            }
          }
          case Answer.Standby standby -> {
            close(standby.connection());
            others.add(standby);
          }
          case Answer.Failed failed -> others.add(failed);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      primaries.forEach(primary -> close(primary.connection()));
      throw new SQLException("interrupted while it looked for the primary", "08001", e);
    } finally {
      closeRest(answers, missing);
    }
    return chosen(primaries, others);
  }

  private boolean isPromoted(Answer.Primary primary) {
    return last.isPresent() && primary.timeline() > timeline();
  }

  private static void closeRest(BlockingQueue<Answer> answers, int missing) {
    if (missing == 0) {
      return;
    }
    Thread.ofVirtual()
        .name("database-host")
        .start(
            () -> {
              try {
                for (int i = 0; i < missing; i++) {
                  release(answers.take());
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private static void release(Answer answer) {
    switch (answer) {
      case Answer.Primary(_, var connection, _) -> close(connection);
      case Answer.Standby(_, var connection) -> close(connection);
      case Answer.Failed _ -> {}
    }
  }

  /// The primary with the highest timeline. One with a lower timeline than was seen before is taken
  /// only if every host has answered: otherwise the right one may be among the silent ones.
  private Answer.Primary chosen(List<Answer.Primary> primaries, List<Answer> others)
      throws SQLException {
    primaries.sort((a, b) -> Long.compare(b.timeline(), a.timeline()));
    boolean allAnswered = others.stream().noneMatch(Answer.Failed.class::isInstance);
    if (!primaries.isEmpty() && (allAnswered || primaries.getFirst().timeline() >= timeline())) {
      primaries.stream().skip(1).forEach(primary -> close(primary.connection()));
      return primaries.getFirst();
    }
    primaries.forEach(primary -> close(primary.connection()));
    throw none("the primary", primaries, others);
  }

  /// Of the failures, one that a server itself has said tells more. The hosts stand in the order in
  /// which they are named, whichever answered first: a message that is the same is logged once.
  private SQLException none(String wanted, List<Answer.Primary> primaries, List<Answer> others) {
    List<String> said = new ArrayList<>();
    List<SQLException> failures = new ArrayList<>();
    for (Answer.Primary primary : primaries) {
      said.add(primary.host().hostNames() + ": is a primary, on timeline " + primary.timeline());
    }
    List<Answer> asNamed =
        others.stream()
            .sorted(Comparator.comparingInt(other -> hosts.indexOf(other.host())))
            .toList();
    for (Answer other : asNamed) {
      switch (other) {
        case Answer.Standby(var host, _) -> said.add(host.hostNames() + ": is a standby");
        case Answer.Failed(var host, var failure) -> {
          said.add(host.hostNames() + ": " + Dialect.words(failure));
          failures.add(isAnswer(failure) ? 0 : failures.size(), failure);
        }
        case Answer.Primary primary -> said.add(primary.host().hostNames());
      }
    }
    boolean answered = !failures.isEmpty() && isAnswer(failures.getFirst());
    SQLException none =
        new SQLException(
            "no host is " + wanted + " (" + String.join("; ", said) + ")",
            answered ? failures.getFirst().getSQLState() : "08001");
    failures.forEach(none::addSuppressed);
    return none;
  }

  /// Whether the server itself has said it, and not the way to it.
  private static boolean isAnswer(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && state.length() == 5 && !state.startsWith("08");
  }

  /// The hosts that serve those who wait for them: the primary, or the one host there is. All of
  /// them if they answer with an error, such as too many connections. Whoever waits for another one
  /// waits in vain.
  ///
  /// @param answered runs as soon as the primary has answered, while others are still asked
  List<PostgresServer> serving(Opener opener, Runnable answered) {
    try {
      if (hosts.size() == 1) {
        close(toOnly(opener));
        return hosts;
      }
      close(taken(search(hosts, List.of(), opener, answered)));
      return last.map(found -> List.of(found.host())).orElse(hosts);
    } catch (SQLException e) {
      failure = Optional.of(e);
      return isAnswer(e) ? hosts : List.of();
    }
  }

  /// The hosts that can be connected to.
  ///
  /// @param answered runs whenever one has answered
  List<PostgresServer> reachable(Opener opener, Runnable answered) {
    List<PostgresServer> reachable = new ArrayList<>();
    for (PostgresServer host : hosts) {
      try {
        close(opener.open(host));
        answered.run();
        reachable.add(host);
      } catch (SQLException e) {
        if (isAnswer(e)) {
          reachable.add(host);
        }
      }
    }
    return reachable;
  }

  /// Asks a host what it is.
  private static Answer ask(PostgresServer host, Opener opener) {
    Connection connection;
    try {
      connection = opener.open(host);
    } catch (SQLException e) {
      return new Answer.Failed(host, e);
    }
    try {
      int usual = connection.getNetworkTimeout();
      connection.setNetworkTimeout(Runnable::run, Math.toIntExact(PATIENCE.toMillis()));
      Answer answer = state(host, connection);
      connection.setNetworkTimeout(Runnable::run, usual);
      return answer;
    } catch (SQLException e) {
      close(connection);
      return new Answer.Failed(host, e);
    }
  }

  private static Answer state(PostgresServer host, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(STATE)) {
      row.next();
      return row.getBoolean(1)
          ? new Answer.Standby(host, connection)
          : new Answer.Primary(
              host, connection, Long.parseLong(row.getString(2).substring(0, TIMELINE_DIGITS), 16));
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It is gone.
    }
  }
}
