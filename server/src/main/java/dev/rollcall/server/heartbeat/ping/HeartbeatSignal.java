package dev.rollcall.server.heartbeat.ping;

import dev.rollcall.server.heartbeat.ping.HeartbeatTransitions.Step;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import java.time.Instant;
import java.util.Optional;

/// Which changes of a heartbeat are signals: those into a wrong state, between wrong states, and
/// out of one. `late` and `failed` are wrong.
public final class HeartbeatSignal {
  /// The state in a signal if the heartbeat is gone.
  private static final String REMOVED = "removed";

  private HeartbeatSignal() {}

  /// The signal of a step, if it is one.
  ///
  /// @param before empty if there was no heartbeat
  public static Optional<Signal> of(Optional<Heartbeat> before, Step step, Instant now) {
    State from = before.map(Heartbeat::state).orElse(State.NEW);
    if (step.after().isPresent()) {
      Heartbeat after = step.after().get();
      boolean changed = after.state() != from && (isWrong(from) || isWrong(after.state()));
      return changed || step.reminds()
          ? Optional.of(signal(after, from, after.state().word(), now))
          : Optional.empty();
    }
    return before.filter(_ -> isWrong(from)).map(removed -> signal(removed, from, REMOVED, now));
  }

  /// The new state that the signal states. Of a heartbeat that was removed, no ping is expected, as
  /// of one that is paused.
  public static State to(Signal signal) {
    return State.CODEC.find(signal.to()).orElse(State.PAUSED);
  }

  /// The heartbeat `after` is not late after all.
  public static Signal takenBack(Heartbeat after, Instant now) {
    return signal(after, State.LATE, after.state().word(), now);
  }

  private static Signal signal(Heartbeat about, State from, String to, Instant now) {
    boolean late = to.equals(State.LATE.word());
    return new Signal(
        new Subject(Subject.Type.HEARTBEAT, about.id(), about.key().owner(), about.name()),
        from.word(),
        to,
        Optional.empty(),
        about.lastKnown(),
        about.moments().lateSince().filter(_ -> late).orElse(now),
        now);
  }

  private static boolean isWrong(State state) {
    return state == State.LATE || state == State.FAILED;
  }
}
