package dev.rollcall.server.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s, 0 s, 0s, 0s",
    "PT0.0009S, 0s, 0 s, 0s, 0s",
    "PT0.25S, 250ms, 0 s, 0s, 0s",
    "PT59.999S, 59s999ms, 59 s, 59s, 59s",
    "PT90S, 1m30s, 1 min 30 s, 90s, 1m30s",
    "PT1H, 1h, 1 h, 1h, 1h0m0s",
    "PT1H5S, 1h5s, 1 h, 3605s, 1h0m5s",
    "PT24H, 1d, 1 d, 1D, 24h0m0s",
    "PT36H, 1d12h, 1 d 12 h, 36h, 36h0m0s",
    "P7D, 7d, 7 d, 1W, 168h0m0s",
    "P3640D, 3640d, 3640 d, 520W, 87360h0m0s",
  })
  void haveOneFormForEachReader(
      Duration duration, String setting, String people, String job, String go) {
    assertThat(Durations.text(duration)).isEqualTo(setting);
    assertThat(Durations.words(duration)).isEqualTo(people);
    assertThat(Durations.ofJob(duration)).isEqualTo(job);
    assertThat(Durations.ofGo(duration)).isEqualTo(go);
  }
}
