package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Prober;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SampleProbeTest {
  @Test
  void findsWhatItWasToldTo() {
    Checked.of(SampleProbe.of("it", true)).assertUp();
    assertThat(Checked.of(SampleProbe.of("it", false)).reason()).isEqualTo("error");
    assertThat(Checked.of(SampleProbe.of("it", false).error("no luck")).reason())
        .isEqualTo("no luck");
  }

  @Test
  void takesTheTimeItWasToldToUpToItsDeadline() {
    Checked slow = Checked.of(SampleProbe.of("it", true).delay(Duration.ofMillis(50)));
    slow.assertUp();
    assertThat(slow.attempt().elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
    Checked late =
        Checked.of(SampleProbe.of("it", true).delay(Duration.ofHours(1)), Duration.ofMillis(50));
    assertThat(late.reason()).isEqualTo("prober: context deadline exceeded");
  }

  @Test
  void saysBeyondTheProbersTimeoutWhatTheProberSaysEveryTime() throws Exception {
    for (int i = 0; i < 50; i++) {
      Prober prober =
          new Prober(Duration.ofMillis(5)); // another: the last check may still be ending
      prober.add(SampleProbe.of("it", true).delay(Duration.ofMillis(200)));
      assertThat(prober.check().error())
          .contains(
              "prober error: probe it: probe check failed: prober: context deadline exceeded");
    }
  }
}
