package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.Heartbeat.Counts;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Ping;
import dev.rollcall.server.heartbeat.ping.HeartbeatSignal;
import dev.rollcall.server.heartbeat.ping.HeartbeatTransitions;
import dev.rollcall.server.heartbeat.ping.HeartbeatTransitions.Step;
import dev.rollcall.server.heartbeat.ping.OvertakenPing;
import dev.rollcall.server.heartbeat.ping.OvertakenPing.History;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.heartbeat.ping.PingSignal;
import dev.rollcall.server.heartbeat.ping.RecentRuns;
import dev.rollcall.server.heartbeat.ping.Run;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// One heartbeat while a group of changes is applied: its old row, its present value, and what has
/// to be written in the end. Used by the thread of the transaction only.
final class HeartbeatUpdate {
  /// What to write of the row.
  enum Writing {
    NOTHING,
    COUNTS,
    ALL,
    REMOVAL
  }

  private final HeartbeatTable.Row row;
  private Optional<Heartbeat> heartbeat;
  private boolean removed;
  private final Map<Integer, Run> runs = new LinkedHashMap<>(2);
  private final List<RunStore.Output> outputs = new ArrayList<>(0);
  private Optional<AlertKeys> keys = Optional.empty();
  private @Nullable List<Run> open;

  HeartbeatUpdate(HeartbeatTable.Row row) {
    this.row = row;
    this.heartbeat = row.heartbeat();
  }

  PingOutcome apply(
      Handle tx, HeartbeatChange change, Instant now, Duration tolerance, List<Signal> signals) {
    Optional<Heartbeat> before = heartbeat;
    boolean overtaken = change instanceof Ping ping && isOvertaken(tx, ping, now, tolerance);
    Step step =
        switch (change) {
          case Ping ping when overtaken -> OvertakenPing.step(heartbeat(), ping);
          case Ping ping -> ping(before, ping, now, tolerance);
          case HeartbeatChange.Removal _ -> HeartbeatTransitions.remove(before);
          case HeartbeatChange.Pause _ -> HeartbeatTransitions.pause(before);
          case HeartbeatChange.Resumption _ -> HeartbeatTransitions.resume(before, now);
          case HeartbeatChange.Keys given -> HeartbeatTransitions.keys(before, given.keys());
          case HeartbeatChange.Declaration(var definition) ->
              HeartbeatTransitions.declare(before, row.id(), definition, now);
          case HeartbeatChange.EndOfDeclaration _ -> HeartbeatTransitions.endDeclaration(before);
        };
    heartbeat = step.after();
    if (step.pingOutcome() instanceof PingOutcome.Changed) {
      given(change).ifPresent(these -> keys = Optional.of(these));
    }
    if (before.isPresent() && heartbeat.isEmpty()) {
      removed = true;
      runs.clear();
      outputs.clear();
      open = List.of();
    }
    if (change instanceof Ping ping && step.recorded()) {
      Heartbeat after = heartbeat.orElseThrow();
      heartbeat =
          Optional.of(
              overtaken
                  ? withOvertaken(tx, after, ping)
                  : withRun(tx, after, ping, ping.came().orElse(now)));
    }
    HeartbeatSignal.of(before, step, exit(change), came(change, now)).ifPresent(signals::add);
    return step.pingOutcome();
  }

  private boolean isOvertaken(Handle tx, Ping ping, Instant now, Duration tolerance) {
    return ping.came().isPresent()
        && heartbeat
            .filter(
                old ->
                    OvertakenPing.isOvertaken(old, running(tx, old.counts()), ping, now, tolerance))
            .isPresent();
  }

  /// One that states no time counts from when it came, if it has waited since.
  private Step ping(Optional<Heartbeat> before, Ping ping, Instant now, Duration tolerance) {
    Instant at = ping.moment().isPresent() ? now : ping.came().orElse(now);
    return HeartbeatTransitions.ping(before, row.id(), ping, at, tolerance);
  }

