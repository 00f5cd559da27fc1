package dev.rollcall.server.monitor.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.ServerUrl;
import dev.rollcall.server.config.Mistakes;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ReferencedSecretsTest {
  private static final String DEFINITION =
      """
      {
        "name": "shop",
        "url": "https://s3cret-host.example/p%40th?key=k3y",
        "headers": {"X-Key": "k3y", "Accept": "text/html"},
        "tls": {"verify": false, "ca": "/etc/ca.pem"},
        "brought": {
          "texts": ["https://s3cret-host.example/p%40th", "k3y"],
          "shown": {"url": "***?key=***", "headers": {"X-Key": "***"}}
        }
      }
      """;

  @Test
  void hidesTheFieldsWithValuesOfReferencesAndNoOthers() {
    ObjectNode hidden = ReferencedSecrets.hidden(tree(DEFINITION));
    assertThat(hidden)
        .isEqualTo(
            tree(
                """
                {
                  "name": "shop",
                  "url": "***?key=***",
                  "headers": {"X-Key": "***", "Accept": "text/html"},
                  "tls": {"verify": false, "ca": "/etc/ca.pem"}
                }
                """));
    ObjectNode plain = tree("{\"name\": \"a\", \"url\": \"http://h\"}");
    assertThat(ReferencedSecrets.hidden(plain)).isEqualTo(plain);
    assertThat(ReferencedSecrets.stored(plain).isNothing()).isTrue();
    assertThat(ReferencedSecrets.stored(plain).url("http://h")).isEqualTo("http://h");
  }

  @ParameterizedTest
  @CsvSource({
    "connect: refused by s3cret-host.example:443, connect: refused by ***:443",
    "connect: refused by S3CRET-HOST.EXAMPLE,     connect: refused by S3CRET-HOST.EXAMPLE",
    "404 for /p%40th,                             404 for /***",
    "404 for /p@th,                               404 for /***",
    "the key 'k3y' is unknown,                    the key '***' is unknown",
    "DNS: no such host,                           DNS: no such host"
  })
  void hidesThePartsOfAUrlInReasons(String reason, String shown) throws Exception {
    Probe failing =
        Probe.of(
            "it",
            _ -> {
              throw new ProbeFailure(reason);
            });
    Probe hiding = ReferencedSecrets.stored(tree(DEFINITION)).secrets().hidden(failing);
    assertThat(reason(hiding)).isEqualTo(shown);
  }

  @Test
  void hidesTheValuesInMistakes() {
    Mistakes mistakes = new Mistakes();
    ReferencedSecrets.stored(tree(DEFINITION)).hideIn(mistakes);
    mistakes.add("headers", "\"k3y\" is no header name");
    assertThat(mistakes.lines()).containsExactly("headers: \"***\" is no header name");
  }

  @Test
  void hidesThePasswordOfAUrlInItsText() {
    assertThat(ServerUrl.of("postgres://app:s3cret@h/shop?x=y").toString())
        .isEqualTo("postgres://h/shop");
  }

  private static String reason(Probe probe) throws Exception {
    try {
      probe.check(Attempt.within(Duration.ofSeconds(1)));
      throw new AssertionError("did not fail");
    } catch (ProbeFailure e) {
      return e.reason();
    }
  }

  private static ObjectNode tree(String json) {
    return (ObjectNode) new JsonMapper().readTree(json);
  }
}
