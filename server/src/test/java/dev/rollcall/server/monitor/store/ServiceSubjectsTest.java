package dev.rollcall.server.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServiceSubjectsTest {
  /// What it depends on hides nothing if it is right, or if Rollcall cannot know.
  @ParameterizedTest
  @EnumSource
  void aServiceIsRightIfItIsUpForCertainAndWasObservedSince(
      TestDatabases engine, @TempDir Path folder) {
    assertThat(isRight(engine, folder, "")).isFalse();
    assertThat(isRight(engine, folder, "u")).isTrue();
    assertThat(isRight(engine, folder, "u ")).as("not since").isFalse();
    assertThat(isRight(engine, folder, "u s")).isTrue();
    assertThat(isRight(engine, folder, "uss")).isTrue();
    assertThat(isRight(engine, folder, "ud")).as("uncertain").isFalse();
    assertThat(isRight(engine, folder, "udu")).isTrue();
    assertThat(isRight(engine, folder, "udd")).as("down").isFalse();
    assertThat(isRight(engine, folder, "u ?")).as("nobody can know").isTrue();
    assertThat(isRight(engine, folder, "ud?")).as("uncertain before").isFalse();
    assertThat(isRight(engine, folder, "udd?")).as("down before").isFalse();
    assertThat(isRight(engine, folder, "?")).as("never known").isFalse();
  }

  /// @param found what was found one second after the other: up, slow, down, unknown; a space is no
  ///   observation. The last one is since when the service has to be right
  private static boolean isRight(TestDatabases engine, Path folder, String found) {
    try (MonitorDatabase data =
        new MonitorDatabase(engine, folder.resolve("f" + found.hashCode()))) {
      long service = data.service("db");
      Instant at = data.clock.wall();
      Streak streak = Streak.NONE;
      for (int i = 0; i < found.length(); i++) {
        char one = found.charAt(i);
        at = at.plusSeconds(1);
        if (one != ' ') {
          Observation observation = observation(one, at);
          streak = streak.after(observation, Confirmation.DEFAULT);
          write(data, service, observation, streak);
        }
      }
      Instant since = at;
      Subject subject = new Subject(Subject.Type.SERVICE, service, 0, "db");
      return data.database.read(tx -> new ServiceSubjects().isRight(tx, subject, since));
    }
  }

  private static Observation observation(char found, Instant at) {
    return switch (found) {
      case 'u' -> MonitorDatabase.up(at, 5);
      case 's' -> MonitorDatabase.slow(at, 5);
      case 'd' -> MonitorDatabase.down(at, 5);
      default -> MonitorDatabase.unknown(at);
    };
  }

  private static void write(MonitorDatabase data, long service, Observation found, Streak streak) {
    Outcome outcome =
        new Outcome(
            service,
            1,
            found,
            new Evaluator.Transition.Stays(),
            true,
            false,
            Optional.empty(),
            Optional.of(streak),
            Optional.empty());
    data.commits.write(
        (tx, outcomes) -> {
          StreakStore.write(tx, outcomes, found.at());
          MetricStore.add(tx, outcomes);
          return outcomes.stream().map(_ -> true).toList();
        },
        outcome);
  }
}
