package dev.rollcall.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.time.Durations;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTypeTest {
  @ParameterizedTest
  @CsvSource({
    "250ms, PT0.25S",
    "15s, PT15S",
    "90s, PT1M30S",
    "1m30s, PT1M30S",
    "2h, PT2H",
    "30d, P30D",
    "1D, P1D",
    "1W, P7D",
    "1W2D3h, P9DT3H",
    "1d2h3m4s5ms, P1DT2H3M4.005S",
    "0s, PT0S"
  })
  void readsDurationsAsPeopleWriteThem(String text, Duration duration) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "15",
        "s",
        "-1s",
        "1.5s",
        "15 s",
        "1s1m",
        "1w",
        "1S",
        "99999999999999999999d",
        "100001d"
      })
  void refusesWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"250ms", "15s", "1m30s", "2h", "30d", "1d2h3m4s5ms", "0s", "100000d"})
  void writesADurationAsItReadsIt(String text) {
    assertThat(Durations.text(Durations.parse(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "65536", "80.0", "0x50", "99999999999", "٨٠"})
  void refusesWhatIsNoPort(String text) {
    assertThatThrownBy(() -> ValueType.port().parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsHostsWithPorts() {
    assertThat(ValueType.list(ValueType.hostPort()).parse("example.org:443, [2001:db8::1]:80"))
        .isEqualTo(
            List.of(
                InetSocketAddress.createUnresolved("example.org", 443),
                InetSocketAddress.createUnresolved("2001:db8::1", 80)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.org", ":80", "2001:db8::1:80", "a b:80", "a:0", "a:b", "[]:80"})
  void refusesWhatIsNoHostWithAPort(String text) {
    assertThatThrownBy(() -> ValueType.hostPort().parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
