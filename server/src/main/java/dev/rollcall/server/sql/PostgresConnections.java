package dev.rollcall.server.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.ds.PGSimpleDataSource;

/// A pool of connections to PostgreSQL.
final class PostgresConnections implements Connections {
  /// Kept in a field: a logger without references is collected, and its level is lost.
  private static final Logger HIKARI = Logger.getLogger("com.zaxxer.hikari");

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration STATEMENT = Duration.ofSeconds(30);

  /// A step of a migration may take long. A server that does not answer for so long counts as gone.
  private static final Duration MIGRATION = Duration.ofMinutes(10);

  private final HikariDataSource pool;
  private final Jdbi jdbi;

  private PostgresConnections(HikariConfig config) {
    this.pool = new HikariDataSource(config);
    this.jdbi = Jdbi.create(this);
  }

  static PostgresConnections readers(PostgresServer server, int most) {
    return new PostgresConnections(
        config("readers", server, most, " -c default_transaction_read_only=on"));
  }

  static PostgresConnections writers(PostgresServer server, int most) {
    return new PostgresConnections(config("writers", server, most, ""));
  }

  /// Opens single connections, without a pool.
  static PGSimpleDataSource dataSource(PostgresServer server) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL("jdbc:postgresql://" + server.address());
    if (!server.user().isEmpty()) {
      source.setUser(server.user());
    }
    if (!server.password().isEmpty()) {
      source.setPassword(server.password());
    }
    source.setApplicationName("rollcall");
    source.setConnectTimeout(Math.toIntExact(CONNECT.toSeconds()));
    source.setLoginTimeout(Math.toIntExact(CONNECT.toSeconds()));
    source.setTcpKeepAlive(true);
    source.setSocketTimeout(Math.toIntExact(MIGRATION.toSeconds()));
    return source;
  }

  private static HikariConfig config(
      String name, PostgresServer server, int most, String moreOptions) {
    HIKARI.setLevel(Level.SEVERE); // callers get the failure as an exception
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    PGSimpleDataSource source = dataSource(server);
    String options = source.getOptions();
    source.setOptions(
        (options == null ? "" : options + " ")
            + "-c statement_timeout="
            + STATEMENT.toMillis()
            // a line that went dead keeps no locks: the server would notice it after two hours
            + " -c idle_in_transaction_session_timeout="
            + STATEMENT.toMillis()
            + moreOptions);
    // Longer than a statement may take: it ends a read only if the server is gone without closing.
    source.setSocketTimeout(Math.toIntExact(STATEMENT.toSeconds()) + 10);
    config.setDataSource(source);
    config.setMaximumPoolSize(most);
    config.setConnectionTimeout(CONNECT.toMillis());
    config.setInitializationFailTimeout(-1); // the migrations have connected before
    config.setValidationTimeout(Duration.ofSeconds(2).toMillis());
    return config;
  }

  @Override
  public Jdbi jdbi() {
    return jdbi;
  }

  @Override
  public Connection openConnection() throws SQLException {
    return pool.getConnection();
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
  public void close() {
    pool.close();
  }
}
