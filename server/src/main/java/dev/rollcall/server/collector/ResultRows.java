package dev.rollcall.server.collector;

import dev.rollcall.server.address.Address;
import dev.rollcall.server.collector.Result.Hop;
import dev.rollcall.server.collector.Result.Traceroute;
import dev.rollcall.server.resultschema.BatchTable;
import dev.rollcall.server.resultschema.ResultTable;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.time.Clock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/// Writes results into the tables of a results file, which are those of output_service.
///
/// Ids are counted here over all files: none is used twice, even after a rotation. A failed batch
/// leaves a gap.
final class ResultRows implements Batch<Results, Results> {
  /// The tables and indexes, and nothing else.
  static final List<String> SCHEMA =
      Stream.concat(ResultTable.CREATE.stream(), ResultTable.INDEXES.stream()).toList();

  private static final String PING = ResultTable.RESULTS.insert();
  private static final String TRACEROUTE = ResultTable.TRACEROUTES.insert();
  private static final String HOP = ResultTable.HOPS.insert();

  /// Limits of a batch, since the driver keeps all its values until it runs.
  private static final int RESULTS_AT_ONCE = 50;

  private static final int HOPS_AT_ONCE = 500;

  private final Clock clock;
  private final AtomicLong lastPing = new AtomicLong();
  private final AtomicLong lastTraceroute = new AtomicLong();
  private final AtomicLong lastHop = new AtomicLong();
  private final KnownBatches batches = new KnownBatches();

  ResultRows(Clock clock) {
    this.clock = clock;
  }

  /// The batches of all files.
  KnownBatches batches() {
    return batches;
  }

  /// Continues the ids after those in a file, and knows its batches.
  ///
  /// @throws JdbiException if it does not have these tables with their columns
  void countOn(Handle file) {
    countOn(file, ResultTable.RESULTS, lastPing);
    countOn(file, ResultTable.TRACEROUTES, lastTraceroute);
    countOn(file, ResultTable.HOPS, lastHop);
    if (file.createQuery(BatchTable.EXISTS).mapTo(Integer.class).one() > 0) {
      file.createQuery(BatchTable.NEWEST)
          .map((row, _) -> new BatchId(row.getString("node"), row.getString("batch")))
          .forEach(batches::found);
    }
  }

  /// Selects all columns, since nothing can be written if one is missing.
  private static void countOn(Handle file, ResultTable table, AtomicLong last) {
    String newest =
        "SELECT %s FROM %s ORDER BY id DESC LIMIT 1"
            .formatted(String.join(", ", table.allColumns()), table.name());
    file.createQuery(newest)
        .map((row, _) -> row.getLong(1))
        .findOne()
        .ifPresent(highest -> last.accumulateAndGet(highest, Math::max));
  }

  @Override
  public int weight(Results results) {
    return results.size();
  }

  @Override
  public List<Results> apply(Handle tx, List<Results> all) {
    try (Inserts inserts = new Inserts(tx.getConnection(), Timestamps.stored(clock.wall()))) {
      for (Results results : all) {
        if (inserts.begin(results)) {
          results.walk(inserts);
        }
      }
      inserts.run();
      return all;
    } catch (SQLException | Failed e) {
      Throwable cause = e instanceof Failed ? e.getCause() : e;
      throw new UnableToExecuteStatementException(
          cause instanceof SQLException sql ? sql : new SQLException(e), null);
    }
  }

  /// Passes an exception of the driver through [Results#walk].
  private static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed(SQLException cause) {
      super(cause);
    }
  }

  /// The three statements of one transaction. They run in the order of their references.
  private final class Inserts implements Results.Visitor, AutoCloseable {
    private final PreparedStatement pings;
    private final PreparedStatement traceroutes;
    private final PreparedStatement hops;
    private final String createdAt;
    private final Connection connection;
    private long ping;
    private long traceroute;
    private int pingsWaiting;
    private int hopsWaiting;

    Inserts(Connection connection, String createdAt) throws SQLException {
      this.pings = connection.prepareStatement(PING);
      this.traceroutes = connection.prepareStatement(TRACEROUTE);
      this.hops = connection.prepareStatement(HOP);
      this.createdAt = createdAt;
      this.connection = connection;
    }

    /// Takes the ids of the next results, and notes which batch they are.
    ///
    /// @return false if the file has the batch already
    boolean begin(Results results) throws SQLException {
      long last = lastPing.addAndGet(results.count());
      ping = last - results.count();
      if (results.batch().isEmpty()) {
        return true;
      }
      BatchId batch = results.batch().get();
      try (Statement create = connection.createStatement()) {
        create.execute(BatchTable.CREATE);
      }
      try (PreparedStatement insert = connection.prepareStatement(BatchTable.INSERT)) {
        insert.setString(1, batch.node());
        insert.setString(2, batch.id());
        insert.setLong(3, ping + 1);
        insert.setLong(4, last);
        return insert.executeUpdate() > 0;
      }
    }

    @Override
    public void result(Result result) {
      try {
        if (pingsWaiting >= RESULTS_AT_ONCE || hopsWaiting >= HOPS_AT_ONCE) {
          run();
        }
        ping++;
        pings.setLong(1, ping);
        pings.setString(2, result.ip().toString());
        pings.setLong(3, result.sent());
        pings.setLong(4, result.received());
        pings.setDouble(5, result.loss());
        pings.setLong(6, result.averageRtt());
        pings.setString(7, Timestamps.stored(result.timestamp()));
        text(pings, 8, result.error());
        pings.setString(9, createdAt);
        pings.addBatch();
        pingsWaiting++;
      } catch (SQLException e) {
        throw new Failed(e);
      }
    }

    @Override
    public void traceroute(Traceroute found) {
      try {
        traceroute = lastTraceroute.incrementAndGet();
        traceroutes.setLong(1, traceroute);
        traceroutes.setLong(2, ping);
        traceroutes.setString(3, found.method().text);
        traceroutes.setInt(4, found.completed() ? 1 : 0);
        text(traceroutes, 5, found.error());
        traceroutes.addBatch();
      } catch (SQLException e) {
        throw new Failed(e);
      }
    }

    @Override
    public void hop(Hop hop) {
      try {
        if (hopsWaiting >= 2 * HOPS_AT_ONCE) {
          run(); // one result may have any number of hops
        }
        hops.setLong(1, lastHop.incrementAndGet());
        hops.setLong(2, traceroute);
        hops.setInt(3, hop.ttl());
        text(hops, 4, hop.ip().map(Address::toString));
        hops.setLong(5, hop.rtt());
        hops.setInt(6, hop.timeout() ? 1 : 0);
        hops.addBatch();
        hopsWaiting++;
      } catch (SQLException e) {
        throw new Failed(e);
      }
    }

    void run() throws SQLException {
      pings.executeBatch();
      traceroutes.executeBatch();
      hops.executeBatch();
      pingsWaiting = 0;
      hopsWaiting = 0;
    }

    private static void text(PreparedStatement statement, int place, Optional<String> text)
        throws SQLException {
      if (text.isPresent()) {
        statement.setString(place, text.get());
      } else {
        statement.setNull(place, Types.VARCHAR);
      }
    }

    @Override
    public void close() throws SQLException {
      try (pings;
          traceroutes) {
        hops.close();
      }
    }
  }
}