  /// When it came. The clock of another process may have been ahead.
  private static Instant came(HeartbeatChange change, Instant now) {
    return change instanceof Ping ping
        ? ping.came().filter(time -> time.isBefore(now)).orElse(now)
        : now;
  }

  private static OptionalLong exit(HeartbeatChange change) {
    return change instanceof Ping ping && ping.signal() instanceof PingSignal.Failure(var exit)
        ? exit
        : OptionalLong.empty();
  }

  private static Optional<AlertKeys> given(HeartbeatChange change) {
    return switch (change) {
      case HeartbeatChange.Keys given -> Optional.of(given.keys());
      case HeartbeatChange.Declaration(var definition) -> Optional.of(definition.keys());
      case Ping _,
          HeartbeatChange.Removal _,
          HeartbeatChange.Pause _,
          HeartbeatChange.Resumption _,
          HeartbeatChange.EndOfDeclaration _ ->
          Optional.empty();
    };
  }

  /// Adds the run that a ping reports: a new run, or the end of one that has started.
  ///
  /// @param now when the ping came
  private Heartbeat withRun(Handle tx, Heartbeat after, Ping ping, Instant now) {
    Instant at = ping.moment().orElse(now);
    Optional<String> id = ping.said().run();
    Optional<Instant> moment = Optional.of(at);
    boolean starts = ping.signal() instanceof PingSignal.Start;
    Counts counts = after.counts();
    List<Run> running = running(tx, counts);
    Optional<Run> known = running.stream().filter(run -> run.id().equals(id)).reduce((_, b) -> b);
    Run run;
    if (starts) {
      long number = known.filter(_ -> id.isPresent()).map(Run::number).orElse(counts.runs());
      run = new Run(number, id, moment, Optional.empty(), Run.Result.RUNNING, OptionalLong.empty());
    } else {
      long number = known.map(Run::number).orElse(counts.runs());
      Optional<Instant> started = known.flatMap(Run::started);
      run =
          switch (ping.signal()) {
            case PingSignal.Failure(OptionalLong exit) ->
                new Run(number, id, started, moment, Run.Result.FAILED, exit);
            case PingSignal.Start _, PingSignal.Success _ ->
                new Run(number, id, started, moment, Run.Result.OK, OptionalLong.empty());
          };
    }
    RecentRuns recent = after.recent();
    boolean stays = RecentRuns.holds(run) && ping.said().output().isEmpty();
    if (!stays || recent.full()) {
      recent.runs(counts.runs()).forEach(each -> runs.put(each.slot(), each));
      recent = RecentRuns.NONE;
    }
    if (stays) {
      recent = recent.with(run);
    } else {
      runs.put(run.slot(), run);
    }
    ping.said()
        .output()
        .ifPresent(output -> outputs.add(new RunStore.Output(row.id(), run.number(), output)));
    if (starts || !running.isEmpty()) {
      List<Run> left = new ArrayList<>(running);
      left.removeIf(each -> each.slot() == run.slot());
      if (starts) {
        left.add(run);
      }
      open = left;
      running = left;
    }
    return withRuns(after, Math.max(counts.runs(), run.number() + 1), running.size(), recent);
  }

  /// Adds the run that a ping reports that others have overtaken. Runs after it may move.
  private Heartbeat withOvertaken(Handle tx, Heartbeat after, Ping ping) {
    Counts counts = after.counts();
    Optional<History> found = OvertakenPing.history(stored(tx, after), counts.runs(), ping);
    if (found.isEmpty()) {
      return after;
    }
    History history = found.get();
    if (history.added()) {
      moveOutputs(tx, history.number());
    }
    ping.said()
        .output()
        .ifPresent(output -> outputs.add(new RunStore.Output(row.id(), history.number(), output)));
    long count = counts.runs() + (history.added() ? 1 : 0);
    long changed = Math.min(history.number(), counts.runs() - after.recent().size());
    history.runs().stream()
        .filter(run -> run.number() >= changed)
        .forEach(run -> runs.put(run.slot(), run));
    List<Run> running =
        history.runs().stream()
            .filter(run -> run.open() && run.number() >= count - Run.MOST_STORED)
            .toList();
    open = running;
    return withRuns(after, count, running.size(), RecentRuns.NONE);
  }

