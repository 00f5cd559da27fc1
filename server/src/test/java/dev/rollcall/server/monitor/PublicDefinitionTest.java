package dev.rollcall.server.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.http.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class PublicDefinitionTest {
  @ParameterizedTest
  @CsvSource({
    "https://h.example/a/b?key=secret,https://h.example/a/b",
    "https://h.example:8443?secret#x,https://h.example:8443",
    "https://h.example/a#secret,https://h.example/a",
    "tls://h.example:443?warn=14d,tls://h.example:443",
    "tcp://h.example:5432,tcp://h.example:5432",
    "unix:///run/docker.sock,unix:///run/docker.sock"
  })
  void showsAUrlWithoutItsQuery(String url, String shown) {
    assertThat(PublicDefinition.url(url)).isEqualTo(shown);
  }

  @Test
  void showsNothingOfADefinitionThatIsNotKnownToBePublic() {
    String definition =
        "{\"name\":\"a\",\"url\":\"https://h/?key=secret\",\"interval\":\"15s\",\"user\":\"secret\","
            + "\"password\":\"secret\",\"headers\":{\"X-Key\":\"secret\"},\"body\":\"secret\","
            + "\"tls\":{\"verify\":false,\"ca\":\"/secret\",\"name\":\"n\"},\"later\":\"secret\","
            + "\"more\":[\"secret\"]}";
    Service service =
        new Service(
            7,
            "a",
            "https://h/?key=secret",
            Service.Origin.API,
            Instant.ofEpochSecond(1),
            Instant.ofEpochSecond(2));
    ServiceStatus status =
        new ServiceStatus(
            service,
            new Metric(1, 0, 1, 0, 5),
            Optional.of(
                new Event(
                    3,
                    Event.Kind.DOWNTIME,
                    Optional.of("refused"),
                    Instant.ofEpochSecond(5),
                    Optional.empty(),
                    Instant.ofEpochSecond(5),
                    Instant.ofEpochSecond(5))),
            Optional.of(State.DOWN),
            Optional.of(Duration.ofMillis(5)),
            Optional.empty(),
            Optional.empty());
    String text =
        Json.text(
            json ->
                MonitorJson.whole(
                    json,
                    status,
                    (ObjectNode) new JsonMapper().readTree(definition),
                    Optional.empty(),
                    false,
                    Optional.empty()));
    assertThat(text).doesNotContain("secret");
    JsonNode shown = new JsonMapper().readTree(text);
    assertThat(shown.path("url").stringValue()).isEqualTo("https://h/");
    assertThat(shown.path("interval").stringValue()).isEqualTo("15s");
    assertThat(shown.path("headers").toString()).isEqualTo("{\"X-Key\":\"***\"}");
    assertThat(shown.path("tls").toString())
        .isEqualTo("{\"verify\":false,\"ca\":\"***\",\"name\":\"n\"}");
    assertThat(shown.path("state").stringValue()).isEqualTo("down");
    assertThat(shown.path("since").intValue()).isEqualTo(5);
    assertThat(shown.path("reason").stringValue()).isEqualTo("refused");
    assertThat(shown.path("last_response_time_ms").intValue()).isEqualTo(5);
    assertThat(shown.path("current_status").path("reason").stringValue()).isEqualTo("refused");
  }

  /// A new key fails here until it is in one of the lists.
  @Test
  void everyKeyIsPublicOrHiddenByDecision() {
    List<String> shown =
        List.of(
            "interval",
            "timeout",
            "method",
            "status",
            "contains",
            "json",
            "redirects",
            "keep-alive",
            "expect");
    List<String> hidden = List.of("headers", "user", "password", "body", "tls", "send");
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
