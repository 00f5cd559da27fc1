package dev.rollcall.server.monitor;

import java.util.Optional;

/// What an observation means for a service's events: a pure function of the event that is open and
/// what was observed.
///
/// | open | up | down | unknown |
/// | --- | --- | --- | --- |
/// | none | uptime begins | downtime begins | stays |
/// | uptime | stays | downtime begins | stays |
/// | downtime | uptime begins | stays | stays |
///
/// An unknown observation says nothing about the service, so it ends nothing.
final class Evaluator {
  private Evaluator() {}

  /// What follows from an observation.
  sealed interface Transition {
    /// The open event goes on, or none begins.
    record Stays() implements Transition {}

    /// The open event, if there is one, ends at the observation's instant, and one of `kind` begins
    /// there.
    record Begins(Event.Kind kind, Optional<String> cause) implements Transition {}
  }

  static Transition evaluate(Optional<Event.Kind> open, Observation observation) {
    return switch (observation) {
      case Observation.Unknown _ -> new Transition.Stays();
      case Observation.Up _ -> begin(open, Event.Kind.UPTIME, Optional.empty());
      case Observation.Down down -> begin(open, Event.Kind.DOWNTIME, Optional.of(down.reason()));
    };
  }

  private static Transition begin(
      Optional<Event.Kind> open, Event.Kind kind, Optional<String> cause) {
    return open.isPresent() && open.get() == kind
        ? new Transition.Stays()
        : new Transition.Begins(kind, cause);
  }
}
