package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Parameters of URLs: each counts, is known not to matter, or is a mistake.
class ParametersTest {
  /// Those whose probes ask by HTTP have queries of their own, Swift's aside.
  static List<String> schemes() {
    return Probes.schemes().stream()
        .filter(scheme -> !scheme.contains("http") || scheme.startsWith("swift"))
        .toList();
  }

  /// What stands behind host and port, by scheme: what is understood, and what is not.
  static List<Arguments> places() {
    return schemes().stream()
        .filter(scheme -> !scheme.startsWith("swift"))
        .map(
            scheme ->
                switch (scheme) {
                  case "unix" -> Arguments.of("unix:///run/x.sock", List.of("#x"));
                  case "dns" -> Arguments.of("dns://h/example.org", List.of("#x"));
                  case "ping" ->
                      Arguments.of("ping://h", List.of("#x", ":1", "/path", "/path?x=1"));
                  case "amqp", "amqps", "grpc", "grpcs", "mongodb", "postgres", "postgresql" ->
                      Arguments.of(scheme + "://h:1/a", List.of("#x"));
                  case "mysql", "mariadb" ->
                      Arguments.of(scheme + "://h:1/a", List.of("#x", "/path"));
                  case "redis", "rediss" ->
                      Arguments.of(scheme + "://h:1/1", List.of("#x", "/path"));
                  default -> Arguments.of(scheme + "://h:1", List.of("#x", "/path", "/path?x=1"));
                })
        .toList();
  }

  @ParameterizedTest
  @MethodSource("places")
  void areAllThatMayStandBehindTheHost(String right, List<String> wrong) {
    assertThat(Probes.forUrl("it", right).name()).isEqualTo("it");
    for (String more : wrong) {
      assertThatIllegalArgumentException()
          .as(right + more)
          .isThrownBy(() -> Probes.forUrl("it", right + more));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tls://h:1?warm=14d | the URL's parameter \"warm\" is not understood: there are warn",
        "tls://h:1/path?warn=14d | the URL has a path, which has no effect with tls: write it as"
            + " tls://host:port",
        "postgres://h?sslmode=verifyfull | sslmode=verifyfull is none of disable, allow, prefer,"
            + " require, verify-ca, verify-full",
        "mysql://h?sslMode=verifyfull | sslMode=verifyfull is none of disable, trust, verify-ca,"
            + " verify-full",
        "mysql://h?allowPublicKeyRetrieval=yes | allowPublicKeyRetrieval=yes is none of true,"
            + " false",
        "ping://h:7 | the URL has a port or a path, which have no effect with ping: write it as"
            + " ping://host",
        "ping://h?count=0 | count=0 is no whole number from 1 to 100",
        "ping://h?count=101 | count=101 is no whole number from 1 to 100",
        "ping://h?loss=100 | loss=100 is no whole number from 0 to 99",
        "ping://h?loss=5%25 | loss=5% is no whole number from 0 to 99",
        "ping://h?interval=9ms | interval=9ms is no time from 10ms to 10s",
        "ping://h?interval=fast | interval=fast is no time from 10ms to 10s",
        "ping://h?family=6 | family=6 is none of ipv4, ipv6",
        "ping://h?count=4&interval=1s | count and interval take 3 s, which is not less than the"
            + " timeout of 3 s",
        "mongodb://h?tls=yes | tls=yes is none of true, false",
        "mongodb://h?authMechanism=X | authMechanism=X is none of SCRAM-SHA-256, SCRAM-SHA-1",
      })
  void areMistakesWhereTheirValueIsNone(String url, String says) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Probes.forUrl("it", url))
        .withMessage(says);
  }

  private static String url(String scheme, String query) {
    return switch (scheme) {
      case "unix" -> "unix:///run/x.sock?" + query;
      case "dns" -> "dns://h/example.org?" + query;
      default -> scheme + "://app:secret@h:1/1?" + query;
    };
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void areMistakesWhereTheyAreNotUnderstood(String scheme) {
    for (String query : List.of("wran=14d", "expected=x", "x", "retires=3")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Probes.forUrl("it", url(scheme, query)))
          .withMessageStartingWith(
              "the URL's parameter \"%s\" is not understood", query.replaceFirst("=.*", ""));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp://h:1?warn=14d",
        "smtps://h?warn=14d",
        "postgres://h/db?warn=14d",
        "tls://h:1?warn=14d&warn=7d",
        "postgres://h/db?sslmode=require&sslmode=disable",
        "postgres://h/db?ssl=true",
        "kafka://h?mechanism=PLAIN&mechanism=PLAIN"
      })
  void areMistakesOnOtherSchemesAndGivenTwice(String url) {
    assertThatIllegalArgumentException().isThrownBy(() -> Probes.forUrl("it", url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://u:p@h/db?sslmode=require&application_name=shop&connect_timeout=5",
        "mysql://u:p@h/db?charset=utf8mb4&parseTime=true",
        "mongodb://u:p@h/db?replicaSet=rs0&retryWrites=true&w=majority&authSource=admin",
        "amqp://u:p@h/v?heartbeat=30",
        "tls://h:443?warn=14d"
      })
  void mayBeThoseOfAnApplicationsOwnUrl(String url) {
    assertThat(Probes.forUrl("it", url).name()).isEqualTo("it");
  }
}
