package dev.rollcall.server.monitor.overview;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.overview.Overview.Standing;
import dev.rollcall.server.monitor.store.PeriodSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A day of response times, true to time.
class ResponseChartTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:03:00Z");
  private static final Duration STEP = Duration.ofMinutes(5);
  private static final Optional<Duration> SLOW = Optional.of(Duration.ofMillis(500));

  private static PeriodSummary sum(String at, long up, long down, long unknown, int millis) {
    Duration response = Duration.ofMillis(millis);
    return new PeriodSummary(
        Instant.parse(at),
        up,
        down,
        unknown,
        Optional.of(new PeriodSummary.Response(response, response, response)));
  }

  @ParameterizedTest
  @CsvSource({
    "PT0.2S, PT5M",
    "PT15S, PT5M",
    "PT2M30S, PT5M",
    "PT5M, PT10M",
    "PT6M, PT30M",
    "PT1H, PT2H",
    "PT6H, PT12H",
    "PT48H, PT24H"
  })
  void piecesAreSoLongThatEachHasAnObservation(Duration interval, Duration step) {
    assertThat(ResponseChart.step(interval)).isEqualTo(step);
  }

  @Test
  void sumsHaveTheirPlacesAndTheRestIsEmpty() {
    PeriodSummary first = sum("2026-11-28T12:00:00Z", 1, 0, 0, 10);
    PeriodSummary last = sum("2026-11-29T12:00:00Z", 1, 1, 0, 80);
    PeriodSummary tooOld = sum("2026-11-28T11:55:00Z", 1, 0, 0, 10);
    ResponseChart chart = ResponseChart.of(NOW, STEP, SLOW, List.of(tooOld, first, last));
    assertThat(chart.from()).isEqualTo("2026-11-28T12:00:00Z");
    assertThat(chart.pieces()).hasSize(289).startsWith(Optional.of(first));
    assertThat(chart.pieces()).endsWith(Optional.of(last));
    assertThat(chart.pieces().stream().flatMap(Optional::stream)).containsExactly(first, last);
    assertThat(chart.top()).isEqualTo(Duration.ofMillis(100));
    assertThat(ResponseChart.of(NOW, STEP, SLOW, List.of()).top()).isZero();
  }

  @Test
  void theWorstStateOfAPieceCounts() {
    String at = "2026-11-29T12:00:00Z";
    ResponseChart chart = ResponseChart.of(NOW, STEP, SLOW, List.of());
    assertThat(chart.worst(Optional.of(sum(at, 9, 1, 1, 1)))).contains(Standing.DOWN);
    assertThat(chart.worst(Optional.of(sum(at, 9, 0, 1, 1)))).contains(Standing.UNKNOWN);
    assertThat(chart.worst(Optional.of(sum(at, 9, 0, 0, 1)))).contains(Standing.UP);
    assertThat(chart.worst(Optional.of(sum(at, 9, 0, 0, 500)))).contains(Standing.UP);
    assertThat(chart.worst(Optional.of(sum(at, 9, 0, 0, 501)))).contains(Standing.SLOW);
    assertThat(chart.worst(Optional.of(sum(at, 9, 0, 1, 501)))).contains(Standing.UNKNOWN);
    assertThat(chart.worst(Optional.empty())).isEmpty();
    ResponseChart never = ResponseChart.of(NOW, STEP, Optional.empty(), List.of());
    assertThat(never.worst(Optional.of(sum(at, 9, 0, 0, 501)))).contains(Standing.UP);
  }
}
