package dev.rollcall.server.monitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateTest {
  private static final Instant ENDS = Instant.parse("2026-12-24T12:00:00Z");

  /// How many days one certificate is still valid at each observation (`-`: none was seen), and how
  /// many warnings there are after each.
  @ParameterizedTest(name = "{0} days are soon: {1}")
  @CsvSource({
    "14, 20 15 14 13 8 7 6 4 3 2 1 0, 0 0 1 1 1 2 2 2 3 3 4 4",
    "14, 15 14 15,                     0 1 1",
    "14, 2,                            3",
    "14, 13 - 13,                      1 1 1",
    "14, -1 -2,                        4 4",
    "5,  7 5 3 1,                      0 1 2 3",
    "3,  7 3 1,                        0 1 2",
    "0,  1 0 -1,                       0 0 0",
  })
  void isWarnedOfAgainAsItsEndComesNear(int soon, String left, String warnings) {
    Certificate certificate = Certificate.NONE;
    List<String> after = new ArrayList<>();
    for (String days : left.split(" ", -1)) {
      boolean seen = !days.equals("-");
      Instant now = seen ? ENDS.minus(Duration.ofDays(Integer.parseInt(days))) : ENDS;
      certificate =
          certificate.after(
              seen ? Optional.of(ENDS) : Optional.empty(), now, Duration.ofDays(soon));
      after.add(String.valueOf(certificate.warnings()));
    }
    assertThat(String.join(" ", after)).isEqualTo(warnings);
    assertThat(certificate.ends()).contains(ENDS);
  }

  @ParameterizedTest
  @CsvSource({"80, 0", "10, 1", "2, 3"})
  void aNewerOneBeginsAnew(int days, int warnings) {
    Instant now = ENDS.minus(Duration.ofDays(1));
    Certificate old = new Certificate(Optional.of(ENDS), 4);
    Optional<Instant> newer = Optional.of(now.plus(Duration.ofDays(days)));
    assertThat(old.after(newer, now, Duration.ofDays(14)))
        .isEqualTo(new Certificate(newer, warnings));
  }
}
