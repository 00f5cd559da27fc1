package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static dev.rollcall.server.RunningRollcall.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Ended;
import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.CommandHere;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/// What the operator says, and how the program takes it: the configuration file,
/// go-service-healthcheck's environment, services made over the API, and what gets no more than one
/// line.
@Execution(ExecutionMode.CONCURRENT)
class MonitorSettingsIT {
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
  void appliesTheFileOnStartAndOnChangeAndRefusesABadEdit() {
    String one = "services:\n  - {name: one, url: '" + targets.url("/status/200") + "'";
    String two = "  - {name: two, url: '" + targets.url("/status/500") + "', interval: 200ms}\n";
    Plan plan = Plan.in(folder).yaml(one + ", interval: 200ms}\n");
    try (RunningRollcall rollcall = plan.start()) {
      rollcall.firstTick("one");
      long first = rollcall.service("one").get("id").asLong();

      plan.yaml(one + ", interval: 200ms}\n" + two);
      await().atMost(PATIENCE).until(() -> names(rollcall).size() == 2);
      rollcall.firstTick("two");
      assertThat(rollcall.service("one").get("id").asLong()).isEqualTo(first);

      plan.yaml(one + ", interval: -3s}\n");
      await().atMost(PATIENCE).until(() -> rollcall.log().contains("was rejected"));
      assertThat(rollcall.log()).contains("services[0].interval: \"-3s\" is no duration");
      assertThat(names(rollcall)).containsExactly("one", "two");
      int asked = targets.seen("/status/200").arrivals().size();
      await().atMost(PATIENCE).until(() -> targets.seen("/status/200").arrivals().size() > asked);

      plan.yaml("services:\n" + two);
      await().atMost(PATIENCE).until(() -> names(rollcall).equals(List.of("two")));
      assertThat(rollcall.get("/v1/services/" + first).status()).isEqualTo(404);

      plan.yaml("fewer-services: true\n" + one + ", interval: 1h}\n");
      await().atMost(PATIENCE).until(() -> names(rollcall).equals(List.of("one")));
      assertThat(rollcall.service("one").get("id").asLong()).isEqualTo(first);
      assertThat(rollcall.service("one").at("/metric/data/tick_count").asInt()).isGreaterThan(1);
    }
  }

  private static List<String> names(RunningRollcall rollcall) {
    return rollcall.rows("/v1/services").stream()
        .map(row -> row.get("name").stringValue())
        .toList();
  }

  @Test
  void servicesAreMadeChangedAndDeletedOverTheApi() {
    String body =
        "{\"name\":\"made\",\"url\":\"%s\",\"interval\":\"200ms\",\"headers\":{\"X-Key\":\"s3cret\"}}"
            .formatted(targets.url("/set/made"));
    try (RunningRollcall rollcall =
        Plan.in(folder)
            .variable("ROLLCALL_TOKEN", TOKEN)
            .yaml("services: [{name: filed, url: '" + targets.url("/status/200") + "'}]\n")
            .start()) {
      assertThat(rollcall.send("POST", "/v1/services", body, wrongToken()).status()).isEqualTo(401);
      Answer made = rollcall.send("POST", "/v1/services", body, rightToken());
      assertThat(made.status()).isEqualTo(201);
      assertThat(made.json().at("/data/service/data/name").stringValue()).isEqualTo("made");
      assertThat(made.json().toString()).doesNotContain("s3cret");
      long id = made.json().at("/data/service/data/id").asLong();
      rollcall.firstTick("made");
      assertThat(rollcall.get("/v1/services/" + id).json().toString())
          .contains("\"interval\":\"200ms\"")
          .doesNotContain("s3cret");

      // from loopback without a token
      Answer again = rollcall.send("POST", "/v1/services", body);
      assertThat(again.status()).isEqualTo(409);
      assertThat(again.json().get("errors").toString()).contains("name");
      Answer wrong = rollcall.send("POST", "/v1/services", "{\"name\":\"x\",\"url\":\"nonsense\"}");
      assertThat(wrong.status()).isEqualTo(400);
      assertThat(wrong.json().get("errors").get(0).stringValue()).startsWith("url: ");
      assertThat(rollcall.send("POST", "/v1/services", "{").status()).isEqualTo(400);
      assertThat(rollcall.send("POST", "/v1/services", body, "Content-Type", "text/xml").status())
          .isEqualTo(415);

      targets.set(503);
      Answer changed =
          rollcall.send(
              "PATCH", "/v1/services/" + id, "{\"name\":\"renamed\",\"status\":[\"503\"]}");
      assertThat(changed.status()).isEqualTo(200);
      assertThat(changed.json().at("/data/service/data/id").asLong()).isEqualTo(id);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                JsonNode last = rollcall.ticks("renamed").getLast();
                return last.get("http_status").asInt() == 503
                    && last.get("state").stringValue().equals("up");
              });
      assertThat(rollcall.send("PATCH", "/v1/services/" + id, "{\"timeout\":\"never\"}").status())
          .isEqualTo(400);
      assertThat(rollcall.send("PATCH", "/v1/services/" + id, "{}", wrongToken()).status())
          .isEqualTo(401);
      assertThat(rollcall.send("PATCH", "/v1/services/" + id, "{\"name\":\"filed\"}").status())
          .isEqualTo(409);

