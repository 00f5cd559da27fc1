package dev.rollcall.server.heartbeat.overview;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.JobOutput;
import dev.rollcall.server.heartbeat.ping.Run;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.heartbeat.store.HeartbeatStore;
import dev.rollcall.server.heartbeat.store.HeartbeatTable;
import dev.rollcall.server.heartbeat.store.RunStore;
import dev.rollcall.server.heartbeat.store.StateCounts;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/// The heartbeats for the pages, those with problems first. Each read uses one index, however many
/// rows there are. Heartbeats that are up have no index of their own, since nearly all are up: they
/// are read in the order of their ids.
public final class HeartbeatOverview {
  /// The order of the states on the page.
  public static final List<State> ORDER =
      List.of(State.LATE, State.FAILED, State.NEW, State.UP, State.PAUSED);

  private static final int LATEST = 30;
  private static final String SELECT = "SELECT " + HeartbeatTable.COLUMNS + " FROM heartbeat";

  private static final String RUNS =
      """
      SELECT r.heartbeat_id, r.number, r.run_id, r.started_at, r.ended_at, r.result, r.exit_code
      FROM heartbeat h JOIN heartbeat_run r
        ON r.heartbeat_id = h.id AND r.number >= h.run_count - %d
      WHERE h.id IN (<ids>)\
      """
          .formatted(LATEST);

  /// One heartbeat.
  ///
  /// @param runs the newest, oldest first: up to 30 in a list, up to 100 for a single heartbeat
  public record Row(
      long id, String name, State state, Rhythm rhythm, Moments moments, List<Ran> runs) {}

  /// When pings are expected.
  ///
  /// @param frequency as a job writes it, such as `5m`; empty if there is a schedule
  /// @param schedule a crontab line; empty if there is a frequency
  /// @param zone the time zone of the schedule; empty if there is none
  /// @param grace as a job writes it; `0s` for none
  public record Rhythm(String frequency, String schedule, String zone, String grace) {}

  /// The times of a heartbeat.
  ///
  /// @param next when the next ping is expected; empty while paused
  /// @param since the time from which it is late
  /// @param calls number of pings
  public record Moments(
      Instant created,
      Optional<Instant> last,
      Optional<Instant> next,
      Optional<Instant> since,
      long calls) {}

  /// One run; or one ping of a job that does not report its starts.
  ///
  /// @param number from 1
  /// @param id the run id that the job gave
  /// @param output the beginning of what it printed; only for a single heartbeat
  public record Ran(
      long number,
      Optional<String> id,
      Optional<Instant> started,
      Optional<Instant> ended,
      Optional<Duration> took,
      Outcome outcome,
      OptionalLong exit,
      Optional<String> output) {
    /// When it ended; while it runs, when it started.
    public Optional<Instant> at() {
      return ended.or(() -> started);
    }
  }

  /// The result of a run.
  public enum Outcome {
    RUNNING,
    OK,
    FAILED
  }

  private final Database database;
  private final HeartbeatStore heartbeats;
  private final RunStore runs;
  private final StateCounts stateCounts;

  public HeartbeatOverview(
      Database database, HeartbeatStore heartbeats, RunStore runs, StateCounts stateCounts) {
    this.database = database;
    this.heartbeats = heartbeats;
    this.runs = runs;
    this.stateCounts = stateCounts;
  }

  /// The number of heartbeats in each state. If there are many, the counts may be up to 30 s old.
  public Map<State, Long> counts(Scope scope) {
    return stateCounts.counts(scope);
  }

  /// A page of the heartbeats in one state, ordered by id; or of all, in [#ORDER].
  ///
  /// @param counts how many rows of each state come before the offset
  public List<Row> rows(
      Scope scope, Map<State, Long> counts, Optional<State> only, int limit, long offset) {
    return database.read(
        handle -> {
          List<Heartbeat> found = new ArrayList<>();
          long skip = offset;
          for (State state : only.map(List::of).orElse(ORDER)) {
            long there = counts.getOrDefault(state, 0L);
            // The counts may be old. States other than up are read even if their count is 0, so
            // that new problems show at once.
            boolean first = skip == 0 && state != State.UP;
            if (found.size() < limit && (first || skip < there)) {
              found.addAll(inState(handle, scope, state, limit - found.size(), skip));
            }
            skip = Math.max(0, skip - there);
          }
          Map<Long, List<Run>> older = older(handle, found);
          return found.stream()
              .map(one -> row(one, latest(one, older.getOrDefault(one.id(), List.of()))))
              .toList();
        });
  }

