package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.JobOutput;
import dev.rollcall.server.heartbeat.ping.Run;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Rows;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// The last hundred runs of each heartbeat, except those in its row ([RecentRuns]). The rows form a
/// ring: a run replaces the run a hundred before it, so nothing has to be deleted.
public final class RunStore {
  private static final String COLUMNS = "number, run_id, started_at, ended_at, result, exit_code";
  private static final String KEEP =
      """
      INSERT INTO heartbeat_run
        (heartbeat_id, slot, number, run_id, started_at, ended_at, result, exit_code)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (heartbeat_id, slot) DO UPDATE SET number = excluded.number,
        run_id = excluded.run_id, started_at = excluded.started_at, ended_at = excluded.ended_at,
        result = excluded.result, exit_code = excluded.exit_code\
      """;
  private static final String KEEP_OUTPUT =
      """
      INSERT INTO heartbeat_output (heartbeat_id, slot, number, output) VALUES (?, ?, ?, ?)
      ON CONFLICT (heartbeat_id, slot) DO UPDATE SET number = excluded.number,
        output = excluded.output\
      """;
  private static final String LAST_OUTPUT =
      "SELECT output FROM heartbeat_output WHERE heartbeat_id = ?"
          + " AND number >= (SELECT run_count - "
          + Run.MOST_STORED
          + " FROM heartbeat WHERE id = heartbeat_id) ORDER BY number DESC LIMIT 1";
  private static final String STORED =
      "SELECT " + COLUMNS + " FROM heartbeat_run WHERE heartbeat_id = ? AND number >= ?";
  private static final String OPEN = STORED + " AND result = 0 ORDER BY number";

  private final Database database;

  public RunStore(Database database) {
    this.database = database;
  }

  /// A run to be written.
  record StoredRun(long heartbeat, Run run) {}

  /// An output to be written.
  record Output(long heartbeat, long number, JobOutput output) {}

  /// A run as the API and the page show it.
  ///
  /// @param output the beginning of what it printed
  public record Shown(Run run, Optional<JobOutput> output) {}

  /// A run, and the length of its output.
  private record Listed(Run run, int bytes) {}

  private record Stretch(long heartbeat, long from, long to) {}

  /// The stored runs of a heartbeat, newest first.
  public List<Shown> of(Heartbeat heartbeat) {
    List<Shown> all = new ArrayList<>();
    each(heartbeat).forEachRemaining(all::add);
    return all;
  }

  /// The same, one at a time. Outputs are read when they are needed, some at a time. An output that
  /// was replaced meanwhile is left out.
  public Iterator<Shown> each(Heartbeat heartbeat) {
    long count = heartbeat.counts().runs();
    TreeMap<Long, Listed> listed = new TreeMap<>(Comparator.reverseOrder());
    heartbeat.recent().runs(count).forEach(run -> listed.put(run.number(), new Listed(run, 0)));
    // some of the recent runs may have moved there since the heartbeat was read
    older(heartbeat.id(), count - Run.MOST_STORED)
        .forEach(one -> listed.put(one.run().number(), one));
    return new Each(heartbeat.id(), listed.values().stream().limit(Run.MOST_STORED).toList());
  }

  private final class Each implements Iterator<Shown> {
    /// How many bytes of outputs are read at once. More would wait in memory for so long that it
    /// survives young collections.
    private static final int AT_ONCE = 8 * 1024;

    private final long heartbeat;
    private final List<Listed> runs;
    private final Map<Long, JobOutput> printed = new HashMap<>();
    private int next;
    private int read;

    Each(long heartbeat, List<Listed> runs) {
      this.heartbeat = heartbeat;
      this.runs = runs;
    }

    @Override
    public boolean hasNext() {
      return next < runs.size();
    }

    @Override
    public Shown next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Listed one = runs.get(next);
      if (one.bytes() > 0 && read <= next) {
        readOn();
      }
      next++;
      return new Shown(one.run(), Optional.ofNullable(printed.remove(one.run().number())));
    }

