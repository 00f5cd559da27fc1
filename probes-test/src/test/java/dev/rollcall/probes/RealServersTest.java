package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What probes say of real servers. All tests of these servers are here, since a class of its own
/// may run in another JVM, which starts each of them again.
class RealServersTest {
  @Nested
  class ThatStall extends StallingServers {}

  @Nested
  class AfterChecks extends UnchangedServers {}

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// With more time than anybody else has: here the machine may be slow.
  private static Probe probe(String url) {
    return new Probes(Dialer.system(), Probes.asker()).of("it", ServerUrl.of(url).limit(PATIENCE));
  }

  @ParameterizedTest
  @EnumSource
  void isContentWithTheRightPassword(RealServer server) {
    Checked.of(probe(server.url(RealServer.PASSWORD))).assertUp();
  }

  static Stream<RealServer> thatKnowPasswords() {
    return Arrays.stream(RealServer.values()).filter(RealServer::knowsPasswords);
  }

  @ParameterizedTest
  @MethodSource("thatKnowPasswords")
  void saysThatTheLoginIsRefusedAndNotWithWhichPassword(RealServer server) {
    ProbeFailure failure = Checked.of(probe(server.url(RealServer.WRONG))).failure();
    assertThat(failure.reason())
        .startsWith("login: ")
        .containsPattern("(?i)password|WRONGPASS|refused|denied|invalid|Authorization Violation")
        .doesNotContain(Leaks.forms(RealServer.WRONG));
    assertThat(failure.answered()).isTrue();
  }

  /// Both servers say that they speak Latin-1 unless the client says otherwise.
  @ParameterizedTest
  @CsvSource({
    "MARIADB, jürgen-日本, läden_日本",
    "MYSQL, jürgen-日本, läden_日本",
    "MYSQL, jürgen-日本, läden_日本?sslMode=trust",
    "MYSQL, natïve-日本, ''"
  })
  void logsInToMySqlWhateverTheUserIsCalled(RealServer server, String user, String database) {
    URI there = URI.create(server.url(RealServer.PASSWORD));
    ServerUrl url =
        ServerUrl.of(
            "mysql://%s/%s".formatted(there.getRawAuthority().replaceFirst(".*@", ""), database));
    Probe probe =
        new MySqlProbe(
            "it", url.login(user, RealServer.BEYOND_ASCII).limit(PATIENCE), Dialer.system());
    Checked.of(probe).assertUp();
    Probe refused = new MySqlProbe("it", url.login(user, "other").limit(PATIENCE), Dialer.system());
    assertThat(Checked.of(refused).reason())
        .isEqualTo(
            "login: Access denied for user '%s'@'localhost' (using password: YES)".formatted(user));
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_15", "REDIS", "NATS"})
  void followsAServerThatStopsWhileItRuns(RealServer server) throws Exception {
    RealServer.Started started = server.started();
    try (ServerRun run = started.run()) {
      ServerUrl url = ServerUrl.of(started.url(RealServer.PASSWORD));
      Probe probe = probe(started.url(RealServer.PASSWORD));
      Checked.of(probe).assertUp();
      run.freeze(true);
      ProbeFailure frozen = Checked.of(url.limit(Duration.ofSeconds(1)).limiting(probe)).failure();
      assertThat(frozen.reason()).startsWith("timeout: no answer within 1 s (");
      run.freeze(false);
      Checked.of(probe).assertUp();
    }
    assertThat(Checked.of(probe(started.url(RealServer.PASSWORD))).reason())
        .startsWith("connect: refused by 127.0.0.1:");
  }

  @ParameterizedTest
  @EnumSource
  void leavesNothingBehindAfterManyChecks(RealServer server) throws Exception {
    Probe probe = probe(server.url(RealServer.PASSWORD));
    int atOnce = server.atOnce();
    assertThat(Leftovers.after(2 * atOnce, atOnce, probe, PATIENCE)).isZero(); // loads classes
    Leftovers leftovers = new Leftovers();
    assertThat(Leftovers.after(server.manyChecks(), atOnce, probe, PATIENCE)).isZero();
    leftovers.assertNone();
  }

  @ParameterizedTest
  @MethodSource("thatKnowPasswords")
  void leavesNothingBehindAfterRefusedLogins(RealServer server) throws Exception {
    Probe probe = probe(server.url(RealServer.WRONG));
    int atOnce = server.atOnce();
    Leftovers.after(atOnce, atOnce, probe, PATIENCE);
    Leftovers leftovers = new Leftovers();
    int runs = Math.min(128, server.manyChecks());
    assertThat(Leftovers.after(runs, atOnce, probe, PATIENCE)).isEqualTo(runs);
    leftovers.assertNone();
  }
}
