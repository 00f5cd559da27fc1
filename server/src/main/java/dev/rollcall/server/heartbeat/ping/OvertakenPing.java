package dev.rollcall.server.heartbeat.ping;

import dev.rollcall.server.heartbeat.ping.Heartbeat.Counts;
import dev.rollcall.server.heartbeat.ping.Heartbeat.Moments;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Ping;
import dev.rollcall.server.heartbeat.ping.HeartbeatTransitions.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A ping that waited while later ones of its heartbeat were recorded. It counts, and its run takes
/// its place by time among the others. The state, and what is expected next, stay those of the
/// later pings: pure functions.
public final class OvertakenPing {
  /// The stored runs with that of the ping.
  ///
  /// @param runs oldest first; those from `number` on may have changed
  /// @param number of the ping's run
  /// @param added whether it is a new run: those after it have their number plus one
  public record History(List<Run> runs, long number, boolean added) {}

  private OvertakenPing() {}

  /// Whether a ping was overtaken: the last ping, or the start of a run that goes on, is later than
  /// when it came, and than the time that it states.
  ///
  /// @param running the runs that have not ended
  /// @param tolerance how far the clock of a job may be ahead of ours
  public static boolean isOvertaken(
      Heartbeat heartbeat, List<Run> running, Ping ping, Instant now, Duration tolerance) {
    Instant came = ping.came().orElse(now);
    Instant from = came.plus(HeartbeatTransitions.CROSSING);
    return now.isAfter(from)
        && Stream.concat(
                heartbeat.moments().last().stream(),
                running.stream().flatMap(run -> run.started().stream()))
            .anyMatch(
                other ->
                    other.isAfter(from)
                        && other.isAfter(ping.moment().orElse(came))
                        && !other.isAfter(now.plus(tolerance)));
  }

  /// Counts the ping, unless it starts a run.
  public static Step step(Heartbeat old, Ping ping) {
    boolean starts = ping.signal() instanceof PingSignal.Start;
    Moments was = old.moments();
    Instant at = at(ping);
    Optional<Instant> last =
        starts ? was.last() : was.last().map(before -> before.isBefore(at) ? at : before);
    Heartbeat after =
        new Heartbeat(
            old.id(),
            old.key(),
            old.expectation(),
            old.state(),
            new Moments(was.created(), last, was.next(), was.lateSince(), was.due()),
            new Counts(
                old.counts().calls() + (starts ? 0 : 1), old.counts().runs(), old.counts().open()),
            old.recent(),
            old.origin());
    return new Step(
        Optional.of(after), new PingOutcome.Recorded(was.next(), old.state() == State.PAUSED));
  }

  /// The history with the run of the ping. An end ends the last run that had begun before it and
  /// goes on. A start belongs to the first run that ended after it and has no start.
  ///
  /// @param runs the stored runs, oldest first
  /// @param count how many runs the heartbeat has had
  /// @return empty if all stored runs are newer and there is no room for an older one
  public static Optional<History> history(List<Run> runs, long count, Ping ping) {
    boolean starts = ping.signal() instanceof PingSignal.Start;
    OptionalInt known = starts ? endOf(runs, ping) : startOf(runs, ping);
    List<Run> all = new ArrayList<>(runs);
    if (known.isPresent()) {
      Run with = with(runs.get(known.getAsInt()), ping);
      all.set(known.getAsInt(), with);
      return Optional.of(new History(all, with.number(), false));
    }
    Instant at = at(ping);
    int place = runs.size();
    while (place > 0 && time(runs.get(place - 1)).isAfter(at)) {
      place--;
    }
    if (place == 0 && count >= Run.MOST_STORED) {
      return Optional.empty();
    }
    long number = place == runs.size() ? count : runs.get(place).number();
    all.replaceAll(run -> run.number() < number ? run : numbered(run, run.number() + 1));
    Run fresh =
        new Run(
            number,
            ping.said().run(),
            Optional.empty(),
            Optional.empty(),
            Run.Result.RUNNING,
            OptionalLong.empty());
    all.add(place, with(fresh, ping));
    return Optional.of(new History(all, number, true));
  }

  private static OptionalInt startOf(List<Run> runs, Ping ping) {
    return places(
            runs, ping, run -> run.open() && run.started().filter(at(ping)::isBefore).isEmpty())
        .reduce((_, later) -> later);
  }

  private static OptionalInt endOf(List<Run> runs, Ping ping) {
    return places(
            runs,
            ping,
            run -> run.started().isEmpty() && run.ended().filter(at(ping)::isAfter).isEmpty())
        .findFirst();
  }

  private static IntStream places(List<Run> runs, Ping ping, Predicate<Run> of) {
    return IntStream.range(0, runs.size())
        .filter(i -> runs.get(i).id().equals(ping.said().run()) && of.test(runs.get(i)));
  }

  private static Run with(Run run, Ping ping) {
    Optional<Instant> at = Optional.of(at(ping));
    return switch (ping.signal()) {
      case PingSignal.Start _ ->
          new Run(run.number(), run.id(), at, run.ended(), run.result(), run.exit());
      case PingSignal.Success _ ->
          new Run(run.number(), run.id(), run.started(), at, Run.Result.OK, OptionalLong.empty());
      case PingSignal.Failure(OptionalLong exit) ->
          new Run(run.number(), run.id(), run.started(), at, Run.Result.FAILED, exit);
    };
  }

  private static Run numbered(Run run, long number) {
    return new Run(number, run.id(), run.started(), run.ended(), run.result(), run.exit());
  }

  private static Instant time(Run run) {
    return run.started().or(run::ended).orElse(Instant.EPOCH);
  }

  private static Instant at(Ping ping) {
    return ping.moment().or(ping::came).orElseThrow();
  }
}
