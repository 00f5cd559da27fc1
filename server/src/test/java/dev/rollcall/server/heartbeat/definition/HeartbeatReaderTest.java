package dev.rollcall.server.heartbeat.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.dataformat.yaml.YAMLMapper;

class HeartbeatReaderTest {
  private static final YAMLMapper YAML = new YAMLMapper();

  private static List<HeartbeatDefinition> read(String yaml, Mistakes mistakes) {
    return HeartbeatReader.list(YAML.readTree(yaml), "heartbeats", mistakes);
  }

  @Test
  void readsAllKeys() {
    Mistakes mistakes = new Mistakes();
    List<HeartbeatDefinition> read =
        read(
            """
            - name: nightly backup
              schedule: '0 3 * * *'
              tz: Europe/Berlin
              grace: 30m
              tags: [prod, db]
              group: Backups
              severity: warning
              notify: chat
              runbook: https://wiki.example/backup
              depends-on: [db]
            - {name: mails, frequency: 1D}
            """,
            mistakes);
    assertThat(mistakes.lines()).isEmpty();
    assertThat(read)
        .containsExactly(
            new HeartbeatDefinition(
                HeartbeatName.ofOperator("nightly backup"),
                new Expectation(
                    JobSchedule.Calendar.of("0 3 * * *", ZoneId.of("Europe/Berlin")),
                    Duration.ofMinutes(30)),
                new AlertKeys(
                    List.of("prod", "db"),
                    Optional.of("Backups"),
                    Severity.WARNING,
                    Optional.of("https://wiki.example/backup"),
                    List.of("db"),
                    List.of("chat"))),
            new HeartbeatDefinition(
                HeartbeatName.ofOperator("mails"),
                new Expectation(new JobSchedule.Every(Duration.ofDays(1)), Duration.ZERO),
                AlertKeys.NONE));
  }

  @ParameterizedTest
  @CsvSource({"90,90", "1m30s,90", "10d,864000", "2W,1209600", "520W,314496000"})
  void readsLengthsOfTime(String length, long seconds) {
    Mistakes mistakes = new Mistakes();
    String yaml = "[{name: a, frequency: %s, grace: %s}]".formatted(length, length);
    assertThat(read(yaml, mistakes))
        .extracting(HeartbeatDefinition::expectation)
        .containsExactly(
            new Expectation(
                new JobSchedule.Every(Duration.ofSeconds(seconds)), Duration.ofSeconds(seconds)));
    assertThat(mistakes.lines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # heartbeat                                         | mistake
          {frequency: 1h}                                     | .name: is missing: give the job a name
          {name: ' ', frequency: 1h}                          | .name: is empty
          {name: 7, frequency: 1h}                            | .name: is no text: put it in quotes
          {name: a}                                           | .frequency: is missing: give the time until the next call
          {name: a, frequency: 0s}                            | .frequency: "0s" is not between 1s and 3640d
          {name: a, frequency: 521W}                          | .frequency: "521W" is not between 1s and 3640d
          {name: a, frequency: 1500ms}                        | .frequency: "1500ms" is not in whole seconds
          {name: a, frequency: soon}                          | .frequency: "soon" is no duration
          {name: a, frequency: 1h, schedule: '@daily'}        | .frequency: does not go with schedule
          {name: a, schedule: '0 25 * * *'}                   | .schedule: is no schedule
          {name: a, schedule: '0 0 30 2 *'}                   | .schedule: never matches
          {name: a, schedule: '@daily', tz: Mars/Base}        | .tz: "Mars/Base" is no time zone
          {name: a, frequency: 1h, tz: UTC}                   | .tz: has no effect without schedule
          {name: a, frequency: 1h, grace: -1s}                | .grace: "-1s" is no duration
          {name: a, frequency: 1h, severity: bad}             | .severity: "bad" is no severity
          {name: a, frequency: 1h, runbook: wiki}             | .runbook: is no URL
          {name: a, frequency: 1h, tag: prod}                 | .tag: unknown key, did you mean tags?
          {name: a, frequency: 1h, interval: 5s}              | .interval: unknown key
          backup                                              | : is no object
          """)
  void tellsAMistakeWithItsPlace(String heartbeat, String mistake) {
    Mistakes mistakes = new Mistakes();
    assertThat(read("[" + heartbeat + "]", mistakes)).isEmpty();
    assertThat(mistakes.lines()).singleElement().asString().startsWith("heartbeats[0]" + mistake);
  }

  @Test
  void tellsAllMistakesAtOnce() {
    Mistakes mistakes = new Mistakes();
    List<HeartbeatDefinition> read =
        read(
            """
            - {name: a, frequency: 1h}
            - {name: b, frequency: x, grace: y, severity: z}
            - {name: a, frequency: 2h}
            """,
            mistakes);
    assertThat(read).hasSize(2);
    assertThat(mistakes.lines())
        .hasSize(4)
        .last()
        .isEqualTo("heartbeats[2].name: \"a\" is the name of heartbeats[0] too: give each its own");
    Mistakes noList = new Mistakes();
    assertThat(read("{name: a}", noList)).isEmpty();
    assertThat(noList.lines()).singleElement().asString().startsWith("heartbeats: is no list");
  }
}
