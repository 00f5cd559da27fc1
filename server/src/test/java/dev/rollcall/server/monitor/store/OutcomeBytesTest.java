package dev.rollcall.server.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.probe.AnswerExcerpt;
import dev.rollcall.probe.ProbeResult;
import dev.rollcall.probe.RoundTrips;
import dev.rollcall.server.monitor.check.Certificate;
import dev.rollcall.server.monitor.check.Evaluator.Transition;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.LatencyHistogram;
import dev.rollcall.server.monitor.check.Measurements;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.monitor.path.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutcomeBytesTest {
  private static final Instant AT = Instant.parse("2026-11-29T12:00:00.123456789Z");
  private static final Duration TOOK = Duration.ofNanos(12_345_678);

  private static Outcome outcome(Observation observation, Transition transition) {
    return new Outcome(
        42,
        7,
        observation,
        transition,
        true,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void anOutcomeIsTheSameInAnotherProcess() {
    List<Outcome> plain =
        List.of(
            outcome(
                new Observation.Up(AT, TOOK, Measurements.NOTHING),
                new Transition.Begins(Event.Kind.UPTIME, Optional.empty())),
            outcome(
                new Observation.Slow(AT, TOOK, Measurements.NOTHING, Duration.ofMillis(5)),
                new Transition.Stays()),
            outcome(
                new Observation.Down(AT, TOOK, Measurements.NOTHING, "status 503 ünd ☃"),
                new Transition.Begins(Event.Kind.DOWNTIME, Optional.of("status 503"))),
            outcome(
                new Observation.Unknown(AT, TOOK, Measurements.NOTHING, "no network"),
                new Transition.Stays()));
    assertThat(OutcomeBytes.read(OutcomeBytes.of(plain))).isEqualTo(plain);
  }

  @Test
  void allThatWasMeasuredIsKept() {
    LatencyHistogram trips =
        LatencyHistogram.of(new RoundTrips(3, List.of(Duration.ofMillis(1), Duration.ofMillis(2))));
    Measurements measured =
        new Measurements(
            Optional.of(TOOK),
            new Measurements.Phases(
                Optional.of(TOOK),
                Optional.empty(),
                Optional.of(TOOK.plusNanos(1)),
                Optional.empty(),
                Optional.of(Duration.ZERO)),
            OptionalInt.of(503),
            2,
            Optional.of(AT.plusSeconds(1)),
            Optional.of(
                List.of(
                    new ProbeResult("db", Optional.of("refused"), TOOK),
                    new ProbeResult("cache", Optional.empty(), TOOK))),
            Optional.of(new AnswerExcerpt(503, Map.of("Server", "nginx"), "x".repeat(70_000))),
            Optional.empty(),
            Optional.of(
                new Path(
                    List.of(Set.of("192.0.2.1", "192.0.2.2"), Set.of(), Set.of("192.0.2.9")),
                    true)));
    Outcome full =
        new Outcome(
            -3,
            1,
            new Observation.Down(AT, TOOK, measured, "status 503"),
            new Transition.Stays(),
            false,
            true,
            Optional.of(new Certificate(Optional.of(AT), 2)),
            Optional.of(new Streak(Optional.of(State.DOWN), 1, 2, Optional.of(AT))),
            Optional.of(AT.plusSeconds(10)));
    assertThat(OutcomeBytes.read(OutcomeBytes.of(List.of(full)))).containsExactly(full);

    Measurements pings =
        new Measurements(
            Optional.of(TOOK),
            Measurements.NOTHING.phases(),
            OptionalInt.empty(),
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(trips),
            Optional.empty());
    Outcome read =
        OutcomeBytes.read(
                OutcomeBytes.of(
                    List.of(outcome(new Observation.Up(AT, TOOK, pings), new Transition.Stays()))))
            .getFirst();
    assertThat(read.observation().measurements().roundTrips().orElseThrow().bytes())
        .isEqualTo(trips.bytes());
  }

  @Test
  void otherBytesAreRefused() {
    assertThatThrownBy(() -> OutcomeBytes.read(new byte[] {9}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> OutcomeBytes.read(new byte[] {1, 0, 0, 0, 1}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
