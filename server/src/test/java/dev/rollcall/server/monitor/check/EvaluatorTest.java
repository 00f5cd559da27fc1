package dev.rollcall.server.monitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.check.Evaluator.Transition;
import dev.rollcall.server.monitor.check.Event.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluatorTest {
  @ParameterizedTest(name = "{0} open, found {1}: {2}")
  @CsvSource({
    "none,     up,      uptime begins",
    "none,     slow,    uptime begins",
    "none,     down,    downtime begins",
    "none,     unknown, stays",
    "uptime,   up,      stays",
    "uptime,   slow,    stays",
    "uptime,   down,    downtime begins",
    "uptime,   unknown, stays",
    "downtime, up,      uptime begins",
    "downtime, slow,    uptime begins",
    "downtime, down,    stays",
    "downtime, unknown, stays",
  })
  void endsAndBeginsEvents(String open, String found, String follows) {
    Optional<Kind> kind =
        open.equals("none") ? Optional.empty() : Optional.of(Kind.CODEC.ofWord(open));
    String actual =
        switch (Evaluator.evaluate(kind, observation(found))) {
          case Transition.Stays _ -> "stays";
          case Transition.Begins begins -> {
            assertThat(begins.cause().isPresent()).isEqualTo(begins.kind() == Kind.DOWNTIME);
            yield begins.kind().word() + " begins";
          }
        };
    assertThat(actual).isEqualTo(follows);
  }

  private static Observation observation(String found) {
    Instant at = Instant.ofEpochSecond(1);
    Duration took = Duration.ofMillis(3);
    return switch (found) {
      case "up" -> new Observation.Up(at, took, Measurements.NOTHING);
      case "slow" -> new Observation.Slow(at, took, Measurements.NOTHING, Duration.ofMillis(2));
      case "down" -> new Observation.Down(at, took, Measurements.NOTHING, "status 503");
      default -> new Observation.Unknown(at, took, Measurements.NOTHING, "no network");
    };
  }
}
