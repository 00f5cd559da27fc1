package dev.rollcall.server.heartbeat.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PingParametersTest {
  private static final Instant LATEST = Instant.ofEpochSecond(2_000_000_000);

  private static PingParameters.Source query(String... namesAndValues) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return name -> Optional.ofNullable(values.get(name));
  }

  private static Duration frequency(String text) {
    JobSchedule schedule = PingParameters.requiredTerms(query("frequency", text)).schedule();
    return switch (schedule) {
      case JobSchedule.Every(Duration frequency) -> frequency;
      case JobSchedule.Calendar _ -> throw new AssertionError("no frequency");
    };
  }

  @ParameterizedTest
  @CsvSource({
    "1s,1",
    "59s,59",
    "10m,600",
    "2h,7200",
    "1D,86400",
    "1W,604800",
    "520W,314496000",
    "314496000s,314496000",
    "007m,420"
  })
  void readsAFrequency(String text, long seconds) {
    assertThat(frequency(text)).hasSeconds(seconds);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s",
        "m",
        "10",
        "0s",
        "0W",
        "-1s",
        "-5m",
        "+5m",
        " 5m",
        "5m ",
        "5 m",
        "1.5h",
        "1e3s",
        "5M",
        "5d",
        "5w",
        "5H",
        "5S",
        "5ms",
        "5x",
        "521W",
        "3641D",
        "314496001s",
        "99999999999999999999s",
        "9223372036854775807s",
        "9223372036854775808W",
        "5mm",
        "m5",
        "٥m",
        "５m",
        "0x5m",
        "5m5s",
        "5µ"
      })
  void refusesWhatIsNoFrequency(String text) {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> frequency(text))
        .withMessageStartingWith("parameter 'frequency' ");
  }

  @Test
  void wantsAFrequencyOrASchedule() {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> PingParameters.requiredTerms(query()))
        .withMessageStartingWith("parameter 'frequency' is missing");
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> PingParameters.terms(query("frequency", "5m", "schedule", "0 3 * * *")))
        .withMessageStartingWith("parameter 'schedule' ");
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> PingParameters.terms(query("frequency", "5m", "tz", "UTC")))
        .withMessageStartingWith("parameter 'tz' ");
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> PingParameters.terms(query("grace", "5m")))
        .withMessageStartingWith("parameter 'grace' ");
    assertThat(PingParameters.terms(query())).isEmpty();
  }

  @Test
  void readsAScheduleItsZoneAndTheGrace() {
    Expectation expectation =
        PingParameters.requiredTerms(
            query("schedule", "0 3 * * *", "tz", "Europe/Berlin", "grace", "0s"));
    assertThat(expectation.schedule())
        .isEqualTo(new JobSchedule.Calendar("0 3 * * *", ZoneId.of("Europe/Berlin")));
    assertThat(expectation.grace()).isZero();
    assertThat(PingParameters.requiredTerms(query("frequency", "1D", "grace", "5m")).grace())
        .hasMinutes(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Berlin", "Europe/Nowhere", "../../etc/passwd", "UTC+99"})
  void refusesWhatIsNoZone(String zone) {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> PingParameters.terms(query("schedule", "0 3 * * *", "tz", zone)))
        .withMessage(
            "parameter 'tz' %s: write it as Europe/Berlin or UTC",
            zone.isEmpty() ? "is empty" : "is '" + zone + "', which is no time zone");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1664743905", "2000000000", "01664743905"})
  void readsATimestamp(String text) {
    assertThat(PingParameters.timestamp(query("timestamp", text), LATEST))
        .contains(Instant.ofEpochSecond(Long.parseLong(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-1",
        "2000000001",
        "1664743905.5",
        "1e9",
        "now",
        "2026-11-20",
        "９",
        "99999999999999999999",
        "9223372036854775808",
        " 1664743905"
      })
  void refusesWhatIsNoTimestamp(String text) {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> PingParameters.timestamp(query("timestamp", text), LATEST))
        .withMessageStartingWith("parameter 'timestamp' ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "daily digest",
        "a/b",
        "../..",
        "'; DROP",
        "<b>",
        "👩‍👩‍👧",
        "日本",
        "%",
        "\"",
        "\\"
      })
  void takesAnyVisibleTextForAName(String name) {
    assertThat(PingParameters.name(query("name", name))).isEqualTo(name);
  }

  @Test
  void aNameHas255CharactersHoweverManyBytes() {
    String longest = "👍".repeat(255);
    assertThat(PingParameters.name(longest)).isEqualTo(longest);
    for (String wrong :
        new String[] {
          "👍".repeat(256), "x".repeat(256), "", " ", "a\nb", "a\u0000", "\u2028", "\u009f"
        }) {
      assertThatExceptionOfType(Refusal.class)
          .isThrownBy(() -> PingParameters.name(wrong))
          .withMessageStartingWith("parameter 'name' ");
    }
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> PingParameters.name(query()))
        .withMessageStartingWith("parameter 'name' is missing");
  }

  @Test
  void aRunIdIsShortAndPlain() {
    assertThat(PingParameters.run(query("rid", "123e4567-e89b-12d3-a456-426614174000")))
        .isPresent();
    for (String wrong : new String[] {"", "a b", "x".repeat(65), "é"}) {
      assertThatExceptionOfType(Refusal.class)
          .isThrownBy(() -> PingParameters.run(query("rid", wrong)));
    }
  }
}
