package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static dev.rollcall.server.RunningRollcall.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Ended;
import dev.rollcall.server.RunningRollcall.Plan;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/// What follows from a change of the configuration file, or of a service, while the program runs.
@Execution(ExecutionMode.CONCURRENT)
class MonitorChangesIT {
  @TempDir Path folder;

  private static List<String> names(RunningRollcall rollcall) {
    return rollcall.rows("/v1/services").stream()
        .map(row -> row.get("name").stringValue())
        .sorted()
        .toList();
  }

  private static String page(RunningRollcall rollcall, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + rollcall.port() + path);
      HttpRequest request = HttpRequest.newBuilder(uri).header("Accept", "text/html").build();
      return client.send(request, BodyHandlers.ofString()).body();
    }
  }

  private static void refused(RunningRollcall rollcall, String reason) throws Exception {
    await().atMost(PATIENCE).until(() -> rollcall.health("/ready").body().contains(reason));
    assertThat(rollcall.health("/ready").statusCode()).isEqualTo(200);
    JsonNode ready = json(rollcall.health("/ready").body());
    assertThat(ready.get("status").stringValue()).isEqualTo("ready");
    assertThat(ready.at("/reasons/configuration").stringValue()).contains(reason);
    assertThat(rollcall.health("/metrics").body()).contains("rollcall_configuration_refused 1.0");
    assertThat(page(rollcall, "/")).contains("rollcall.yaml was rejected");
    assertThat(page(rollcall, "/heartbeats")).contains("rollcall.yaml was rejected");
    assertThat(names(rollcall)).containsExactly("one", "three", "two");
  }

  private static void heeded(RunningRollcall rollcall) throws Exception {
    await()
        .atMost(PATIENCE)
        .until(() -> rollcall.health("/ready").body().equals("{\"status\":\"ready\"}"));
    assertThat(rollcall.health("/metrics").body()).contains("rollcall_configuration_refused 0.0");
    assertThat(page(rollcall, "/")).doesNotContain("refused");
  }

  @Test
  void aFileThatIsRefusedIsToldEverywhereUntilItIsRight() throws Exception {
    try (Targets targets = new Targets()) {
      String one = "  - {name: one, url: '" + targets.url("/status/200") + "', interval: 1s}\n";
      String all = "services:\n" + one + one.replace("one", "two") + one.replace("one", "three");
      Plan plan = Plan.in(folder).yaml(all);
      try (RunningRollcall rollcall = plan.start()) {
        heeded(rollcall);
        Files.delete(folder.resolve("rollcall.yaml"));
        await()
            .atMost(PATIENCE)
            .until(() -> rollcall.health("/ready").body().contains("no longer exists"));
        plan.yaml("");
        refused(rollcall, "rollcall.yaml is empty: restore it");
        assertThat(rollcall.log()).doesNotContain("was read again");
        plan.yaml(all);
        heeded(rollcall);
        plan.yaml(all + "porte: 1\n");
        refused(rollcall, "porte: unknown key, did you mean port?");
        plan.yaml("services:\n" + one);
        refused(rollcall, "2 services, more than half, would be removed");
        assertThat(rollcall.stop()).isZero();
      }
      try (RunningRollcall again = plan.start()) {
        assertThat(again.log()).contains("started with 3 services");
        refused(again, "2 services, more than half, would be removed");
        plan.yaml("fewer-services: true\nservices:\n" + one);
        heeded(again);
        assertThat(names(again)).containsExactly("one");
      }
    }
  }

  @Test
  void doesNotStartOnDefaultsWhereTheFileOfItsServicesGivesNothing() throws Exception {
    Plan plan =
        Plan.in(folder).yaml("services: [{name: one, url: 'tcp://127.0.0.1:9', interval: 1d}]");
    try (RunningRollcall rollcall = plan.start()) {
      assertThat(names(rollcall)).containsExactly("one");
      assertThat(rollcall.stop()).isZero();
    }
    String remedy =
        ", but the database has services or heartbeats of a configuration file (1): restore the"
            + " file, or set fewer-services: true (--fewer-services) if this is intended";
    Ended empty = plan.yaml("# nothing\n").refused();
    assertThat(empty.status()).isEqualTo(1);
    assertThat(empty.said()).contains("rollcall: rollcall.yaml is empty" + remedy);
    Files.delete(folder.resolve("rollcall.yaml"));
    Ended gone = plan.refused();
    assertThat(gone.status()).isEqualTo(1);
    assertThat(gone.said()).contains("rollcall: rollcall.yaml does not exist" + remedy);
    try (RunningRollcall meant = plan.flags("--fewer-services").start()) {
      assertThat(names(meant)).isEmpty();
    }
  }

  @Test
  void offersToAskAServerItselfWhereItsPortIsAskedForAConnectionAlone() throws Exception {
    String offer = "tcp://127.0.0.1:6379 only opens a connection: redis://127.0.0.1,";
    try (RunningRollcall rollcall =
        Plan.in(folder)
            .yaml("services: [{name: cache, url: 'tcp://127.0.0.1:6379', interval: 1d}]")
            .start()) {
      await().atMost(PATIENCE).until(() -> rollcall.log().contains("service cache: " + offer));
      String body = "{\"name\":\"other\",\"url\":\"%s\",\"interval\":\"1d\"}";
      String made =
          rollcall
              .send("POST", "/v1/services", body.formatted("tcp://127.0.0.1:6379"))
              .json()
              .toString();
      assertThat(made).contains("\"hint\":\"" + offer);
      String path = "/v1/services/" + rollcall.service("other").get("id").asLong();
      assertThat(rollcall.send("GET", path, "").json().toString()).doesNotContain("hint");
      String changed = body.formatted("redis://127.0.0.1");
      assertThat(rollcall.send("PATCH", path, changed).json().toString()).doesNotContain("hint");
    }
  }

  @Test
  void aServiceLeavesNoSeriesUnderANameItHadBefore() throws Exception {
    try (Targets targets = new Targets();
        RunningRollcall rollcall = Plan.in(folder).start()) {
      String url = targets.url("/status/200");
      String body = "{\"name\":\"before\",\"url\":\"" + url + "\",\"interval\":\"200ms\"}";
      assertThat(rollcall.send("POST", "/v1/services", body).status()).isEqualTo(201);
      await()
          .atMost(PATIENCE)
          .until(() -> rollcall.health("/metrics").body().contains("service=\"before\""));
      long id = rollcall.service("before").get("id").asLong();
      String path = "/v1/services/" + id;
      assertThat(rollcall.send("PATCH", path, "{\"name\":\"after\"}").status()).isEqualTo(200);
      await()
          .atMost(PATIENCE)
          .until(() -> rollcall.health("/metrics").body().contains("service=\"after\""));
      await()
          .atMost(PATIENCE)
          .until(() -> !rollcall.health("/metrics").body().contains("service=\"before\""));
      assertThat(rollcall.health("/metrics").body()).contains("service=\"after\"");
      assertThat(rollcall.send("DELETE", path, "").status()).isBetween(200, 204);
      await()
          .atMost(PATIENCE)
          .until(() -> !rollcall.health("/metrics").body().contains("service=\"after\""));
    }
  }
}
