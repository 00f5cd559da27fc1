package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.probe.Phase;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.RoundTrips;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PingProbeTest {
  private static final InetAddress FOUR = InetAddress.ofLiteral("192.0.2.7");
  private static final InetAddress SIX = InetAddress.ofLiteral("2001:db8::7");

  private record Sent(InetAddress target, int count, Duration gap, Duration within) {}

  private final List<Sent> sent = new ArrayList<>();
  private final Resolver names = (_, _) -> List.of(SIX, FOUR);

  /// Answers after 1 ms, 2 ms, ..., as many times as said.
  private EchoSender answering(int answers, Optional<String> error) {
    return (target, count, gap, wait) -> {
      sent.add(new Sent(target, count, gap, wait));
      List<Duration> times =
          IntStream.rangeClosed(1, answers).mapToObj(Duration::ofMillis).toList();
      return new EchoSender.Replies(new RoundTrips(count, times), error);
    };
  }

  private Checked check(String query, EchoSender sender) {
    ServerUrl url = ServerUrl.of("ping://gw.example" + query);
    return Checked.of(new PingProbe("gw", url, new Dialer(names), sender), Duration.ofSeconds(30));
  }

  @Test
  void sendsFivePacketsAndMeasuresTheirRoundTrips() {
    Checked checked = check("", answering(4, Optional.empty()));
    checked.assertUp();
    assertThat(sent)
        .containsExactly(new Sent(SIX, 5, Duration.ofMillis(200), sent.getFirst().within()));
    assertThat(sent.getFirst().within()).isBetween(Duration.ofMillis(1), Duration.ofMillis(2_200));
    RoundTrips trips = checked.attempt().roundTrips().orElseThrow();
    assertThat(trips.lost()).isEqualTo(1);
    assertThat(trips.median()).contains(Duration.ofMillis(2));
    assertThat(checked.attempt().time(Phase.DNS)).isPresent();
    assertThat(checked.attempt().time(Phase.TOTAL)).isPresent();
  }

  @Test
  void pingsAnAddressOfTheGivenFamily() {
    check("?family=ipv4&count=1", answering(1, Optional.empty())).assertUp();
    check("?family=ipv6&count=1", answering(1, Optional.empty())).assertUp();
    assertThat(sent).extracting(Sent::target).containsExactly(FOUR, SIX);
    PingProbe only =
        new PingProbe(
            "gw",
            ServerUrl.of("ping://gw.example?family=ipv6"),
            new Dialer((_, _) -> List.of(FOUR)),
            answering(5, Optional.empty()));
    assertThat(Checked.of(only).reason()).isEqualTo("DNS: gw.example has no address of IPv6");
  }

  @Test
  void pingsNothingThatItsResolverKeepsItFrom() {
    Resolver refusing =
        (_, _) -> {
          throw new ProbeFailure("the host has an address that may not be called from here");
        };
    PingProbe probe =
        new PingProbe(
            "gw",
            ServerUrl.of("ping://10.0.0.1"),
            new Dialer(refusing),
            answering(5, Optional.empty()));
    assertThat(Checked.of(probe).reason()).startsWith("the host has an address that may not");
    assertThat(sent).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', 1, ''", // one of five is enough
    "?loss=80, 1, ''",
    "?loss=79, 1, '4 of 5 packets lost, more than 79 %'",
    "?loss=0, 4, '1 of 5 packets lost, more than 0 %'",
    "?loss=0, 5, ''",
  })
  void isDownIfMoreIsLostThanMayBe(String query, int answers, String reason) {
    Checked checked = check(query, answering(answers, Optional.empty()));
    assertThat(checked.thrown().map(Throwable::getMessage).orElse("")).isEqualTo(reason);
    assertThat(checked.attempt().roundTrips().orElseThrow().times()).hasSize(answers);
    checked.thrown().ifPresent(_ -> assertThat(checked.failure().answered()).isTrue());
  }

  @ParameterizedTest
  @CsvSource({
    "?rtt=3ms, ''",
    "?rtt=2ms, 'round trips of 3.00 ms in the median, more than 2 ms'",
    "?rtt=2ms&loss=0, 'round trips of 3.00 ms in the median, more than 2 ms'",
    "?rtt=1s, ''",
  })
  void isDownIfAnswersTakeLongerThanTheyMay(String query, String reason) {
    Checked checked = check(query, answering(5, Optional.empty()));
    assertThat(checked.thrown().map(Throwable::getMessage).orElse("")).isEqualTo(reason);
    checked.thrown().ifPresent(_ -> assertThat(checked.failure().answered()).isTrue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rtt=0ms", "rtt=11s", "rtt=fast", "rtt=", "rtt=5", "interval=9ms"})
  void refusesTimesThatAreNone(String parameter) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> check("?" + parameter, EchoSender.none()))
        .withMessageStartingWith(parameter + " is no time from ")
        .withMessageEndingWith(" to 10s");
  }

  @Test
  void saysWhatCameInsteadOfAnAnswer() {
    ProbeFailure silent = check("", answering(0, Optional.empty())).failure();
    assertThat(silent.reason()).isEqualTo("no answer to 5 packets");
    assertThat(silent.answered()).isFalse();
    assertThat(check("", answering(0, Optional.of("host unreachable (from 192.0.2.1)"))).reason())
        .isEqualTo("no answer to 5 packets: host unreachable (from 192.0.2.1)");
  }

  /// What did not leave this machine says nothing about the target.
  @Test
  void theFaultIsHereIfNothingWasSent() {
    EchoSender full =
        (_, _, _, _) -> new EchoSender.Replies(new RoundTrips(0, List.of()), Optional.empty());
    Checked checked = check("", full);
    assertThat(checked.failure().isHere()).isTrue();
    assertThat(checked.attempt().roundTrips()).isEmpty();
    assertThat(check("", EchoSender.none()).failure().isHere()).isTrue();
  }
}