      long filed = rollcall.service("filed").get("id").asLong();
      assertThat(rollcall.send("DELETE", "/v1/services/" + filed, "").status()).isEqualTo(409);
      assertThat(rollcall.send("DELETE", "/v1/services/" + id, "", wrongToken()).status())
          .isEqualTo(401);
      assertThat(rollcall.send("DELETE", "/v1/services/" + id, "").json())
          .isEqualTo(json("{\"status\":200,\"status_desc\":\"OK\"}"));
      for (String path : List.of("", "/events", "/ticks")) {
        assertThat(rollcall.get("/v1/services/" + id + path).status()).isEqualTo(404);
      }
      assertThat(rollcall.send("DELETE", "/v1/services/" + id, "").status()).isEqualTo(404);
      Answer next = rollcall.send("POST", "/v1/services", body.replace("200ms", "1h"));
      assertThat(next.json().at("/data/service/data/id").asLong()).isGreaterThan(id);
    }
  }

  private static String[] rightToken() {
    return new String[] {"Authorization", "Bearer " + TOKEN};
  }

  private static String[] wrongToken() {
    return new String[] {"Authorization", "Bearer another"};
  }

  @Test
  void readsTheVariablesOfGoServiceHealthcheckFromTheEnvironmentAndFromDotEnv() throws Exception {
    int port = Targets.freePort();
    Plan plan =
        Plan.in(folder)
            .asProcess()
            .file(
                ".env",
                """
                DEBUG=true
                ENV=production
                SERVICE_NAME=go-service-healthcheck

                API_PORT=1
                API_DOMAIN=localhost
                DB_FILE=db.db
                RUNNER_SCRAPE_INTERVAL_SECONDS=1
                RUNNER_HTTP_TIMEOUT_SECONDS=1
                """)
            .variable("API_PORT", Integer.toString(port))
            .onlyFlags("--health-port=0")
            .yaml("services: [{name: hangs, url: '" + targets.url("/hang/env") + "'}]\n");
    try (RunningRollcall rollcall = plan.start()) {
      assertThat(rollcall.port()).isEqualTo(port);
      JsonNode tick = rollcall.firstTick("hangs");
      assertThat(tick.get("reason").stringValue()).contains("timeout").contains("1 s");
      await().atMost(PATIENCE).until(() -> targets.seen("/hang/env").arrivals().size() >= 3);
      List<Long> arrivals = targets.seen("/hang/env").arrivals();
      assertThat(arrivals.get(2) - arrivals.get(1)).isBetween(900L, 2_500L);
      assertThat(folder.resolve("db.db")).isNotEmptyFile();
      for (String line : rollcall.log().lines().toList()) {
        assertThat(json(line).get("service").stringValue()).isEqualTo("go-service-healthcheck");
      }
      assertThat(rollcall.log()).contains("\"level\":\"DEBUG\"");
    }
  }

  @Test
  void aBadValueIsOneLineThatNamesItsKey() {
    badValues(
        Map.of(
            "API_PORT", "ninety",
            "RUNNER_SCRAPE_INTERVAL_SECONDS", "0",
            "RUNNER_HTTP_TIMEOUT_SECONDS", "soon",
            "DEBUG", "perhaps",
            "DB_FILE", "mysql://localhost/db"));
    badValues(Map.of("API_PORT", "70000", "RUNNER_SCRAPE_INTERVAL_SECONDS", "-1"));
    badValues(Map.of("API_PORT", "ninety"));
  }

  private void badValues(Map<String, String> values) {
    CommandHere ended = CommandHere.run(folder, values, "serve");
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.said().lines()).hasSameSizeAs(values.keySet());
    for (String key : values.keySet()) {
      assertThat(ended.said().lines()).filteredOn(line -> line.contains(key)).hasSize(1);
    }
    assertThat(folder.resolve("rollcall-data")).doesNotExist();
  }

  @Test
  void aPortThatIsTakenIsOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      String port = Integer.toString(taken.getLocalPort());
      trouble(Plan.in(folder).onlyFlags("--port=" + port, "--health-port=0"), port);
      trouble(Plan.in(folder).onlyFlags("--port=0", "--health-port=" + port), port);
    }
  }

  @Test
  void aDataFolderThatCannotBeWrittenIsOneLine() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    trouble(Plan.in(folder).flags("--data=file"), file.toString());
    trouble("--data=file/below", file.toString());
    // Writable for nobody, root included.
    trouble("--data=/proc/rollcall", "/proc/rollcall");
    trouble("--database=/proc/rollcall/a.db", "/proc/rollcall");
  }

  @Test
  void aDatabaseThatIsInUseOrOfANewerSchemaIsOneLine() throws Exception {
    Plan plan = Plan.in(folder);
    try (RunningRollcall rollcall = plan.start()) {
      trouble(plan, "in use by another Rollcall");
      assertThat(rollcall.stop()).isZero();
    }
    Path file = folder.resolve("rollcall-data/rollcall.db");
    try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = database.createStatement()) {
      statement.execute(
          "INSERT INTO flyway_schema_history SELECT 99, '99', 'newer', type, script, checksum,"
              + " installed_by, installed_on, execution_time, success"
              + " FROM flyway_schema_history LIMIT 1");
      statement.execute("UPDATE schema_needs SET version = 99");
    }
    trouble(plan, "newer Rollcall");
  }

  @Test
  void theOperatorCommandMakesNoDatabase() {
    CommandHere ended = CommandHere.run(folder, Map.of(), "operator");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.said()).contains("there is no database in ").contains("give --data");
    assertThat(folder.resolve("rollcall-data")).doesNotExist();
  }

  private static void trouble(Plan plan, String words) {
    Ended ended = plan.refused();
    trouble(ended.status(), ended.said(), words);
  }

  private void trouble(String flag, String words) {
    CommandHere ended =
        CommandHere.run(folder, Map.of(), "serve", "--port=0", "--health-port=0", flag);
    trouble(ended.status(), ended.said(), words);
  }

  private static void trouble(int status, String said, String words) {
    assertThat(said.lines()).singleElement().asString().contains(words);
    assertThat(said).doesNotContain("\tat ");
    assertThat(status).isEqualTo(1);
  }

  @Test
  void endsInOrderWithinTenSecondsWhileChecksHang() throws Exception {
    StringBuilder yaml = new StringBuilder("services:\n");
    for (int i = 0; i < 50; i++) {
      yaml.append("  - {name: h%d, url: '%s'}\n".formatted(i, targets.url("/hang/" + i)));
    }
    try (RunningRollcall rollcall = Plan.in(folder).yaml(yaml.toString()).start()) {
      await().atMost(PATIENCE).until(() -> targets.seen("/hang/49").arrivals().size() == 1);
      assertThat(rollcall.stop()).isZero();
      assertThat(rollcall.log().lines().toList().getLast()).endsWith("stopped");
      assertThat(rollcall.log()).doesNotContain("WARN", "ERROR");
    }
  }
}
