package dev.rollcall.server.monitor.check;

import dev.rollcall.server.monitor.definition.Confirmation;
import java.time.Instant;
import java.util.Optional;

/// The confirmed state of a service, and the observations in a row that contradict it, unknown ones
/// aside. What contradicts it depends on it:
///
/// | confirmed | `against` counts | `downs` counts |
/// | --- | --- | --- |
/// | up, or nothing yet | slow or down | down |
/// | slow | up | down |
/// | down | up or slow | nothing |
///
/// @param confirmed up, slow or down; empty before the first confirmation
/// @param against how many of the last observations in a row contradict it
/// @param downs how many of the last observations in a row were down
/// @param since when the first of them was, also of those that no longer count ([#anew])
public record Streak(Optional<State> confirmed, int against, int downs, Optional<Instant> since) {
  /// Of a service without observations.
  public static final Streak NONE = new Streak(Optional.empty(), 0, 0, Optional.empty());

  /// The streak after one more observation: a pure function.
  ///
  /// An unknown observation confirms nothing and interrupts nothing. A service that has never been
  /// down is up with its first observation. One that is down becomes up first, also if it is slow:
  /// that is confirmed anew. What is slow and down in turns is slow.
  public Streak after(Observation observation, Confirmation wanted) {
    State state = State.of(observation);
    if (state == State.UNKNOWN) {
      return this;
    }
    Instant at = observation.at();
    return switch (confirmed.orElse(State.UP)) {
      case DOWN -> state == State.DOWN ? calm() : recovering(wanted, at);
      case SLOW ->
          switch (state) {
            case UP -> new Streak(confirmed, against, 0, since(against)).recovering(wanted, at);
            case DOWN -> new Streak(confirmed, 0, downs, since(downs)).worse(state, wanted, at);
            case SLOW, UNKNOWN -> calm();
          };
      case UP, UNKNOWN -> state == State.UP ? is(State.UP) : worse(state, wanted, at);
    };
  }

  /// The same where nobody could look for a while: what was observed before confirms nothing any
  /// more, and a change wants its whole confirmation.
  public Streak anew() {
    return new Streak(confirmed, 0, 0, since);
  }

  private Optional<Instant> since(int many) {
    return many > 0 ? since : Optional.empty();
  }

  private Streak recovering(Confirmation wanted, Instant at) {
    return against + 1 >= wanted.up()
        ? is(State.UP)
        : new Streak(confirmed, against + 1, 0, first(at));
  }

  /// One more observation that is slow or down.
  private Streak worse(State state, Confirmation wanted, Instant at) {
    int down = state == State.DOWN ? downs + 1 : 0;
    if (down >= wanted.down()) {
      return is(State.DOWN);
    }
    boolean slow = confirmed.equals(Optional.of(State.SLOW));
    if (!slow && against + 1 >= wanted.down()) {
      return new Streak(Optional.of(State.SLOW), 0, down, Optional.empty());
    }
    return new Streak(confirmed, slow ? 0 : against + 1, down, first(at));
  }

  private Optional<Instant> first(Instant at) {
    return since.or(() -> Optional.of(at));
  }

  private static Streak is(State state) {
    return new Streak(Optional.of(state), 0, 0, Optional.empty());
  }

  private Streak calm() {
    return new Streak(confirmed, 0, 0, Optional.empty());
  }

  /// Whether more observations are wanted to confirm a change.
  public boolean isPending() {
    return against > 0 || downs > 0;
  }
}
