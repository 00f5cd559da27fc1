package dev.rollcall.server.monitor.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.store.Metric;
import dev.rollcall.server.monitor.store.Service;
import dev.rollcall.server.monitor.store.ServiceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class MonitorJsonTest {
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
            0,
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
                    Map.of(),
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
}