  private static Heartbeat withRuns(Heartbeat one, long runs, int open, RecentRuns recent) {
    return new Heartbeat(
        one.id(),
        one.key(),
        one.expectation(),
        one.state(),
        one.moments(),
        new Counts(one.counts().calls(), runs, open),
        recent,
        one.origin());
  }

  /// The stored runs as they are now, oldest first.
  private List<Run> stored(Handle tx, Heartbeat now) {
    long count = now.counts().runs();
    NavigableMap<Long, Run> all = new TreeMap<>();
    if (!removed) {
      RunStore.stored(tx, row.id(), count).forEach(run -> all.put(run.number(), run));
    }
    runs.values().forEach(run -> all.put(run.number(), run));
    now.recent().runs(count).forEach(run -> all.put(run.number(), run));
    return List.copyOf(all.tailMap(count - Run.MOST_STORED, true).values());
  }

  /// The runs from a number on get the next number, and so do their outputs.
  private void moveOutputs(Handle tx, long from) {
    List<RunStore.Output> moved =
        new ArrayList<>(removed ? List.of() : RunStore.takeOutputs(tx, row.id(), from));
    outputs.stream().filter(output -> output.number() >= from).forEach(moved::add);
    outputs.removeIf(output -> output.number() >= from);
    moved.forEach(
        output -> outputs.add(new RunStore.Output(row.id(), output.number() + 1, output.output())));
  }

  /// The stored runs that have not ended, oldest first. They are read only if there are any.
  private List<Run> running(Handle tx, Counts counts) {
    List<Run> known = open;
    if (known == null) {
      known = counts.open() == 0 ? List.of() : RunStore.open(tx, row.id(), counts.runs());
      open = known;
    }
    return known;
  }

  long id() {
    return row.id();
  }

  /// Its present value. There must be one.
  Heartbeat heartbeat() {
    return heartbeat.orElseThrow();
  }

  /// Whether its old runs outside of the row have to be deleted: it was removed, perhaps created
  /// again, and these runs do not belong to the new one.
  boolean leavesRuns() {
    return removed && row.heartbeat().map(Heartbeat::hasOlderRuns).orElse(false);
  }

  /// Its new keys, if it has got some.
  Optional<AlertKeys> keys() {
    return keys.filter(_ -> hasKeys(heartbeat));
  }

  /// Whether it has no keys any more.
  boolean losesKeys() {
    return hasKeys(row.heartbeat()) && !hasKeys(heartbeat);
  }

  private static boolean hasKeys(Optional<Heartbeat> heartbeat) {
    return heartbeat.filter(one -> one.origin() != Heartbeat.Origin.PING).isPresent();
  }

  Collection<Run> runs() {
    return runs.values();
  }

  List<RunStore.Output> outputs() {
    return outputs;
  }

  Writing writing() {
    if (heartbeat.isEmpty()) {
      return Writing.REMOVAL;
    }
    Heartbeat now = heartbeat.get();
    if (row.heartbeat().isEmpty()) {
      return Writing.ALL;
    }
    Heartbeat was = row.heartbeat().get();
    if (now.equals(was)) {
      return Writing.NOTHING;
    }
    boolean same =
        now.state() == was.state()
            && now.origin() == was.origin()
            && now.expectation().equals(was.expectation())
            && now.moments().due().equals(was.moments().due())
            && now.moments().created().equals(was.moments().created())
            && now.moments().lateSince().equals(was.moments().lateSince());
    return same ? Writing.COUNTS : Writing.ALL;
  }
}
