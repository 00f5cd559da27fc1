package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProbeFailureTest {
  @Test
  void blamesTheThingAskedUnlessItIsSaidToBeHere() {
    assertThat(new ProbeFailure("no answer").isHere()).isFalse();
    assertThat(ProbeFailure.answered("status 503").isHere()).isFalse();
    assertThat(ProbeFailure.here("no descriptor left").isHere()).isTrue();
  }

  @Test
  void tellsSilenceFromAnAnswer() {
    assertThat(ProbeFailure.answered("status 503").answered()).isTrue();
    assertThat(new ProbeFailure("no answer").answered()).isFalse();
    assertThat(ProbeFailure.here("no descriptor left").answered()).isFalse();
  }

  @Test
  void isOneLineWithoutAStackTrace() {
    assertThat(new ProbeFailure("no answer").reason()).isEqualTo("no answer");
    assertThat(new ProbeFailure("no answer").getStackTrace()).isEmpty();
  }
}
