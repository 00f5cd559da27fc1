package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A password that somebody forgot to encode ends up anywhere in a URL, and from there in no
/// message.
class OddUrlsTest {
  private static final String SECRET = "s3cretword";

  private static final List<String> SHAPES =
      List.of(
          "%s://app:s3cretword/x@127.0.0.1:1/0",
          "%s://app:s3cretword?x@127.0.0.1:1/0",
          "%s://app:s3cretword#x@127.0.0.1:1/0",
          "%s://app:1234#s3cretword@127.0.0.1",
          "%s://app:s3cretword@x@127.0.0.1:1/0",
          "%s://app:x@s3cretword@127.0.0.1:1/0",
          "%s://app:s3cretword@",
          "%s://app:s3cretword@:1",
          "%s://app:s3cretword@127.0.0.1:99999/0",
          "%s://app:s3cretword@127.0.0.1:abc/0",
          "%s://app:s3cretword@ho st:1",
          "%s://app:s3cretword@[::1:1/0",
          "%s://app:s3cretword%%zz@127.0.0.1:1/0",
          "%s://:s3cretword@127.0.0.1:1/0",
          "%s://app:s3cretword@127.0.0.1:1,127.0.0.1:2/0",
          "%s://127.0.0.1:1/0?password=s3cretword",
          "%s:app:s3cretword@127.0.0.1:1");

  static SortedSet<String> schemes() {
    return Probes.schemes();
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void neverGetAPasswordIntoAMessage(String scheme) throws Exception {
    for (String shape : SHAPES) {
      StringBuilder said = new StringBuilder();
      try {
        ServerUrl url = ServerUrl.of(shape.formatted(scheme)).limit(Duration.ofMillis(300));
        Probe probe = new Probes(Dialer.system(), Probes.asker()).of("it", url);
        said.append(url).append(probe);
        probe.check(Attempt.within(Duration.ofMillis(300)));
      } catch (IllegalArgumentException | ProbeFailure e) {
        for (Throwable each = e; each != null; each = each.getCause()) {
          said.append(each);
        }
      }
      assertThat(said.toString()).as(shape).doesNotContain(SECRET);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "redis", "mongodb", "amqp", "kafka", "grpc", "smtp", "tls"})
  void areRefusedWhereWhatLooksLikeAPortIsThePasswordsBegin(String scheme) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Probes.forUrl("it", scheme + "://app:1234/s3cretword@127.0.0.1:1"))
        .withMessageContaining("%2F for /")
        .withMessageNotContaining(SECRET);
  }

  @Test
  void areRefusedWithoutAHost() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Probes.forUrl("it", "mongodb:/app:s3cretword@127.0.0.1"))
        .withMessageContaining("names no host")
        .withMessageNotContaining(SECRET);
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void sayThatAnIpv6AddressGoesInBrackets(String scheme) {
    for (String host :
        List.of("fd14:6::2", "::1", "fd14:6::2:80", "fd14:6:0:0:0:0:0:2", "fe80::1%eth0", "[::1")) {
      if (ServerUrl.needsHost(scheme) || scheme.equals("dns")) {
        assertThatIllegalArgumentException()
            .as(host)
            .isThrownBy(() -> Probes.forUrl("it", scheme + "://" + host + "/x.example"))
            .withMessageContaining("brackets, as in [2001:db8::1]");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp://[::1]:80", "http://[::1]:80/a:b::c", "ping://[fd14:6::2]"})
  void takeAnIpv6AddressInBrackets(String url) {
    assertThat(ServerUrl.of(url)).hasToString(url);
    assertThat(new Probes(Dialer.system(), Probes.asker()).of("it", ServerUrl.of(url))).isNotNull();
  }
}
