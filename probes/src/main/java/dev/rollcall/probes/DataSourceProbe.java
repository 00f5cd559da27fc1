package dev.rollcall.probes;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/// Checks a database through the [DataSource] of the application. It takes a connection, as every
/// request of the application does, asks the driver whether it works ([Connection#isValid(int)]),
/// and returns it. So it also detects a pool without free connections.
///
/// For HikariCP it reports how many connections there are and how many are in use.
public final class DataSourceProbe {
  private static final boolean HIKARI = isThere("com.zaxxer.hikari.HikariDataSource");

  private DataSourceProbe() {}

  /// A probe of a data source that belongs to the application; the probe does not close it.
  public static Probe of(String name, DataSource source) {
    return new OwnClient(
        name,
        (attempt, left) -> ask(source, attempt, left),
        "the pool has no connection free, or the database does not answer");
  }

  private static void ask(DataSource source, Attempt attempt, Duration left) throws Exception {
    try (Connection connection = source.getConnection()) {
      if (!connection.isValid(seconds(left))) {
        throw ProbeFailure.answered("the pool's connection does not work any more");
      }
    } finally {
      if (HIKARI) {
        Hikari.tell(source, attempt);
      }
    }
  }

  /// JDBC counts in whole seconds, and 0 is for ever.
  private static int seconds(Duration left) {
    return (int) Math.max(1, left.plusMillis(999).toSeconds());
  }

  private static boolean isThere(String type) {
    try {
      Class.forName(type, false, DataSourceProbe.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /// Apart, so that its classes are looked for only where they are.
  private static final class Hikari {
    static void tell(DataSource source, Attempt attempt) {
      try {
        if (!source.isWrapperFor(HikariDataSource.class)) {
          return;
        }
        HikariPoolMXBean pool = source.unwrap(HikariDataSource.class).getHikariPoolMXBean();
        if (pool != null) { // it is made with the first connection
          attempt.detail("connections", String.valueOf(pool.getTotalConnections()));
          attempt.detail("taken", String.valueOf(pool.getActiveConnections()));
          attempt.detail("waiting", String.valueOf(pool.getThreadsAwaitingConnection()));
        }
      } catch (SQLException | RuntimeException | LinkageError e) {
        // sources that are too old for the question, or refuse it: they are not Hikari's
      }
    }
  }
}
