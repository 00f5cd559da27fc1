package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// An incident is told to a real Postfix and a real Alertmanager.
class RealReceiversIT {
  @TempDir Path folder;

  private static JsonNode delivery(RunningRollcall rollcall, String channel) {
    return rollcall
        .get("/v1/deliveries?channel=" + channel)
        .json()
        .at("/data/deliveries/data")
        .valueStream()
        .min(Comparator.comparing(row -> row.get("id").asLong()))
        .orElseThrow();
  }

  private static void awaitState(RunningRollcall rollcall, String channel, String state) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode row = delivery(rollcall, channel);
              assertThat(row.get("attempts").asInt()).as("%s", row).isPositive();
              assertThat(row.get("state").stringValue()).as("%s", row).isEqualTo(state);
            });
  }

  private static String header(String mail, String name) {
    return mail.lines()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst()
        .orElse("");
  }

  @Test
  void tellThemThatAServiceIsDownAndThatItIsBack() throws Exception {
    SelfSigned certificate = SelfSigned.in(folder, 5);
    try (Targets targets = new Targets();
        Postfix postfix = new Postfix(folder, folder.resolve("self-signed.p12"));
        AlertmanagerProcess alertmanager = new AlertmanagerProcess(folder);
        RunningRollcall rollcall =
            Plan.in(folder)
                .asProcess()
                .variable(
                    "JAVA_TOOL_OPTIONS",
                    "-Djavax.net.ssl.trustStore=%s -Djavax.net.ssl.trustStorePassword=changeit"
                        .formatted(certificate.authorities()))
                .yaml(
                    """
                    incidents: {together: 100ms}
                    channels:
                      - {name: am, type: alertmanager, url: ['%1$s', 'http://127.0.0.1:1']}
                      - {name: ops, type: mail, host: 127.0.0.1, port: %2$d, from: r@example.org,
                         to: ops@example.org}
                      - {name: gone, type: mail, host: 127.0.0.1, port: %2$d, from: r@example.org,
                         to: gone@example.org}
                      - {name: full, type: mail, host: 127.0.0.1, port: %2$d, from: r@example.org,
                         to: full@example.org}
                      - {name: queue, type: mail, host: 127.0.0.1, port: %3$d, from: r@example.org,
                         to: ops@example.org}
                      - {name: clear, type: mail, host: 127.0.0.1, port: %2$d, starttls: never,
                         from: r@example.org, to: ops@example.org}
                    services:
                      - {name: 'shop <b>ü', url: '%4$s', interval: 200ms}
                    """
                        .formatted(
                            alertmanager.url(),
                            postfix.port(),
                            postfix.portWithoutSpace(),
                            targets.url("/set/shop")))
                .start()) {
      targets.set(503);
      await().atMost(PATIENCE).until(() -> alertmanager.alerts().size() == 1);
      JsonNode alert = alertmanager.alerts().get(0);
      assertThat(alert.at("/labels/name").stringValue()).isEqualTo("shop <b>ü");
      assertThat(alert.at("/annotations/summary").stringValue()).isEqualTo("Down: shop <b>ü");
      assertThat(alert.at("/status/state").stringValue()).isEqualTo("active");
      assertThat(Instant.parse(alert.get("endsAt").stringValue()))
          .isAfter(Instant.now().plus(Duration.ofDays(7)));

      awaitState(rollcall, "ops", "delivered");
      await().atMost(PATIENCE).until(() -> postfix.mails().size() == 1);
      awaitState(rollcall, "gone", "failed");
      awaitState(rollcall, "full", "pending");
      awaitState(rollcall, "queue", "pending");
      awaitState(rollcall, "clear", "failed");
      assertThat(delivery(rollcall, "gone").get("last_error").stringValue())
          .contains("550 5.1.1", "no such mailbox");
      assertThat(delivery(rollcall, "full").get("last_error").stringValue())
          .contains("452 4.2.2", "mailbox is full");
      assertThat(delivery(rollcall, "queue").get("last_error").stringValue())
          .contains("452 4.3.1 Insufficient system storage");
      assertThat(delivery(rollcall, "clear").get("last_error").stringValue())
          .contains("530 5.7.0 Must issue a STARTTLS command first");

      targets.set(200);
      await().atMost(PATIENCE).until(() -> alertmanager.alerts().isEmpty());
      await().atMost(PATIENCE).until(() -> postfix.mails().size() == 2);
      List<String> mails =
          postfix.mails().stream()
              .sorted(Comparator.comparing(mail -> !header(mail, "In-Reply-To").isEmpty()))
              .toList();
      String began = mails.getFirst();
      String ended = mails.getLast();
      assertThat(began)
          .contains(
              "using TLSv1.3",
              "Delivered-To: ops@example.org",
              "Auto-Submitted: auto-generated",
              "X-Auto-Response-Suppress: All",
              "Why: status 503 (expected below 400)",
              "Content-Type: text/html",
              "shop &lt;b&gt;");
      assertThat(header(ended, "In-Reply-To"))
          .isEqualTo(header(began, "Message-ID"))
          .isEqualTo(header(ended, "References"));
    }
  }
}
