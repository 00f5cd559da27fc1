package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.CommandHere;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/// What `${NAME}` and `${file:/path}` bring into a service is asked with, and shown to nobody.
@Execution(ExecutionMode.CONCURRENT)
class MonitorReferencesIT {
  private static final String TOKEN = "0123456789abcdef";

  @TempDir Path folder;

  private Targets targets;

  @BeforeEach
  void start() throws IOException {
    targets = new Targets();
  }

  @AfterEach
  void stop() throws IOException {
    targets.close();
  }

  @Test
  void nobodyIsShownWhatTheyBring() {
    String secret = "geheim-" + "0123456789".repeat(30);
    String found = targets.url("/status/200");
    Plan plan =
        Plan.in(folder)
            .file("token", "geheim-im-file\n")
            .variable("API", secret)
            .variable("KURZ", "abc")
            .variable("WORD", "geheim-word")
            .variable("CODE", "200")
            .variable("WHOLE", targets.url("/status/200/geheim-path?q=geheim-query"))
            .asProcess()
            .variable("ROLLCALL_LOG_LEVEL", "debug")
            .variable("ROLLCALL_LOG_ACCESS", "true")
            .variable("ROLLCALL_TOKEN", TOKEN)
            .yaml(
                """
                services:
                  - {name: contains, url: '%s', interval: 1s, contains: "Bearer ${API}x"}
                  - {name: word, url: '%s', interval: 1s, contains: "Bearer ${WORD}x", headers: {Accept: "${WORD}", name: "${WORD}"}}
                  - {name: json, url: '%s', interval: 1s, status: "${CODE}", json: {path: "$.${WORD}", value: "${file:token}"}}
                  - {name: short, url: '%s', interval: 1s, contains: "${KURZ}", body: "${KURZ}"}
                  - {name: path, url: 'http://${WORD}.invalid/${WORD}?a=${API}', interval: 1s}
                  - {name: whole, url: '${WHOLE}', interval: 1s, user: '${WORD}', password: x}
                  - {name: expect, url: 'tcp://%s', interval: 1s, send: "GET / HTTP/1.0\\r\\n\\r\\n", expect: "${WORD}"}
                """
                    .formatted(
                        found, found, found, found, found.replaceFirst("http://([^/]+)/.*", "$1")));
    try (RunningRollcall rollcall = plan.start()) {
      List<String> names = List.of("contains", "word", "json", "short", "path", "whole", "expect");
      names.forEach(rollcall::firstTick);
      assertThat(targets.seen("/status/200/geheim-path").arrivals()).isNotEmpty();
      assertThat(reason(rollcall, "word")).contains("Bearer ***x");
      assertThat(reason(rollcall, "json")).isNotEmpty();
      assertThat(reason(rollcall, "path")).contains("DNS").contains("***.invalid");
      assertThat(reason(rollcall, "expect")).contains("\"***\"");
      JsonNode word = one(rollcall, "word");
      assertThat(word.get("contains").stringValue()).isEqualTo("Bearer ***x");
      assertThat(one(rollcall, "json").toString())
          .contains("\"status\":\"200\"", "\"value\":\"***\"", "\"path\":\"$.***\"");
      assertThat(one(rollcall, "short").get("contains").stringValue()).isEqualTo("***");
      assertThat(one(rollcall, "path").get("url").stringValue())
          .isEqualTo("http://***.invalid/***");
      assertThat(one(rollcall, "whole").get("url").stringValue()).isEqualTo("***");
      for (String name : names) {
        String path = "/v1/services/" + rollcall.service(name).get("id").asLong();
        for (String shown :
            List.of(
                rollcall.get(path).json().toString(),
                rollcall
                    .send("GET", path, "", "Authorization", "Bearer " + TOKEN)
                    .json()
                    .toString(),
                rollcall.get(path + "/events").json().toString(),
                rollcall.get(path + "/ticks").json().toString())) {
          assertThat(shown).doesNotContain("geheim", "brought").doesNotContain("abc");
        }
      }
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(rollcall.page("/")).contains("***"));
      assertThat(rollcall.page("/")).doesNotContain("geheim");
      assertThat(rollcall.get("/v1/services").json().toString()).doesNotContain("geheim");
      assertThat(rollcall.log()).doesNotContain("geheim");
    }
  }

  /// At three in the morning: nobody else's checks end for it.
  @Test
  void aServiceWhoseFileIsGoneIsUnknownAndAllOthersAreAsked() throws Exception {
    String yaml =
        """
        services:
          - {name: ok, url: '%s', interval: 200ms}
          - {name: gone, url: '%s', interval: 200ms, tls: {ca: gone.pem}}
        """
            .formatted(
                targets.url("/status/200"), targets.url("/status/200").replace("http:", "https:"));
    Plan plan = Plan.in(folder).yaml(yaml);
    try (RunningRollcall rollcall = plan.start()) {
      rollcall.firstTick("ok");
      rollcall.firstTick("gone");
      JsonNode gone = rollcall.service("gone");
      assertThat(gone.get("state").stringValue()).isEqualTo("unknown");
      assertThat(gone.get("reason").stringValue()).isEqualTo("tls.ca gone.pem: no such file");
      assertThat(gone.get("since").asLong()).isPositive();
      assertThat(rollcall.service("ok").has("reason")).isFalse();
      assertThat(rollcall.service("ok").get("state").stringValue()).isEqualTo("up");
      await()
          .atMost(PATIENCE)
          .until(() -> rollcall.log().contains("gone is unknown: tls.ca gone.pem: no such file"));
    }
    CommandHere checked = check("ok");
    assertThat(checked.said()).contains("ok (" + targets.url("/status/200") + ") is up");
    assertThat(checked.status()).isZero();
    plan.yaml(yaml + "  - {name: third, url: '${NOT_SET}', intervall: 1s}\n");
    assertThat(check("ok").status()).isZero();
    assertThat(check("third").said())
        .contains("${NOT_SET} is not set", "intervall: unknown key")
        .doesNotContain("gone.pem");
  }

  private CommandHere check(String service) {
    return CommandHere.run(folder, Map.of(), "check", "--service", service);
  }

  private static JsonNode one(RunningRollcall rollcall, String name) {
    return rollcall
        .get("/v1/services/" + rollcall.service(name).get("id").asLong())
        .json()
        .at("/data/service/data");
  }

  private static String reason(RunningRollcall rollcall, String name) {
    return rollcall.service(name).path("reason").asString("");
  }
}
