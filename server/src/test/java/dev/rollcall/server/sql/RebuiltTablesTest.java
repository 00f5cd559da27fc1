package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.MessageFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RebuiltTablesTest {
  @TempDir Path folder;
  private Connection connection;
  private final Logger logger = Logger.getLogger(RebuiltTables.class.getName());
  private final Lines lines = new Lines();

  private static final class Lines extends Handler {
    final List<String> all = new ArrayList<>();

    @Override
    public void publish(LogRecord line) {
      all.add(MessageFormat.format(line.getMessage(), line.getParameters()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /// On which four seconds have passed each time somebody looks.
  private static final class Slow implements Clock {
    private Duration now = Duration.ZERO;

    @Override
    public Instant wall() {
      return Instant.EPOCH;
    }

    @Override
    public Duration monotonic() {
      now = now.plusSeconds(4);
      return now;
    }
  }

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("old.db"));
    execute(
        "CREATE TABLE sum (service BIGINT, hour BIGINT, n, PRIMARY KEY (service, hour)) WITHOUT"
            + " ROWID");
    execute(
        "INSERT INTO sum WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <"
            + " 30) SELECT a.i, b.i, a.i * b.i FROM n a, n b WHERE a.i <= 10");
    execute(
        "CREATE TABLE sum_next (service BIGINT, hour BIGINT, n, place BIGINT NOT NULL DEFAULT 0,"
            + " PRIMARY KEY (service, hour, place)) WITHOUT ROWID");
    logger.addHandler(lines);
  }

  @AfterEach
  void close() throws SQLException {
    logger.removeHandler(lines);
    connection.close();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(query)) {
      return found.getLong(1);
    }
  }

  @Test
  void copiesEachRowOnceAndSaysHowFarItIs() throws SQLException {
    new RebuiltTables(connection, 75, new Slow()).fill();
    assertThat(number("SELECT COUNT(*) FROM sum_next")).isEqualTo(300);
    assertThat(number("SELECT SUM(n) FROM sum_next")).isEqualTo(number("SELECT SUM(n) FROM sum"));
    assertThat(lines.all)
        .containsExactly(
            "the tables of the database are being updated: sum 30 %",
            "the tables of the database are being updated: sum 50 %",
            "the tables of the database are being updated: sum 80 %",
            "the tables of the database are being updated: sum 100 %");
  }

  @Test
  void goesOnBehindTheLastCopiedRow() throws SQLException {
    execute(
        "INSERT INTO sum_next (service, hour, n) SELECT service, hour, -n FROM sum WHERE (service,"
            + " hour) <= (4, 17)");
    new RebuiltTables(connection, 1_000, new Slow()).fill();
    assertThat(number("SELECT COUNT(*) FROM sum_next")).isEqualTo(300);
    assertThat(number("SELECT COUNT(*) FROM sum_next WHERE n < 0")).isEqualTo(107);
  }

  @Test
  void hasNothingToDoWithoutRows() throws SQLException {
    execute("DELETE FROM sum");
    new RebuiltTables(connection, 75, new Slow()).fill();
    assertThat(number("SELECT COUNT(*) FROM sum_next")).isZero();
    assertThat(lines.all).isEmpty();
  }
}
