package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Asks [MongoDbStandIn], as there is no MongoDB to be had.
class MongoDbProbeTest {
  private static final String PASSWORD = "right p4ssword";

  private static RawServer standIn(String mechanism) {
    return new RawServer(new MongoDbStandIn(mechanism, PASSWORD, true));
  }

  private static Probe probe(String template, RawServer server) {
    return probe(template.formatted(server.port()), url -> url);
  }

  private static Probe probe(String url, UnaryOperator<ServerUrl> more) {
    return new Probes(Dialer.system(), Probes.asker())
        .of("it", more.apply(ServerUrl.of(url).limit(Duration.ofSeconds(30))));
  }

  @Test
  void isContentWithAStandInThatWantsNoLogin() throws IOException {
    try (RawServer server = new RawServer(new MongoDbStandIn("SCRAM-SHA-256", "", true))) {
      Checked.of(probe("mongodb://127.0.0.1:%d", server)).assertUp();
      assertThat(server.requests()).containsExactly("ping admin");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCRAM-SHA-256", "SCRAM-SHA-1"})
  void logsInToAStandInByTheMechanismItOffers(String mechanism) throws IOException {
    try (RawServer server = standIn(mechanism)) {
      Checked.of(
              probe("mongodb://app:right%%20p4ssword@127.0.0.1:%d/shop?authSource=users", server))
          .assertUp();
      assertThat(server.requests())
          .containsExactly("hello admin", "saslStart users", "saslContinue users", "ping admin");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCRAM-SHA-256", "SCRAM-SHA-1"})
  void saysThatAStandInRefusesAWrongPassword(String mechanism) throws IOException {
    try (RawServer server = standIn(mechanism)) {
      assertThat(Checked.of(probe("mongodb://app:wrong@127.0.0.1:%d", server)).reason())
          .isEqualTo("login: Authentication failed. (AuthenticationFailed)");
    }
  }

  @Test
  void saysThatAStandInWantsALogin() throws IOException {
    try (RawServer server = standIn("SCRAM-SHA-256")) {
      assertThat(Checked.of(probe("mongodb://127.0.0.1:%d", server)).reason())
          .isEqualTo("query: Command ping requires authentication (Unauthorized)");
    }
  }

  @Test
  void doesNotBelieveAStandInThatDoesNotKnowThePassword() throws IOException {
    try (RawServer server = new RawServer(new MongoDbStandIn("SCRAM-SHA-256", PASSWORD, false))) {
      assertThat(Checked.of(probe("mongodb://app:right%%20p4ssword@127.0.0.1:%d", server)).reason())
          .startsWith("login: ");
      assertThat(server.requests()).doesNotContain("ping admin");
    }
  }

  @Test
  void asksTheNextHostWhenOneSaysNothing() throws IOException {
    try (RawServer silent = new RawServer(RawServer.Line::hang);
        RawServer server = standIn("SCRAM-SHA-256")) {
      String url =
          "mongodb://app:right%%20p4ssword@127.0.0.1:%d,127.0.0.1:%d"
              .formatted(silent.port(), server.port());
      // Half of what is left for the first, and not all of it.
      Checked.of(probe(url, each -> each), Duration.ofSeconds(10)).assertUp();
    }
  }

  @Test
  void keepsToItsLimitWhenSeveralHostsSayNothing() throws IOException {
    try (RawServer silent = new RawServer(RawServer.Line::hang)) {
      int port = silent.port();
      String url = "mongodb://127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d".formatted(port, port, port);
      Checked checked = Checked.of(probe(url, each -> each.limit(Duration.ofMillis(600))));
      assertThat(checked.reason()).startsWith("timeout: no answer within 600 ms (");
    }
  }

  @Test
  void speaksTlsToAStandIn(@TempDir Path folder) throws Exception {
    Certificates certificates = new Certificates(folder);
    certificates.signed("good", -1, 30, "ip:127.0.0.1");
    try (RawServer server =
        new RawServer(
            certificates.listen("good", false),
            new MongoDbStandIn("SCRAM-SHA-256", PASSWORD, true))) {
      String url =
          "mongodb://app:right%%20p4ssword@127.0.0.1:%d/?tls=true".formatted(server.port());
      TlsOptions trusting = TlsOptions.DEFAULT.trusting(certificates.pem("ca"));
      Checked.of(probe(url, each -> each.tls(trusting))).assertUp();
      assertThat(Checked.of(probe(url, each -> each)).reason())
          .startsWith("TLS: certificate is signed by an unknown authority");
    }
  }

  @Test
  void leavesNothingBehindAfterManyChecksOfAStandIn() throws Exception {
    try (RawServer server = standIn("SCRAM-SHA-256")) {
      Probe probe = probe("mongodb://app:right%%20p4ssword@127.0.0.1:%d", server);
      Duration patience = Duration.ofSeconds(60);
      assertThat(Leftovers.after(32, probe, patience)).isZero();
      Leftovers leftovers = new Leftovers();
      assertThat(Leftovers.after(Runs.many(), probe, patience)).isZero();
      leftovers.assertNone();
    }
  }
}
