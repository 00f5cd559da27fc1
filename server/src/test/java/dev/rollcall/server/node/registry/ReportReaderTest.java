package dev.rollcall.server.node.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.node.NodeStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.JsonNodeFactory;

/// What a node may report.
class ReportReaderTest {
  private static final String GOOD =
      """
      {"version":"1.0","rate":1000,"packets_per_second":0.5,"spool_batches":1,"spool_bytes":2,
      "dropped":3,"sent_at":"2026-11-29T12:00:00Z","clock_offset_ms":-4,"of_later":{"more":[1]}}
      """;

  private static NodeStatus read(String report) {
    return ReportReader.read(Json.stored(report));
  }

  @Test
  void readsAReportAndIgnoresWhatLaterVersionsMaySay() {
    NodeStatus status = read(GOOD);
    assertThat(status.version()).isEqualTo("1.0");
    assertThat(status.dropped()).isEqualTo(3);
    assertThat(status.sentAt()).isEqualTo(Instant.parse("2026-11-29T12:00:00Z"));
    assertThat(status.clockOffset()).contains(Duration.ofMillis(-4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "1.0\"|\"",
        "1.0\"|  \"",
        "1.0\"|12345678901234567890123456789012345678901\"",
        "\"1.0\"|7",
        "\"1.0\"|[\"1.0\"]",
        "\"rate\":1000|\"rate\":-1",
        "\"rate\":1000|\"rate\":2147483648",
        "\"rate\":1000|\"rate\":1e3",
        "\"rate\":1000|\"rate\":\"1000\"",
        "\"rate\":1000|\"rates\":1000",
        "0.5|-0.5",
        "0.5|1e300",
        "0.5|1e9999",
        "0.5|null",
        "\"spool_batches\":1|\"spool_batches\":99999999999999999999999",
        "\"spool_bytes\":2|\"spool_bytes\":2.5",
        "\"dropped\":3|\"dropped\":true",
        "12:00:00Z|12:00:00",
        "2026-11-29|+999999999-11-29",
        "2026-11-29|9999-11-29",
        "2026-11-29|1969-11-29",
        "\"2026-11-29T12:00:00Z\"|1764417600",
        "-4|-4.5",
        "-4|99999999999999999999999",
      })
  void refusesEverythingElseWithTheFieldThatIsWrong(String right, String wrong) {
    String report = GOOD.replace(right, wrong);
    assertThat(report).isNotEqualTo(GOOD);
    assertThatThrownBy(() -> read(report))
        .isInstanceOf(Refusal.class)
        .hasMessageStartingWith("field '");
  }

  @Test
  void refusesWhatIsNoReport() {
    List.of(
            JsonNodeFactory.instance.arrayNode(),
            JsonNodeFactory.instance.numberNode(7),
            JsonNodeFactory.instance.nullNode(),
            JsonNodeFactory.instance.stringNode("text"),
            JsonNodeFactory.instance.objectNode())
        .forEach(
            node -> assertThatThrownBy(() -> ReportReader.read(node)).isInstanceOf(Refusal.class));
  }

  @Test
  void keepsATextOfAStrangerInOneLine() {
    assertThat(read(GOOD.replace("1.0", "1\\n2\\u001b[31m\\u202e")).version())
        .doesNotContain("\n", "\u001b", "\u202e");
  }

  @Test
  void aClockThatIsCenturiesAwayIsBounded() {
    assertThat(read(GOOD.replace("-4", "9223372036854775807")).clockOffset())
        .hasValueSatisfying(far -> assertThat(far).isEqualTo(Duration.ofDays(36_500)));
  }
}
