package dev.rollcall.server.incident.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whom maintenance covers, and when.
class MaintenanceTest {
  private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z"); // a Friday
  private static final AlertKeys KEYS =
      new AlertKeys(
          List.of("prod", "web"),
          Optional.of("Shop"),
          Severity.CRITICAL,
          Optional.empty(),
          List.of(),
          List.of());

  private static JsonNode json(String text) {
    return JsonMapper.builder().build().readTree(text.replace('\'', '"'));
  }

  private static Maintenance read(String keys) {
    Mistakes mistakes = new Mistakes();
    Optional<Maintenance> read =
        MaintenanceReader.one(json("{" + keys + "}"), "", 0, NOW, mistakes);
    assertThat(mistakes.lines()).isEmpty();
    return read.orElseThrow();
  }

  private static Subject shop(long owner) {
    return new Subject(Subject.Type.SERVICE, 1, owner, "shop");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'names': 'shop'              | true
          'names': ['blog', 'sh*']     | true
          'names': 'blog'              | false
          'tags': ['db', 'web']        | true
          'tags': ['db']               | false
          'groups': 'Shop'             | true
          'groups': 'Blog'             | false
          'all': true                  | true
          """)
  void coversWhatFitsAnyKey(String which, boolean covers) {
    assertThat(read(which).end(shop(0), KEYS, NOW).isPresent()).isEqualTo(covers);
    assertThat(read(which).end(shop(1), KEYS, NOW)).as("of another owner").isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          'from': '2026-11-27T13:00:00+01:00', 'to': '2026-11-27T14:00:00Z' | 2026-11-27T12:00:00Z | 2026-11-27T14:00:00Z
          'from': '2026-11-27T12:00:01Z', 'to': '2026-11-27T14:00:00Z'      | 2026-11-27T12:00:00Z | -
          'from': '2026-11-27T11:00:00Z', 'to': '2026-11-27T12:00:00Z'      | 2026-11-27T12:00:00Z | -
          'for': '30m'                                                      | 2026-11-27T12:29:59Z | 2026-11-27T12:30:00Z
          'from': 1795780800, 'for': '1h'                                   | 2026-11-27T12:30:00Z | 2026-11-27T13:00:00Z
          'schedule': '0 3 * * 0', 'for': '2h'                              | 2026-11-29T03:00:00Z | 2026-11-29T05:00:00Z
          'schedule': '0 3 * * 0', 'for': '2h'                              | 2026-11-29T04:59:59Z | 2026-11-29T05:00:00Z
          'schedule': '0 3 * * 0', 'for': '2h'                              | 2026-11-29T05:00:00Z | -
          'schedule': '0 3 * * 0', 'for': '2h'                              | 2026-11-29T02:59:59Z | -
          'schedule': '0 3 * * *', 'tz': 'Europe/Berlin', 'for': '1h'       | 2026-11-29T02:30:00Z | 2026-11-29T03:00:00Z
          'schedule': '*/10 * * * *', 'for': '25m'                          | 2026-11-29T02:31:00Z | 2026-11-29T02:55:00Z
          """)
  void lastsFromItsBeginningToItsEnd(String when, Instant at, Instant end) {
    assertThat(read("'all': true, " + when).end(shop(0), KEYS, at))
        .isEqualTo(Optional.ofNullable(end));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'title': 'x'                                        | names: is missing
          'all': 'yes'                                        | all: is neither true nor false
          'all': true, 'to': 'tomorrow'                       | to: "tomorrow" is no time
          'all': true, 'from': '2026-11-27T12:00:00Z', 'to': '2026-11-27T12:00:00Z' | to: is not after from
          'all': true, 'schedule': '0 3 * *', 'for': '1h'     | schedule:
          'all': true, 'schedule': '0 3 * * *'                | for: is missing
          'all': true, 'schedule': '0 3 * * *', 'for': '8d'   | for: "8d" is not between
          'all': true, 'schedule': '0 3 * * *', 'for': '1h', 'tz': 'Mars' | tz: "Mars" is no time zone
          'all': true, 'tz': 'UTC'                            | tz: has no effect without schedule
          'all': true, 'to': '2026-12-27T12:00:00Z', 'for': '1h' | for: does not go with to
          'all': true, 'until': 5                             | until: unknown key
          """)
  void mistakesAreOneLineEach(String keys, String line) {
    Mistakes mistakes = new Mistakes();
    assertThat(MaintenanceReader.one(json("{" + keys + "}"), "", 0, NOW, mistakes)).isEmpty();
    assertThat(mistakes.lines()).singleElement().asString().startsWith(line);
  }
}
