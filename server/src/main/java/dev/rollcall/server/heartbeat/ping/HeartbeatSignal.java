package dev.rollcall.server.heartbeat.ping;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.ping.HeartbeatTransitions.Step;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalLong;

/// Which changes of a heartbeat are signals: those into a wrong state, between wrong states, and
/// out of one. `late` and `failed` are wrong.
public final class HeartbeatSignal {
  /// The state in a signal if the heartbeat is gone.
  private static final String REMOVED = "removed";

  private HeartbeatSignal() {}

  /// The signal of a step, if it is one.
  ///
  /// @param before empty if there was no heartbeat
  /// @param exit the exit code that a ping has just reported
  /// @param at when the change came; earlier than now for a ping that waited
  public static Optional<Signal> of(
      Optional<Heartbeat> before, Step step, OptionalLong exit, Instant at) {
    State from = before.map(Heartbeat::state).orElse(State.NEW);
    if (step.after().isPresent()) {
      Heartbeat after = step.after().get();
      boolean changed = after.state() != from && (isWrong(from) || isWrong(after.state()));
      return changed || step.reminds()
          ? Optional.of(signal(after, from, after.state().word(), exit, at))
          : Optional.empty();
    }
    return before
        .filter(_ -> isWrong(from))
        .map(removed -> signal(removed, from, REMOVED, exit, at));
  }

  /// The new state that the signal states. Of a heartbeat that was removed, no ping is expected, as
  /// of one that is paused.
  public static State to(Signal signal) {
    return State.CODEC.find(signal.to()).orElse(State.PAUSED);
  }

  /// The heartbeat `after` is not late after all.
  public static Signal takenBack(Heartbeat after, Instant now) {
    return signal(after, State.LATE, after.state().word(), OptionalLong.empty(), now);
  }

  private static Signal signal(
      Heartbeat about, State from, String to, OptionalLong exit, Instant at) {
    boolean late = to.equals(State.LATE.word());
    return new Signal(
        new Subject(Subject.Type.HEARTBEAT, about.id(), about.key().owner(), about.name()),
        from.word(),
        to,
        cause(about.expectation(), to, exit),
        about.lastKnown(),
        about.moments().lateSince().filter(_ -> late).orElse(at),
        at);
  }

  /// Why it is wrong: what was expected, or the exit code.
  private static Optional<String> cause(Expectation expectation, String to, OptionalLong exit) {
    if (to.equals(State.LATE.word())) {
      return Optional.of(
          "no call: expected "
              + expected(expectation.schedule())
              + (expectation.grace().isZero()
                  ? ""
                  : ", with a grace of " + Durations.ofJob(expectation.grace())));
    }
    return to.equals(State.FAILED.word()) && exit.isPresent()
        ? Optional.of("exit code " + exit.getAsLong())
        : Optional.empty();
  }

  private static String expected(JobSchedule schedule) {
    return switch (schedule) {
      case JobSchedule.Every(Duration frequency) -> "every " + Durations.ofJob(frequency);
      case JobSchedule.Calendar(String expression, ZoneId zone) ->
          "at " + expression + " (" + zone.getId() + ")";
    };
  }

  private static boolean isWrong(State state) {
    return state == State.LATE || state == State.FAILED;
  }
}
