package dev.rollcall.server.monitor.check;

import dev.rollcall.server.monitor.definition.Confirmation;
import java.time.Instant;
import java.util.Optional;

/// The confirmed state of a service, and the observations in a row that contradict it.
///
/// @param confirmed up or down; empty before the first confirmation
/// @param against how many observations in a row found the other state, unknown ones aside
/// @param since when the first of them was
public record Streak(Optional<State> confirmed, int against, Optional<Instant> since) {
  /// Of a service without observations.
  public static final Streak NONE = new Streak(Optional.empty(), 0, Optional.empty());

  /// The streak after one more observation: a pure function.
  ///
  /// An unknown observation confirms nothing and interrupts nothing. A service that has never been
  /// down is up with its first observation.
  public Streak after(Observation observation, Confirmation wanted) {
    State state = State.of(observation);
    if (state == State.UNKNOWN) {
      return this;
    }
    if (confirmed.equals(Optional.of(state))) {
      return against == 0 ? this : new Streak(confirmed, 0, Optional.empty());
    }
    boolean first = confirmed.isEmpty() && state == State.UP;
    int needed = state == State.DOWN ? wanted.down() : wanted.up();
    return first || against + 1 >= needed
        ? new Streak(Optional.of(state), 0, Optional.empty())
        : new Streak(confirmed, against + 1, since.or(() -> Optional.of(observation.at())));
  }

  /// Whether more observations are wanted to confirm a change.
  public boolean isPending() {
    return against > 0;
  }
}
