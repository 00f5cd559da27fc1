package dev.rollcall.server.heartbeat.store;

import static dev.rollcall.server.heartbeat.store.HeartbeatDatabase.every;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Ping;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Said;
import dev.rollcall.server.heartbeat.ping.JobOutput;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.heartbeat.ping.PingSignal;
import dev.rollcall.server.heartbeat.ping.Run;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.time.JobSchedule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pings as they wait in Redis, and what follows from them when they are applied.
class PingStreamTest {
  private static final Instant CAME = Instant.parse("2026-11-29T12:00:00.123Z");

  @TempDir Path folder;
  private HeartbeatDatabase heartbeats;
  private PingStream stream;

  @BeforeEach
  void open() {
    heartbeats = new HeartbeatDatabase(TestDatabases.SQLITE, folder);
    stream = new PingStream(heartbeats.writer);
  }

  @AfterEach
  void close() {
    heartbeats.close();
  }

  private static Ping ping(PingSignal signal) {
    return new Ping(
        HeartbeatName.ofOperator("backup"),
        signal,
        Optional.of(every(60)),
        Optional.empty(),
        Said.NOTHING);
  }

  @Test
  void aPingIsTheSameAfterItHasWaited() {
    for (PingSignal signal :
        new PingSignal[] {
          new PingSignal.Start(),
          new PingSignal.Success(),
          new PingSignal.Failure(OptionalLong.empty()),
          new PingSignal.Failure(OptionalLong.of(-1))
        }) {
      Ping ping = ping(signal).cameAt(CAME);
      assertThat(stream.decode(stream.encode(ping))).isEqualTo(ping);
    }
    JobOutput output = new JobOutput(new byte[] {0, -1, 'x'});
    Ping full =
        new Ping(
            new HeartbeatName(7, "nächtlich \uD83D\uDE00"),
            new PingSignal.Success(),
            Optional.of(
                new Expectation(
                    JobSchedule.Calendar.of("0 3 * * *", ZoneId.of("Europe/Berlin")),
                    Duration.ofMinutes(5))),
            Optional.of(CAME.minusSeconds(10)),
            new Said(Optional.of("run-1"), Optional.of(output)),
            Optional.of(CAME));
    Ping read = (Ping) stream.decode(stream.encode(full));
    assertThat(read.said().output().orElseThrow().bytes()).isEqualTo(output.bytes());
    assertThat(
            new Ping(
                read.key(), read.signal(), read.terms(), read.moment(), Said.NOTHING, read.came()))
        .isEqualTo(
            new Ping(
                full.key(), full.signal(), full.terms(), full.moment(), Said.NOTHING, full.came()));
    assertThat(read.said().run()).isEqualTo(full.said().run());
  }

  @Test
  void aResultIsTheSameInAnotherProcess() {
    for (PingOutcome outcome :
        new PingOutcome[] {
          new PingOutcome.Recorded(CAME, true),
          new PingOutcome.Stale(CAME),
          new PingOutcome.NoTerms(),
          new PingOutcome.Full(3),
          new PingOutcome.AccountFull(4),
          new PingOutcome.OwnerGone()
        }) {
      assertThat(stream.decodeResult(stream.encodeResult(outcome).orElseThrow()))
          .isEqualTo(outcome);
    }
  }

  @Test
  void otherBytesAreRefused() {
    assertThatThrownBy(() -> stream.decode(new byte[] {9, 9}))
        .isInstanceOf(IllegalArgumentException.class);
    byte[] cut =
        java.util.Arrays.copyOf(stream.encode(ping(new PingSignal.Success()).cameAt(CAME)), 20);
    assertThatThrownBy(() -> stream.decode(cut)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # owner | ms before | outcome  | what is said
          0       | 5000      | terms    | a call of heartbeat 'backup' that waited was not recorded, as there is no such heartbeat, and the call did not state its frequency
          7       | 5000      | terms    | a call of a heartbeat of an account that waited was not recorded, as there is no such heartbeat, and the call did not state its frequency
          0       | 5000      | full     | a call of heartbeat 'backup' that waited was not recorded, as there are as many heartbeats as are allowed
          7       | 5000      | account  | a call of a heartbeat of an account that waited was not recorded, as its account has as many heartbeats as are allowed
          0       | 5000      | stale    | a call of heartbeat 'backup' that waited was not recorded, as its timestamp is before the call before it
          0       | 5000      | recorded |
          0       | 900       | terms    |
          """)
  void whatIsRefusedAfterItWaitedIsSaid(long owner, long before, String outcome, String said) {
    Ping ping =
        new Ping(
            new HeartbeatName(owner, "backup"),
            new PingSignal.Success(),
            Optional.empty(),
            Optional.empty(),
            Said.NOTHING,
            Optional.of(CAME));
    PingOutcome found =
        switch (outcome) {
          case "terms" -> new PingOutcome.NoTerms();
          case "full" -> new PingOutcome.Full(1);
          case "account" -> new PingOutcome.AccountFull(1);
          case "stale" -> new PingOutcome.Stale(CAME);
          default -> new PingOutcome.Recorded(CAME, false);
        };
    assertThat(stream.refusal(ping, found, CAME.plusMillis(before)))
        .isEqualTo(Optional.ofNullable(said));
  }

  @Test
  void whatWaitedCountsFromWhenItCame() {
    Instant came = heartbeats.clock.wall().minusSeconds(300);
    assertThat(heartbeats.apply(ping(new PingSignal.Success()).cameAt(came)))
        .isEqualTo(new PingOutcome.Recorded(came.plusSeconds(60), false));
    Heartbeat heartbeat = heartbeats.find("backup");
    assertThat(heartbeat.moments().last()).contains(came);
    assertThat(heartbeat.recent().runs(1).getFirst().ended()).contains(came);
  }

  /// Redis was away with it for longer than the clock of a job may be ahead.
  @Test
  void whatWaitedWhileLaterCallsCameIsHistory() {
    Instant now = heartbeats.clock.wall();
    heartbeats.apply(ping(new PingSignal.Success()));
    Heartbeat before = heartbeats.find("backup");
    for (PingSignal signal :
        new PingSignal[] {new PingSignal.Success(), new PingSignal.Failure(OptionalLong.of(1))}) {
      assertThat(heartbeats.apply(ping(signal).cameAt(now.minusSeconds(900))))
          .isEqualTo(new PingOutcome.Recorded(before.moments().next(), false));
    }
    Heartbeat after = heartbeats.find("backup");
    assertThat(after.moments()).isEqualTo(before.moments());
    assertThat(after.state()).isEqualTo(State.UP);
    assertThat(after.counts().calls()).isEqualTo(3);
    assertThat(heartbeats.signals()).isEmpty();
    assertThat(heartbeats.runs("backup"))
        .extracting(Run::result)
        .containsExactly(Run.Result.OK, Run.Result.FAILED, Run.Result.OK);
  }

  @Test
  void callsThatCrossOnTheirWayAreBothRecorded() {
    Instant now = heartbeats.clock.wall();
    heartbeats.apply(ping(new PingSignal.Success()).cameAt(now));
    assertThat(heartbeats.apply(ping(new PingSignal.Success()).cameAt(now.minusSeconds(1))))
        .isInstanceOf(PingOutcome.Recorded.class);
    assertThat(heartbeats.find("backup").counts().calls()).isEqualTo(2);
    assertThat(heartbeats.find("backup").moments().last()).contains(now);
  }
}
