package dev.rollcall.server.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.rollcall.server.sql.PostgresSource.Role;
import dev.rollcall.server.time.Clock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.jdbc.PgConnection;

/// A pool of connections to the primary or to a standby of a PostgreSQL database.
final class PostgresConnections implements Connections {
  /// Kept in a field: a logger without references is collected, and its level is lost.
  private static final Logger HIKARI = Logger.getLogger("com.zaxxer.hikari");

  /// How often a reader who waits for a connection looks whether that is in vain. The least that
  /// the pool allows is half of it.
  private static final Duration LOOK = Duration.ofMillis(500);

  private static final Duration STATEMENT = Duration.ofSeconds(30);

  /// Longer than a statement may take.
  private static final Duration ANSWER = STATEMENT.plusSeconds(10);

  /// A step of a migration may take long. A server that does not answer for so long counts as gone.
  private static final Duration MIGRATION = Duration.ofMinutes(10);

  private static final String SESSION =
      " -c statement_timeout="
          + STATEMENT.toMillis()
          // a line that went dead keeps no locks
          + " -c idle_in_transaction_session_timeout="
          + STATEMENT.toMillis();

  private static final String READ_ONLY = " -c default_transaction_read_only=on";

  private final HikariDataSource pool;
  private final PostgresSource source;
  private final Jdbi jdbi;
  private final Map<Connection, StuckConnections.Use> uses = new ConcurrentHashMap<>();
  private final StuckConnections watch;
  private final boolean givesUp;
  private volatile boolean closed;

  /// @param givesUp whether nobody waits for a connection to a server that is silent, or serves
  ///   nobody
  /// @param delay why whatever is done with them waits, if it does: see
  ///   [StuckConnections.Pool#delay]
  private PostgresConnections(
      String name,
      PostgresSource source,
      int most,
      boolean givesUp,
      Function<Duration, Optional<String>> delay) {
    HIKARI.setLevel(Level.SEVERE); // callers get the failure as an exception
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setDataSource(source.whichInsists(() -> !closed));
    config.setMaximumPoolSize(most);
    config.setConnectionTimeout((givesUp ? LOOK : PostgresSource.CONNECT).toMillis());
    config.setInitializationFailTimeout(-1); // the migrations have connected before
    config.setValidationTimeout(Duration.ofSeconds(1).toMillis());
    this.givesUp = givesUp;
    this.source = source;
    this.pool = new HikariDataSource(config);
    this.jdbi = Jdbi.create(this);
    this.watch = new StuckConnections(name, new Watched(delay), Clock.system());
  }

  static PostgresConnections readers(PostgresHosts hosts, int most) {
    return new PostgresConnections(
        "readers",
        new PostgresSource(hosts, Role.PRIMARY, SESSION + READ_ONLY, ANSWER),
        most,
        true,
        _ -> Optional.empty());
  }

  /// Readers of a standby.
  static PostgresConnections standby(PostgresHosts hosts, int most) {
    return new PostgresConnections(
        "standby",
        new PostgresSource(hosts, Role.STANDBY, SESSION + READ_ONLY, ANSWER),
        most,
        true,
        _ -> Optional.empty());
  }

  /// @param certain whether commits leave tokens: see [CertainCommits]
  static PostgresConnections writers(PostgresHosts hosts, int most, boolean certain) {
    PostgresSource source = new PostgresSource(hosts, Role.PRIMARY, SESSION, ANSWER);
    PostgresConnections writers =
        new PostgresConnections(
            "writers", source, most, false, already -> WaitingCommits.reason(source, already));
    if (certain) {
      writers.jdbi.setTransactionHandler(
          new CertainCommits(writers.jdbi.getTransactionHandler(), writers, Clock.system()));
    }
    return writers;
  }

  /// Opens single connections, without a pool.
  static PostgresSource migrations(PostgresHosts hosts) {
    return new PostgresSource(hosts, Role.PRIMARY, "", MIGRATION);
  }

  @Override
  public Jdbi jdbi() {
    return jdbi;
  }

  @Override
  public Connection openConnection() throws SQLException {
    requireLogin();
    StuckConnections.Use use = watch.begin();
    try {
      Connection connection = pooled();
      use.of(connection);
      uses.put(connection, use);
      return connection;
    } catch (SQLTransientConnectionException e) {
      use.close();
      throw withReason(e);
    } catch (SQLException | RuntimeException e) {
      use.close();
      throw e;
    }
  }

  private Connection pooled() throws SQLException {
    long began = System.nanoTime();
    while (true) {
      try {
        return pool.getConnection();
      } catch (SQLTransientConnectionException e) {
        boolean late = System.nanoTime() - began >= PostgresSource.CONNECT.toNanos();
        if (!givesUp || late || isUnserved() || isSilent()) {
          throw e;
        }
      }
    }
  }

  /// The pool does not know the reason: it is still being tried.
  private SQLException withReason(SQLTransientConnectionException timeout) {
    return source
        .hosts()
        .failure()
        .<SQLException>map(
            why ->
                new SQLTransientConnectionException(timeout.getMessage(), why.getSQLState(), why))
        .orElse(timeout);
  }

  @Override
  public void closeConnection(Connection connection) throws SQLException {
    StuckConnections.Use use = uses.remove(connection);
    if (use != null) {
      use.close();
    }
    connection.close();
  }

  /// A pool that has no connection because the login is refused asks again by itself. Whoever
  /// waited for it would learn after seconds that it has none.
  private void requireLogin() throws SQLException {
    Optional<SQLException> refusal = refusal();
    if (refusal.isPresent()) {
      String said = refusal.get().getMessage();
      throw new SQLTransientConnectionException(said, refusal.get().getSQLState(), refusal.get());
    }
  }

  @Override
  public Optional<SQLException> refusal() {
    return source
        .hosts()
        .failure()
        .filter(RefusedLogins::isRefusal)
        .filter(_ -> pool.getHikariPoolMXBean().getTotalConnections() == 0);
  }

  /// All commits are synced: see [Durability#PROCESS].
  @Override
  public void durability(Handle connection, Durability durability) {}

  @Override
  public void condemn(Connection connection) {
    pool.evictConnection(connection);
    pool.getHikariPoolMXBean().softEvictConnections(); // most likely the idle ones are broken too
  }

  @Override
  public Optional<String> delay() {
    return watch.delay();
  }

  /// Until somebody gets a connection.
  @Override
  public boolean isUnserved() {
    return watch.isUnserved() && source.hosts().failure().isPresent();
  }

  @Override
  public boolean isSilent() {
    return watch.isSilent();
  }

  @Override
  public void close() {
    closed = true;
    watch.close();
    pool.close();
  }

  /// What [StuckConnections] may do here.
  private final class Watched implements StuckConnections.Pool {
    private final Function<Duration, Optional<String>> delay;

    Watched(Function<Duration, Optional<String>> delay) {
      this.delay = delay;
    }

    @Override
    public Optional<String> delay(Duration already) {
      return delay.apply(already);
    }

    @Override
    public Set<String> serving(Runnable answered) {
      return source.serving(answered);
    }

    @Override
    public String place(Connection connection) {
      return PostgresSource.place(connection);
    }

    @Override
    public void clear() {
      pool.getHikariPoolMXBean().softEvictConnections();
    }

    @Override
    public void end(Connection connection) {
      try {
        connection.unwrap(PgConnection.class).abort(Runnable::run);
      } catch (SQLException e) {
        // It is closed.
      }
    }
  }
}
