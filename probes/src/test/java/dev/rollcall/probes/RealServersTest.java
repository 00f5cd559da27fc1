package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What probes say of real servers.
class RealServersTest {
  @ParameterizedTest
  @EnumSource
  void isContentWithTheRightPassword(RealServer server) {
    Checked checked = Checked.of(Probes.forUrl("it", server.url(RealServer.PASSWORD)));
    checked.assertUp();
    assertThat(checked.attempt().elapsed()).isLessThan(Duration.ofSeconds(3));
  }

  static Stream<RealServer> thatKnowPasswords() {
    return Arrays.stream(RealServer.values()).filter(RealServer::knowsPasswords);
  }

  @ParameterizedTest
  @MethodSource("thatKnowPasswords")
  void saysThatTheLoginIsRefusedAndNotWithWhichPassword(RealServer server) {
    ProbeFailure failure = Checked.of(Probes.forUrl("it", server.url(RealServer.WRONG))).failure();
    assertThat(failure.reason())
        .startsWith("login: ")
        .containsPattern("(?i)password|WRONGPASS|refused|denied|invalid|Authorization Violation")
        .doesNotContain(Leaks.forms(RealServer.WRONG));
    assertThat(failure.answered()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_15", "REDIS", "NATS"})
  void followsAServerThatStopsWhileItRuns(RealServer server) throws Exception {
    RealServer.Started started = server.started();
    try (ServerRun run = started.run()) {
      ServerUrl url = ServerUrl.of(started.url(RealServer.PASSWORD));
      Probe probe = new Probes(Dialer.system(), Probes.asker()).of("it", url);
      Checked.of(probe).assertUp();
      run.freeze(true);
      ProbeFailure frozen = Checked.of(url.limit(Duration.ofMillis(300)).limiting(probe)).failure();
      assertThat(frozen.reason()).startsWith("timeout: no answer within 300 ms (");
      run.freeze(false);
      Checked.of(probe).assertUp();
    }
    assertThat(Checked.of(Probes.forUrl("it", started.url(RealServer.PASSWORD))).reason())
        .startsWith("connect: refused by 127.0.0.1:");
  }

  @ParameterizedTest
  @EnumSource
  void leavesNothingBehindAfterManyChecks(RealServer server) throws Exception {
    Probe probe = Probes.forUrl("it", server.url(RealServer.PASSWORD));
    Duration patience = Duration.ofSeconds(20);
    int atOnce = server.atOnce();
    assertThat(Leftovers.after(2 * atOnce, atOnce, probe, patience)).isZero(); // loads classes
    Leftovers leftovers = new Leftovers();
    assertThat(Leftovers.after(server.manyChecks(), atOnce, probe, patience)).isZero();
    leftovers.assertNone();
  }

  @ParameterizedTest
  @MethodSource("thatKnowPasswords")
  void leavesNothingBehindAfterRefusedLogins(RealServer server) throws Exception {
    Probe probe = Probes.forUrl("it", server.url(RealServer.WRONG));
    Duration patience = Duration.ofSeconds(20);
    int atOnce = server.atOnce();
    Leftovers.after(atOnce, atOnce, probe, patience);
    Leftovers leftovers = new Leftovers();
    int runs = Math.min(128, server.manyChecks());
    assertThat(Leftovers.after(runs, atOnce, probe, patience)).isEqualTo(runs);
    leftovers.assertNone();
  }
}
