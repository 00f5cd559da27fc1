package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.outbox.AlertRoute;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.DeliverySettings;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.outbox.RecordingChannel;
import dev.rollcall.server.outbox.RoutedChannel;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class AbsencesTest {
  private static final Duration EACH = Duration.ofSeconds(15);

  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private final RecordingChannel asks = new RecordingChannel("asks", "a:443");
  private final RecordingChannel other = new RecordingChannel("other", "b:443");
  private final List<AutoCloseable> open = new ArrayList<>();
  private final TestDatabases engine;
  private Duration slept = Duration.ZERO;
  private boolean network = true;
  private boolean channelsRead = true;

  /// The database, while checks go on and what comes is kept.
  private boolean away;

  private int told;
  private Database database;
  private GroupCommit commits;
  private Outbox outbox;

  AbsencesTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    database =
        engine.open(
            folder,
            clock,
            Stream.concat(Outbox.MIGRATIONS.stream(), Incidents.MIGRATIONS.stream())
                .toArray(String[]::new));
    commits = new GroupCommit(database);
    outbox =
        new Outbox(
            database,
            commits,
            new DeliverySettings(Duration.ofDays(7)),
            new PrometheusRegistry(),
            clock);
    AlertRoute route =
        new AlertRoute(
            List.of(),
            List.of(),
            List.of(),
            Set.of(),
            Set.of(),
            Optional.empty(),
            Duration.ZERO,
            Optional.empty(),
            true,
            true);
    outbox.use(
        List.of(new RoutedChannel(asks, route), new RoutedChannel(other, AlertRoute.EVERYTHING)));
    outbox.start();
    open.addAll(List.of(database, commits, outbox));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private Absences process() {
    Absences process =
        new Absences(
            database,
            commits,
            outbox,
            () -> channelsRead,
            () -> network,
            new Absences.OfflineMonitoring() {
              @Override
              public boolean isRunning() {
                return away;
              }

              @Override
              public void tellOthers() {
                told++;
              }
            },
            () -> Optional.of(slept),
            clock);
    process.round();
    return process;
  }

  private void told(Instant... fromAndTo) {
    int many = fromAndTo.length / 2;
    await().until(() -> asks.got().size() >= many);
    await().until(() -> database.read(handle -> !Outbox.isPending(handle, "asks")));
    assertThat(asks.got())
        .flatExtracting(one -> one.message().lastHeard(), one -> one.message().at())
        .containsExactly((Object[]) fromAndTo);
    assertThat(asks.got()).extracting(Delivery::kind).allMatch(Kind.ABSENCE::equals);
    assertThat(other.got()).isEmpty();
  }

  @Test
  void aStartAfterMoreThanAMinuteIsToldOnceToThoseWhoAsk() {
    process().close();
    clock.pass(Duration.ofSeconds(60));
    Absences second = process();
    told();
    clock.pass(EACH);
    second.close();
    Instant stopped = clock.wall();
    clock.pass(Duration.ofSeconds(61));
    Absences third = process();
    Instant back = clock.wall();
    told(stopped, back);
    clock.pass(EACH);
    third.round();
    told(stopped, back);
  }

  @Test
  void theFirstStartIsNoAbsence() {
    process();
    told();
  }

  @Test
  void aProcessThatWasKilledOrStoodStillWasThereUntilItsLastStamp() {
    Absences process = process();
    clock.pass(EACH);
    process.round();
    Instant last = clock.wall();
    clock.pass(Duration.ofMinutes(2));
    process.round();
    told(last, clock.wall());
  }

  @Test
  void anotherProcessThatLookedMeanwhileIsNoAbsence() {
    Absences one = process();
    Absences two = process();
    for (int i = 0; i < 8; i++) {
      clock.pass(EACH);
      two.round();
    }
    one.round();
    told();
  }

  @Test
  void aClockThatWasSetIsNoAbsence() {
    Absences process = process();
    clock.leap(Duration.ofHours(1));
    process.round();
    clock.pass(EACH);
    process.round();
    clock.leap(Duration.ofHours(-1));
    process.round();
    clock.pass(EACH);
    process.round();
    told();
    Instant from = clock.wall();
    clock.leap(Duration.ofHours(1));
    clock.pass(Duration.ofMinutes(2));
    process.round();
    told(from.plus(Duration.ofHours(1)), clock.wall());
  }

  @Test
  void aClockThatWasSetIsNoAbsenceForTwoProcessesEither() {
    Absences one = process();
    Absences two = process();
    for (Duration set : List.of(Duration.ofHours(-1), Duration.ofHours(1))) {
      clock.pass(EACH);
      clock.leap(set);
      one.round();
      two.round();
      clock.pass(EACH);
      two.round();
      one.round();
    }
    told();
  }

  @Test
  void aMachineThatSleptIsAnAbsence() {
    Absences process = process();
    Instant from = clock.wall();
    clock.leap(Duration.ofHours(1));
    slept = slept.plus(Duration.ofHours(1));
    process.round();
    told(from, clock.wall());
  }

  @Test
  void whoHasNoNetworkDoesNotLook() {
    Absences process = process();
    Instant from = clock.wall();
    network = false;
    for (int i = 0; i < 8; i++) {
      clock.pass(EACH);
      process.round();
    }
    told();
    network = true;
    process.round();
    told(from, clock.wall());
    network = false;
    clock.pass(EACH);
    process.close();
    clock.pass(Duration.ofSeconds(50));
    Instant second = clock.wall();
    network = true;
    process();
    told(from, asks.got().getFirst().message().at(), second.minusSeconds(65), second);
  }

  /// With a look each second.
  private void goOnWithoutDatabase(Absences process, Duration time) {
    away = true;
    for (int i = 0; i < time.toSeconds(); i++) {
      clock.pass(Duration.ofSeconds(1));
      process.note();
    }
    away = false;
  }

  @Test
  void whoGoesOnWhileTheDatabaseIsAwayMonitors() {
    Absences process = process();
    goOnWithoutDatabase(process, Duration.ofMinutes(5));
    clock.pass(Duration.ofSeconds(20));
    process.round();
    told();
    Instant stamped = clock.wall();
    goOnWithoutDatabase(process, Duration.ofMinutes(5));
    clock.pass(Duration.ofSeconds(61)); // and then nothing was kept
    process.round();
    told(stamped.plus(Duration.ofMinutes(5)), clock.wall());
    assertThat(told).isEqualTo(600);
  }

  @Test
  void whoStandsStillWhileTheDatabaseIsAwayDoesNotLook() {
    Absences process = process();
    goOnWithoutDatabase(process, Duration.ofMinutes(2));
    Instant from = clock.wall();
    clock.pass(Duration.ofMinutes(3));
    goOnWithoutDatabase(process, Duration.ofMinutes(2));
    process.round();
    told(from, from.plus(Duration.ofMinutes(3)).plusSeconds(1));
    clock.pass(EACH);
    process.round();
    told(from, from.plus(Duration.ofMinutes(3)).plusSeconds(1));
  }

  @Test
  void whoStartsWhileTheDatabaseIsAwayMonitorsFromThenOn() {
    process().close();
    Instant from = clock.wall();
    clock.pass(Duration.ofHours(1));
    channelsRead = false;
    Absences started = process();
    goOnWithoutDatabase(started, Duration.ofMinutes(2));
    channelsRead = true;
    started.round();
    told(from, from.plus(Duration.ofHours(1)).plusSeconds(1));
  }

  @Test
  void whoStandsStillOrStartsWhileAnotherGoesOnTellsNothing() {
    Absences still = process();
    clock.pass(Duration.ofMinutes(5));
    goOnWithoutDatabase(still, Duration.ofSeconds(1));
    channelsRead = false;
    Absences started = process();
    channelsRead = true;
    still.heardOfAnother();
    started.heardOfAnother();
    started.round();
    still.round();
    told();
  }

  @Test
  void waitsUntilItKnowsWhomToTell() {
    Absences process = process();
    Instant from = clock.wall();
    process.close();
    clock.pass(Duration.ofMinutes(5));
    channelsRead = false;
    Absences again = process();
    told();
    channelsRead = true;
    again.round();
    told(from, clock.wall());
  }
}
