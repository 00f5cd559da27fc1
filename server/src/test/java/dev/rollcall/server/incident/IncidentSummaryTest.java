package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.incident.IncidentSummary.Took;
import dev.rollcall.server.signal.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// How many incidents there were, and how long they took.
class IncidentSummaryTest {
  private static final Subject SHOP = new Subject(Subject.Type.SERVICE, 1, 0, "shop");
  private static final Subject JOB = new Subject(Subject.Type.HEARTBEAT, 1, 0, "job");
  private static final Instant BEGAN = Instant.ofEpochSecond(1_700_000_000);

  private static IncidentSummary.Row found(Subject subject, int detect, int repair) {
    return new IncidentSummary.Row(
        List.of(subject),
        true,
        BEGAN,
        BEGAN.plusSeconds(detect),
        Optional.empty(),
        repair == 0 ? Optional.empty() : Optional.of(BEGAN.plusSeconds(repair)));
  }

  private static Took took(int many, long mean, long median) {
    return new Took(many, Duration.ofMillis(mean), Duration.ofMillis(median));
  }

  @Test
  void nothingTookNoTime() {
    IncidentSummary summary = IncidentSummary.of(List.of());
    assertThat(summary.all().many()).isZero();
    assertThat(summary.all().repair()).isEqualTo(took(0, 0, 0));
    assertThat(summary.bySubject()).isEmpty();
  }

  @Test
  void meansAndMediansAreThoseOfWhatHasHappened() {
    IncidentSummary summary =
        IncidentSummary.of(
            List.of(
                found(SHOP, 10, 100),
                found(SHOP, 20, 0),
                found(SHOP, 90, 1_101),
                found(JOB, 0, 50)));
    assertThat(summary.all().many()).isEqualTo(4);
    assertThat(summary.all().detect()).isEqualTo(took(4, 30_000, 15_000));
    assertThat(summary.all().repair()).isEqualTo(took(3, 417_000, 100_000));
    assertThat(summary.all().acknowledge()).isEqualTo(took(0, 0, 0));
    assertThat(summary.bySubject())
        .extracting(line -> line.subject().orElseThrow().name() + " " + line.many())
        .containsExactly("shop 3", "job 1");
    assertThat(summary.bySubject().getFirst().repair()).isEqualTo(took(2, 600_500, 600_500));
  }

  @Test
  void whatAPersonOpenedWasNotDetectedAndCountsWithEachOfItsSubjects() {
    IncidentSummary.Row byHand =
        new IncidentSummary.Row(
            List.of(SHOP, JOB),
            false,
            BEGAN,
            BEGAN,
            Optional.of(BEGAN.plusSeconds(7)),
            Optional.of(BEGAN.minusSeconds(1))); // the clock was set
    IncidentSummary summary = IncidentSummary.of(List.of(byHand, byHand.about(List.of())));
    assertThat(summary.all().many()).isEqualTo(2);
    assertThat(summary.all().detect().many()).isZero();
    assertThat(summary.all().acknowledge()).isEqualTo(took(2, 7_000, 7_000));
    assertThat(summary.all().repair()).isEqualTo(took(2, 0, 0));
    assertThat(summary.bySubject())
        .extracting(line -> line.subject().map(Subject::name).orElse("-"))
        .containsExactly("-", "job", "shop");
  }
}
