package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The errors that cannot be provoked on one machine, in the JDK's words for them.
class FailuresTest {
  private static ProbeFailure connecting(IOException e) throws InterruptedException {
    Progress progress = new Progress(Attempt.within(Duration.ofMinutes(1)));
    progress.enter(Progress.Stage.CONNECTING);
    progress.at("192.0.2.1:80");
    return Failures.of(e, progress);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Network is unreachable",
        "Too many open files",
        "Cannot assign requested address",
        "No buffer space available",
        "Operation not permitted"
      })
  void blamesThisMachineForItsOwnErrors(String text) throws InterruptedException {
    ProbeFailure failure = connecting(new SocketException(text));
    assertThat(failure.isHere()).isTrue();
    assertThat(failure.answered()).isFalse();
    assertThat(failure.reason()).isEqualTo(text + " (connecting to 192.0.2.1:80)");
    assertThat(connecting(new BindException(text)).isHere()).isTrue();
  }

  @Test
  void blamesTheTargetForBeingNowhere() throws InterruptedException {
    ProbeFailure failure = connecting(new NoRouteToHostException("No route to host"));
    assertThat(failure.isHere()).isFalse();
    assertThat(failure.answered()).isFalse();
    assertThat(failure.reason()).isEqualTo("connect: 192.0.2.1:80: No route to host");
  }

  @Test
  void takesARefusalForASignOfLife() throws InterruptedException {
    ProbeFailure failure = connecting(new ConnectException("Connection refused"));
    assertThat(failure.answered()).isTrue();
    assertThat(connecting(new ConnectException("Connection timed out")).answered()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "x: Name or service not known, DNS: no such host: x, true",
    "x: No address associated with hostname, DNS: no such host: x, true",
    "x, DNS: no address of x, false",
    "x: Temporary failure in name resolution,"
        + " DNS: x not looked up: the name servers failed or are silent (temporary failure), false",
    "x: Non-recoverable failure in name resolution,"
        + " DNS: x not looked up: the name servers refuse to (non-recoverable failure), false",
  })
  void tellsANameThatIsNoneFromNameServersThatAreSilent(
      String message, String reason, boolean answered) {
    ProbeFailure failure = Failures.unknownHost("x", new UnknownHostException(message));
    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.answered()).isEqualTo(answered);
    assertThat(failure.isHere()).isFalse();
  }

  @Test
  void blamesThisMachineOnlyIfNoAddressSaysOtherwise() {
    ProbeFailure here = ProbeFailure.here("a");
    ProbeFailure silent = new ProbeFailure("b");
    ProbeFailure answered = ProbeFailure.answered("c");
    assertThat(Failures.all(List.of(here, here)).isHere()).isTrue();
    assertThat(Failures.all(List.of(here, silent)).isHere()).isFalse();
    assertThat(Failures.all(List.of(here, silent, answered)).answered()).isTrue();
    assertThat(Failures.all(List.of(here, silent, here)).reason()).isEqualTo("a; b");
  }

  @ParameterizedTest
  @CsvSource({"15000,15 s", "1500,1.5 s", "200,200 ms", "999,999 ms", "60000,60 s"})
  void writesTimesForPeople(long millis, String words) {
    assertThat(Failures.words(Duration.ofMillis(millis))).isEqualTo(words);
  }
}
