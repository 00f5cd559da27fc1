package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What probes say of real servers that speak TLS.
class RealTlsTest {
  private static final String HOST = "127.0.0.1";

  @TempDir private static Path folder;
  private static Path others;

  @BeforeAll
  static void make() throws Exception {
    others = new Certificates(folder).pem("ca");
  }

  @ParameterizedTest
  @EnumSource
  void isContentWithTheRightPasswordAndAnAuthorityItKnows(TlsServer server) throws Exception {
    Checked.of(server.probe(RealServer.PASSWORD, HOST)).assertUp();
  }

  @ParameterizedTest
  @EnumSource
  void saysThatTheLoginIsRefused(TlsServer server) throws Exception {
    ProbeFailure failure = Checked.of(server.probe(RealServer.WRONG, HOST)).failure();
    assertThat(failure.reason())
        .startsWith("login: ")
        .doesNotContain(Leaks.forms(RealServer.WRONG));
    assertThat(failure.answered()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void saysThatTheAuthorityIsUnknown(TlsServer server) throws Exception {
    ProbeFailure failure = Checked.of(server.believing(others)).failure();
    assertThat(failure.reason()).startsWith("TLS: ").doesNotContain(RealServer.PASSWORD);
    assertThat(failure.answered()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"MYSQL", "MARIADB"})
  void saysHowToNameTheAuthorityWhereItIsAParameter(TlsServer server) throws Exception {
    assertThat(Checked.of(Probes.forUrl("it", server.url())).reason())
        .startsWith("TLS: certificate is signed by an unknown authority")
        .contains("serverSslCert=");
  }

  @Test
  void blamesItselfForAnAuthorityThatIsNotThere() throws Exception {
    ProbeFailure failure =
        Checked.of(TlsServer.POSTGRESQL.believing(Path.of("/nowhere/ca.pem"))).failure();
    assertThat(failure.reason()).startsWith("TLS: ").contains("/nowhere/ca.pem", "sslrootcert=");
    assertThat(failure.isHere()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void saysThatTheCertificateIsMadeOutToAnotherName(TlsServer server) throws Exception {
    ProbeFailure failure = Checked.of(server.probe(RealServer.PASSWORD, "localhost")).failure();
    assertThat(failure.reason()).startsWith("TLS: ");
    assertThat(failure.answered()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void leavesNothingBehind(TlsServer server) throws Exception {
    Probe well = server.probe(RealServer.PASSWORD, HOST);
    Probe distrustful = server.believing(others);
    Duration patience = Duration.ofSeconds(60);
    Leftovers.after(8, 8, well, patience); // loads classes
    Leftovers.after(8, 8, distrustful, patience);
    Leftovers leftovers = new Leftovers();
    assertThat(Leftovers.after(Runs.many(2), 8, well, patience)).isZero();
    assertThat(Leftovers.after(Runs.many(2), 8, distrustful, patience)).isEqualTo(Runs.many(2));
    leftovers.assertNone();
  }
}
