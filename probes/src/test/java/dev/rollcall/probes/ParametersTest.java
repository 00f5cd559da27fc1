package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
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
