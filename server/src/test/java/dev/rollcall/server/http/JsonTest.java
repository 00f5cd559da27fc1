package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
  /// Left is what Java reads, right is what Go's json.Marshal writes for it.
  @ParameterizedTest
  @CsvSource({
    "100,100",
    "0,0",
    "-0.0,-0",
    "54.52497556578949,54.52497556578949",
    "2470.3923702837833,2470.3923702837833",
    "61.64383561643836,61.64383561643836",
    "0.1,0.1",
    "1e20,100000000000000000000",
    "1e21,1e+21",
    "1.5e300,1.5e+300",
    "0.000001,0.000001",
    "0.0000001,1e-7",
    "1.25e-9,1.25e-9",
    "-3.5,-3.5",
    "9007199254740993,9007199254740992",
    "1.7976931348623157e308,1.7976931348623157e+308"
  })
  void writesNumbersAsGoDoes(double value, String text) {
    assertThat(Json.number(value)).isEqualTo(text);
    assertThat(new String(Json.bytes(json -> Json.number(json, value)), UTF_8)).isEqualTo(text);
  }

  @Test
  void writesNumbersThatReadBackTheSame() {
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(Double.parseDouble(Json.number(value))).isEqualTo(value);
      }
    }
  }

  @Test
  void refusesWhatJsonCannotSay() {
    assertThatIllegalArgumentException().isThrownBy(() -> Json.number(Double.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> Json.number(Double.POSITIVE_INFINITY));
  }
}
