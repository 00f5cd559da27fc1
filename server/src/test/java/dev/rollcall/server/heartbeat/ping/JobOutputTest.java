package dev.rollcall.server.heartbeat.ping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobOutputTest {
  @ParameterizedTest
  @CsvSource({
    "abcdef,     6, abcdef",
    "abcdef,     3, def",
    "éé,         4, éé",
    "éé,         3, é",
    "éé,         1, ''",
    "a\uD83D\uDE00b, 4, b",
    "a\uD83D\uDE00b, 5, \uD83D\uDE00b",
    "'',         3, ''",
    "a\u0000b,   4, \ufffdb"
  })
  void endsWithWholeCharacters(String printed, int most, String end) {
    assertThat(new JobOutput(printed.getBytes(UTF_8)).end(most)).isEqualTo(end);
  }

  @Test
  void isNoLongerIfItIsNoText() {
    byte[] bytes = new byte[100];
    Arrays.fill(bytes, (byte) 0x80);
    assertThat(new JobOutput(bytes).end(10).getBytes(UTF_8)).hasSize(9);
  }
}
