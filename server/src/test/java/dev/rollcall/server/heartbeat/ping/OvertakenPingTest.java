package dev.rollcall.server.heartbeat.ping;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.Heartbeat.Counts;
import dev.rollcall.server.heartbeat.ping.Heartbeat.Moments;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Ping;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Said;
import dev.rollcall.server.heartbeat.ping.OvertakenPing.History;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pings that waited, among those that came meanwhile. A run is written as `start-end` and `!` if
/// it failed, such as `520-530!`; either time is missing if it is not known.
class OvertakenPingTest {
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  private static Ping ping(String signal, long came, Optional<Long> stated) {
    return new Ping(
        HeartbeatName.ofOperator("job"),
        switch (signal) {
          case "start" -> new PingSignal.Start();
          case "fail" -> new PingSignal.Failure(OptionalLong.empty());
          default -> new PingSignal.Success();
        },
        Optional.empty(),
        stated.map(Instant::ofEpochSecond),
        Said.NOTHING,
        Optional.of(Instant.ofEpochSecond(came)));
  }

  private static Heartbeat heartbeat(Optional<Long> last) {
    Instant next = Instant.ofEpochSecond(9_000);
    return new Heartbeat(
        1,
        HeartbeatName.ofOperator("job"),
        new Expectation(new JobSchedule.Every(Duration.ofHours(1)), Duration.ZERO),
        State.UP,
        new Moments(
            Instant.EPOCH,
            last.map(Instant::ofEpochSecond),
            next,
            Optional.empty(),
            Optional.of(next)),
        new Counts(5, 5, 0),
        RecentRuns.NONE,
        Heartbeat.Origin.PING);
  }

  private static List<Run> runs(String words) {
    List<Run> all = new ArrayList<>();
    for (String word : words.isEmpty() ? new String[0] : words.split(" ")) {
      boolean failed = word.endsWith("!");
      List<Optional<Instant>> times =
          Arrays.stream((failed ? word.substring(0, word.length() - 1) : word).split("-", 2))
              .map(
                  time ->
                      Optional.of(time)
                          .filter(known -> !known.isEmpty())
                          .map(known -> Instant.ofEpochSecond(Long.parseLong(known))))
              .toList();
      all.add(
          new Run(
              all.size(),
              Optional.empty(),
              times.getFirst(),
              times.getLast(),
              times.getLast().isEmpty()
                  ? Run.Result.RUNNING
                  : failed ? Run.Result.FAILED : Run.Result.OK,
              OptionalLong.empty()));
    }
    return all;
  }

  private static String words(List<Run> runs) {
    return runs.stream()
        .map(
            run ->
                time(run.started())
                    + "-"
                    + time(run.ended())
                    + (run.result() == Run.Result.FAILED ? "!" : ""))
        .collect(joining(" "));
  }

  private static String time(Optional<Instant> moment) {
    return moment.map(known -> "" + known.getEpochSecond()).orElse("");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # came | stated | applied | last | running | overtaken
          525    |        | 600     | 530  |         | true
          525    |        | 600     | 520  |         | false
          525    |        | 600     |      |         | false
          525    |        | 600     | 527  |         | false
          525    |        | 527     | 530  |         | false
          525    |        | 600     | 520  | 533-    | true
          525    |        | 600     | 520  | 510-    | false
          525    | 524    | 600     | 530  |         | true
          525    | 540    | 600     | 530  |         | false
          525    | 519    | 600     | 520  |         | false
          525    |        | 600     | 890  |         | true
          525    |        | 600     | 901  |         | false
          """)
  void isOvertakenByWhatIsLater(
      long came, Long stated, long applied, Long last, String running, boolean overtaken) {
    assertThat(
            OvertakenPing.isOvertaken(
                heartbeat(Optional.ofNullable(last)),
                runs(running == null ? "" : running),
                ping("fail", came, Optional.ofNullable(stated)),
                Instant.ofEpochSecond(applied),
                TOLERANCE))
        .isEqualTo(overtaken);
  }

  @ParameterizedTest
  @CsvSource({"ok, 6", "fail, 6", "start, 5"})
  void countsAndChangesNothingElse(String signal, long calls) {
    Heartbeat old = heartbeat(Optional.of(530L));
    Heartbeat after =
        OvertakenPing.step(old, ping(signal, 525, Optional.empty())).after().orElseThrow();
    assertThat(after)
        .isEqualTo(
            new Heartbeat(
                old.id(),
                old.key(),
                old.expectation(),
                old.state(),
                old.moments(),
                new Counts(calls, 5, 0),
                old.recent(),
                old.origin()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      textBlock =
          """
          # before              | ping  | after                      | number
          ''                    | ok    | -525                       | 0
          -520 -530             | ok    | -520 -525 -530             | 1
          -530                  | fail  | -525! -530                 | 0
          -510 -520             | ok    | -510 -520 -525             | 2
          533-                  | fail  | -525! 533-                 | 0
          520- 533-             | fail  | 520-525! 533-              | 0
          520- 533-540          | ok    | 520-525 533-540            | 0
          510-515 533-540       | fail  | 510-515 -525! 533-540      | 1
          -520 -530 -540        | start | -520 525-530 -540          | 1
          -520 533-540          | start | -520 525- 533-540          | 1
          533-                  | start | 525- 533-                  | 0
          """)
  void theRunTakesItsPlaceByTime(String before, String signal, String after, long number) {
    List<Run> runs = runs(before);
    History history =
        OvertakenPing.history(runs, runs.size(), ping(signal, 525, Optional.empty())).orElseThrow();
    assertThat(words(history.runs())).isEqualTo(after);
    assertThat(history.number()).isEqualTo(number);
    assertThat(history.runs())
        .extracting(Run::number)
        .containsExactlyElementsOf(LongStream.range(0, history.runs().size()).boxed().toList());
  }

  @Test
  void thereIsNoRoomBeforeAHundredNewerRuns() {
    List<Run> runs = runs("-530 ".repeat(100).strip());
    assertThat(OvertakenPing.history(runs, 100, ping("ok", 525, Optional.empty()))).isEmpty();
    assertThat(OvertakenPing.history(runs, 100, ping("ok", 530, Optional.empty()))).isPresent();
  }
}
