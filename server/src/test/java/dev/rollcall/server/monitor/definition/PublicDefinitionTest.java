package dev.rollcall.server.monitor.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublicDefinitionTest {
  @ParameterizedTest
  @CsvSource({
    "https://h.example/a/b?key=secret,https://h.example/a/b",
    "https://h.example:8443?secret#x,https://h.example:8443",
    "https://h.example/a#secret,https://h.example/a",
    "tls://h.example:443?warn=14d,tls://h.example:443",
    "tcp://h.example:5432,tcp://h.example:5432",
    "ping://h.example?count=10,ping://h.example",
    "unix:///run/docker.sock,unix:///run/docker.sock"
  })
  void showsAUrlWithoutItsQuery(String url, String shown) {
    assertThat(PublicDefinition.url(url)).isEqualTo(shown);
  }

  /// A new key fails here until it is in one of the lists.
  @Test
  void everyKeyIsPublicOrHiddenByDecision() {
    List<String> shown =
        List.of(
            "interval",
            "timeout",
            "slow",
            "certificate-warning",
            "trace",
            "method",
            "status",
            "contains",
            "json",
            "redirects",
            "keep-alive",
            "expect");
    List<String> hidden =
        List.of(
            "headers",
            "user",
            "password",
            "body",
            "tls",
            "send",
            "confirm",
            "confirm-interval",
            "recover",
            "tags",
            "group",
            "severity",
            "runbook",
            "depends-on",
            "notify");
    List<String> inTheRow = List.of("name", "url");
    assertThat(ServiceKeys.ALL)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(shown, hidden, inTheRow).flatMap(List::stream).toList());
    assertThat(ServiceKeys.ALL).filteredOn(PublicDefinition::shows).hasSameElementsAs(shown);
    assertThat(ServiceKeys.OF_TLS).containsExactlyInAnyOrder("verify", "name", "ca", "cert", "key");
    assertThat(ServiceKeys.OF_TLS)
        .filteredOn(PublicDefinition::showsOfTls)
        .containsExactlyInAnyOrder("verify", "name");
  }

  @ParameterizedTest
  @CsvSource({
    "http://h/a?b=c,                          http://h/a?b=c",
    "http://h/a?b=c&token=d&e=f#g,            http://h/a?b=c&token=***&e=f#g",
    "http://h/a?api_KEY=d&apikey=1,           http://h/a?api_KEY=***&apikey=***",
    "http://h/a?d3adb33f,                     http://h/a?***",
    "postgresql://user:pass@h/db?sslmode=no,  postgresql://user:***@h/db?sslmode=no",
    "http://h/a:b@c?d=e,                      http://h/a:b@c?d=e"
  })
  void showsTheOperatorAQueryWithoutWhatIsSecret(String url, String shown) {
    assertThat(OperatorDefinition.url(url)).isEqualTo(shown);
  }

  @Test
  void showsTheOperatorHeadersThatOpenNoDoor() {
    assertThat(OperatorDefinition.shows("headers", "User-Agent")).isTrue();
    assertThat(OperatorDefinition.shows("headers", "X-Key")).isFalse();
    assertThat(OperatorDefinition.shows("password")).isFalse();
    assertThat(OperatorDefinition.shows("body")).isFalse();
    assertThat(OperatorDefinition.shows("user")).isTrue();
  }
}