  /// One heartbeat, with its last 100 runs and their outputs.
  public Optional<Row> find(Scope scope, String name) {
    return heartbeats
        .find(scope, name)
        .map(
            one ->
                row(
                    one,
                    runs.of(one).reversed().stream()
                        .map(shown -> ran(shown.run(), shown.output().map(JobOutput::text)))
                        .toList()));
  }

  private record Stretch(int limit, long offset) {}

  static String inState(Scope scope, State state) {
    return SELECT
        + " WHERE "
        + HeartbeatTable.in(state)
        + scope.and("owner_id")
        + " ORDER BY id LIMIT ? OFFSET ?";
  }

  private static List<Heartbeat> inState(
      Handle handle, Scope scope, State state, int limit, long offset) {
    return Rows.read(
        handle,
        inState(scope, state),
        new Stretch(limit, offset),
        (row, stretch) -> {
          row.setInt(1, stretch.limit());
          row.setLong(2, stretch.offset());
        },
        HeartbeatTable::heartbeat);
  }

  /// The newest runs of each heartbeat that are not in its row, by heartbeat id.
  private static Map<Long, List<Run>> older(Handle handle, List<Heartbeat> found) {
    Map<Long, List<Run>> older = new HashMap<>();
    List<Long> ids = found.stream().filter(Heartbeat::hasOlderRuns).map(Heartbeat::id).toList();
    if (!ids.isEmpty()) {
      handle
          .createQuery(RUNS)
          .bindList("ids", ids)
          .map((row, _) -> Map.entry(row.getLong(1), RunStore.run(row, 1)))
          .forEach(
              run ->
                  older.computeIfAbsent(run.getKey(), _ -> new ArrayList<>()).add(run.getValue()));
    }
    return older;
  }

  /// The newest runs, oldest first. A run that moved between the two reads is in both, so runs are
  /// joined by number.
  private static List<Ran> latest(Heartbeat one, List<Run> older) {
    TreeMap<Long, Run> runs = new TreeMap<>();
    older.forEach(run -> runs.put(run.number(), run));
    one.recent().runs(one.counts().runs()).forEach(run -> runs.put(run.number(), run));
    return runs.values().stream()
        .skip(Math.max(0, runs.size() - LATEST))
        .map(run -> ran(run, Optional.empty()))
        .toList();
  }

  private static Ran ran(Run run, Optional<String> output) {
    return new Ran(
        run.number() + 1,
        run.id(),
        run.started(),
        run.ended(),
        run.duration(),
        switch (run.result()) {
          case RUNNING -> Outcome.RUNNING;
          case OK -> Outcome.OK;
          case FAILED -> Outcome.FAILED;
        },
        run.exit(),
        output);
  }

  private static Row row(Heartbeat one, List<Ran> runs) {
    Heartbeat.Moments moments = one.moments();
    return new Row(
        one.id(),
        one.name(),
        one.state(),
        rhythm(one.expectation()),
        new Moments(
            moments.created(),
            moments.last(),
            one.state() == State.PAUSED ? Optional.empty() : Optional.of(moments.next()),
            moments.lateSince(),
            one.counts().calls()),
        runs);
  }

  private static Rhythm rhythm(Expectation expectation) {
    String grace = Durations.ofJob(expectation.grace());
    return switch (expectation.schedule()) {
      case JobSchedule.Every(Duration frequency) ->
          new Rhythm(Durations.ofJob(frequency), "", "", grace);
      case JobSchedule.Calendar(String expression, ZoneId zone) ->
          new Rhythm("", expression, zone.getId(), grace);
    };
  }
}
