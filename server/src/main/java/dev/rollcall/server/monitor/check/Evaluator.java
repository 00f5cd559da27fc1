package dev.rollcall.server.monitor.check;

import java.util.Optional;

/// Decides how an observation changes the events of a service: a pure function of the open event
/// and the observation.
///
/// | open | up | down | unknown |
/// | --- | --- | --- | --- |
/// | none | uptime begins | downtime begins | stays |
/// | uptime | stays | downtime begins | stays |
/// | downtime | uptime begins | stays | stays |
///
/// A slow observation is up. An unknown observation says nothing about the service, so it ends
/// nothing.
public final class Evaluator {
  private Evaluator() {}

  /// How an observation changes the events.
  public sealed interface Transition {
    /// The open event continues; or there is none, and none begins.
    record Stays() implements Transition {}

    /// The open event, if any, ends at the instant of the observation, and one of `kind` begins
    /// then.
    record Begins(Event.Kind kind, Optional<String> cause) implements Transition {}
  }

  /// How the observation changes the events.
  ///
  /// @param open the kind of the open event, if there is one
  public static Transition evaluate(Optional<Event.Kind> open, Observation observation) {
    return switch (observation) {
      case Observation.Unknown _ -> new Transition.Stays();
      case Observation.Up _, Observation.Slow _ -> begin(open, Event.Kind.UPTIME, Optional.empty());
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