    private void readOn() {
      int bytes = 0;
      read = next;
      while (read < runs.size() && bytes < AT_ONCE) {
        bytes += runs.get(read).bytes();
        read++;
      }
      long newest = runs.get(next).run().number();
      long oldest = runs.get(read - 1).run().number();
      printed.putAll(printed(new Stretch(heartbeat, oldest, newest)));
    }
  }

  private Map<Long, JobOutput> printed(Stretch runs) {
    List<Map.Entry<Long, JobOutput>> rows =
        database.read(
            handle ->
                Rows.read(
                    handle,
                    "SELECT number, output FROM heartbeat_output"
                        + " WHERE heartbeat_id = ? AND number >= ? AND number <= ?",
                    runs,
                    (row, stretch) -> {
                      row.setLong(1, stretch.heartbeat());
                      row.setLong(2, stretch.from());
                      row.setLong(3, stretch.to());
                    },
                    row -> Map.entry(row.getLong(1), new JobOutput(row.getBytes(2)))));
    return rows.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private List<Listed> older(long heartbeat, long from) {
    return database.read(
        handle ->
            Rows.read(
                handle,
                """
                SELECT r.number, r.run_id, r.started_at, r.ended_at, r.result, r.exit_code,
                  LENGTH(o.output)
                FROM heartbeat_run r LEFT JOIN heartbeat_output o ON o.heartbeat_id = r.heartbeat_id
                  AND o.slot = r.slot AND o.number = r.number
                WHERE r.heartbeat_id = ? AND r.number >= ?\
                """,
                from,
                (row, least) -> {
                  row.setLong(1, heartbeat);
                  row.setLong(2, least);
                },
                row -> new Listed(run(row, 0), row.getInt(7))));
  }

  /// The stored runs that have not ended, oldest first.
  ///
  /// @param count how many runs the heartbeat has had
  static List<Run> open(Handle tx, long heartbeat, long count) {
    return stored(tx, OPEN, heartbeat, count);
  }

  /// The stored runs outside of the row of the heartbeat.
  ///
  /// @param count how many runs the heartbeat has had
  static List<Run> stored(Handle tx, long heartbeat, long count) {
    return stored(tx, STORED, heartbeat, count);
  }

  private static List<Run> stored(Handle tx, String query, long heartbeat, long count) {
    return Rows.read(
        tx,
        query,
        count - Run.MOST_STORED,
        (row, from) -> {
          row.setLong(1, heartbeat);
          row.setLong(2, from);
        },
        row -> run(row, 0));
  }

  /// The newest output of a heartbeat, of its stored runs.
  static Optional<JobOutput> lastOutput(Handle tx, long heartbeat) {
    return Rows.read(
            tx,
            LAST_OUTPUT,
            heartbeat,
            (row, id) -> row.setLong(1, id),
            row -> new JobOutput(row.getBytes(1)))
        .stream()
        .findFirst();
  }

  /// Removes the outputs of the runs from a number on, and returns them.
  static List<Output> takeOutputs(Handle tx, long heartbeat, long from) {
    List<Output> taken =
        Rows.read(
            tx,
            "SELECT number, output FROM heartbeat_output WHERE heartbeat_id = ? AND number >= ?",
            from,
            (row, least) -> {
              row.setLong(1, heartbeat);
              row.setLong(2, least);
            },
            row -> new Output(heartbeat, row.getLong(1), new JobOutput(row.getBytes(2))));
    Rows.write(
        tx,
        "DELETE FROM heartbeat_output WHERE heartbeat_id = ? AND number = ?",
        taken,
        (row, output) -> {
          row.setLong(1, heartbeat);
          row.setLong(2, output.number());
        });
    return taken;
  }

  static void keep(Handle tx, List<StoredRun> runs) {
    Rows.write(tx, KEEP, runs, RunStore::bind);
  }

  static void keepOutputs(Handle tx, List<Output> outputs) {
    Rows.write(
        tx,
        KEEP_OUTPUT,
        outputs,
        (row, output) -> {
          row.setLong(1, output.heartbeat());
          row.setInt(2, (int) (output.number() % Run.MOST_STORED));
          row.setLong(3, output.number());
          row.setBytes(4, output.output().bytes());
        });
  }

  static void forget(Handle tx, List<Long> heartbeats) {
    for (String table : List.of("heartbeat_run", "heartbeat_output")) {
      Rows.write(
          tx,
          "DELETE FROM " + table + " WHERE heartbeat_id = ?",
          heartbeats,
          (row, id) -> row.setLong(1, id));
    }
  }

  private static void bind(PreparedStatement row, StoredRun stored) throws SQLException {
    Run run = stored.run();
    row.setLong(1, stored.heartbeat());
    row.setInt(2, run.slot());
    row.setLong(3, run.number());
    if (run.id().isPresent()) {
      row.setString(4, run.id().get());
    } else {
      row.setNull(4, Types.VARCHAR);
    }
    InstantColumns.set(row, 5, run.started());
    InstantColumns.set(row, 6, run.ended());
    row.setInt(7, run.result().code());
    if (run.exit().isPresent()) {
      row.setLong(8, run.exit().getAsLong());
    } else {
      row.setNull(8, Types.BIGINT);
    }
  }

  /// The run in a row.
  ///
  /// @param skip the number of columns before `number`
  public static Run run(ResultSet row, int skip) throws SQLException {
    long number = row.getLong(skip + 1);
    Optional<String> id = Optional.ofNullable(row.getString(skip + 2));
    Optional<Instant> started = InstantColumns.instant(row, skip + 3);
    Optional<Instant> ended = InstantColumns.instant(row, skip + 4);
    Run.Result result = Run.Result.CODEC.ofCode(row.getInt(skip + 5));
    long exit = row.getLong(skip + 6);
    return new Run(
        number,
        id,
        started,
        ended,
        result,
        row.wasNull() ? OptionalLong.empty() : OptionalLong.of(exit));
  }
}
