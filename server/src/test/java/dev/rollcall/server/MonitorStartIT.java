package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static dev.rollcall.server.RunningRollcall.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Ended;
import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.MigratedPostgres;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.sql.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/// A start: what is there from the first answer on, and what is done while the database is not
/// there yet. Needs root (mount).
@Execution(ExecutionMode.CONCURRENT)
class MonitorStartIT {
  @TempDir Path folder;

  private static String through(String database, Wire wire) {
    return database.replaceFirst("127.0.0.1:\\d+", "127.0.0.1:" + wire.port());
  }

  private static String url(int port, String user, String database) {
    return "postgresql://" + user + ":postgres@127.0.0.1:" + port + "/" + database;
  }

  private static String services(Targets targets, String path) {
    return """
    services:
      - {name: one, url: '%s', interval: 200ms}
      - {name: two, url: '%s', interval: 200ms}
    """
        .formatted(targets.url("/set/" + path), targets.url("/two/" + path));
  }

  /// Asked for all the time, from before it listens.
  @Test
  void theFirstAnswerTellsAllServicesOfTheFile() throws Exception {
    StringBuilder yaml = new StringBuilder("services:\n");
    for (int i = 0; i < 2_000; i++) {
      yaml.append("  - {name: s%d, url: 'tcp://127.0.0.1:1', interval: 1h}\n".formatted(i));
    }
    int port = Targets.freePort();
    CompletableFuture<JsonNode> first = CompletableFuture.supplyAsync(() -> firstAnswer(port));
    Plan plan =
        Plan.in(folder).onlyFlags("--port=" + port, "--health-port=0").yaml(yaml.toString());
    try (RunningRollcall rollcall = plan.start()) {
      assertThat(rollcall.port()).isEqualTo(port);
      assertThat(first.get().at("/data/services/pagination/total").asInt()).isEqualTo(2_000);
    }
  }

  private static JsonNode firstAnswer(int port) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        OutputStream out = socket.getOutputStream();
        out.write(
            "GET /v1/services?limit=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        if (!answer.isEmpty()) {
          return json(answer.substring(answer.indexOf('{'), answer.lastIndexOf('}') + 1));
        }
      } catch (IOException e) {
        Thread.onSpinWait(); // nobody listens yet
      }
    }
    throw new AssertionError("no answer");
  }

  @Test
  void checksBeginWhileTheDiskIsFullAndAreWrittenOnceThereIsRoom() throws Exception {
    try (SmallDisk disk = SmallDisk.on(folder.resolve("disk"), "4m");
        Targets targets = new Targets()) {
      disk.fill();
      try (RunningRollcall rollcall =
          Plan.in(folder)
              .asProcess()
              .flags("--data=disk")
              .yaml(services(targets, "disk"))
              .start()) {
        goesOnWithoutTheDatabase(rollcall, targets, "disk", "full|No space");
        Instant before = Instant.now();
        disk.empty();
        isWrittenOnceItIsThere(rollcall, targets, "disk", before);
        assertThat(rollcall.stop()).isZero();
      }
    }
  }

  @Test
  void checksBeginWhilePostgresIsAway() throws Exception {
    String database = TestDatabases.freshUrl();
    try (Wire wire = new Wire(TestDatabases.postgresPort());
        Targets targets = new Targets()) {
      wire.cut();
      try (RunningRollcall rollcall =
          Plan.in(folder)
              .asProcess()
              .variable("ROLLCALL_DATABASE", through(database, wire))
              .yaml(services(targets, "away"))
              .start()) {
        goesOnWithoutTheDatabase(rollcall, targets, "away", "127.0.0.1");
        Instant before = Instant.now();
        wire.mend();
        isWrittenOnceItIsThere(rollcall, targets, "away", before);

        // The same with services that it knows, one of which has changed meanwhile.
        assertThat(rollcall.stop()).isZero();
        wire.cut();
        targets.set(500);
        try (RunningRollcall again = rollcall.again()) {
          goesOnWithoutTheDatabase(again, targets, "away", "127.0.0.1");
          Instant since = Instant.now();
          wire.mend();
          isWrittenOnceItIsThere(again, targets, "away", since);
          await()
              .atMost(PATIENCE)
              .until(
                  () ->
                      again
                          .service("one")
                          .at("/current_status/event")
                          .stringValue()
                          .equals("downtime"));
          assertThat(again.rows("/v1/services/" + again.service("one").get("id") + "/events"))
              .hasSize(2);
        }
      }
    }
  }

  @Test
  void checksBeginWhilePostgresSaysNothing() throws Exception {
    String database = MigratedPostgres.freshUrl();
    try (Wire wire = new Wire(TestDatabases.postgresPort());
        Targets targets = new Targets()) {
      wire.stall();
      try (RunningRollcall rollcall =
          Plan.in(folder)
              .asProcess()
              .variable("ROLLCALL_DATABASE", through(database, wire))
              .yaml(services(targets, "silent"))
              .start()) {
        goesOnWithoutTheDatabase(rollcall, targets, "silent", "database postgresql");
        Instant before = Instant.now();
        wire.mend();
        isWrittenOnceItIsThere(rollcall, targets, "silent", before);
      }
    }
  }

  private static void goesOnWithoutTheDatabase(
      RunningRollcall rollcall, Targets targets, String path, String reason) {
    int asked = targets.seen("/set/" + path).arrivals().size();
    await()
        .atMost(PATIENCE)
        .until(() -> targets.seen("/set/" + path).arrivals().size() > asked + 10);
    assertThat(rollcall.get("/v1/services").status()).isEqualTo(503);
    assertThat(rollcall.get("/ping?name=job&frequency=1m").status()).isEqualTo(503);
    assertThat(rollcall.health("/health").statusCode()).isEqualTo(200);
    assertThat(rollcall.health("/ready").statusCode()).isEqualTo(503);
    assertThat(json(rollcall.health("/ready").body()).at("/reasons/database").stringValue())
        .containsPattern(reason);
    assertThat(rollcall.health("/metrics").body())
        .contains("rollcall_service_up{service=\"one\"}")
        .containsPattern("rollcall_outcomes_waiting [1-9]");
  }

  /// Every time that was asked is a tick, those from before it was there included.
  private static void isWrittenOnceItIsThere(
      RunningRollcall rollcall, Targets targets, String path, Instant before) {
    await().atMost(PATIENCE).until(() -> rollcall.health("/ready").statusCode() == 200);
    int due = targets.seen("/set/" + path).arrivals().size();
    await()
        .atMost(PATIENCE)
        .until(() -> rollcall.service("one").at("/metric/data/tick_count").asInt() >= due);
    List<JsonNode> ticks =
        rollcall.rows("/v1/services/" + rollcall.service("one").get("id") + "/ticks?limit=1000");
    assertThat(ticks).anyMatch(tick -> tick.get("at").asDouble() * 1000 < before.toEpochMilli());
    assertThat(rollcall.rows("/v1/services")).hasSize(2);
    assertThat(rollcall.get("/ping?name=job&frequency=1m").status()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .until(() -> rollcall.log().contains("the database is available again"));
    await()
        .atMost(PATIENCE)
        .until(() -> rollcall.health("/metrics").body().contains("rollcall_outcomes_lost_total 0"));
  }

  @Test
  void saysWhatDoesNotHealByItself() throws Exception {
    Ended nowhere =
        Plan.in(Files.createDirectory(folder.resolve("nowhere")))
            .variable("ROLLCALL_DATABASE", url(TestDatabases.postgresPort(), "postgres", "nowhere"))
            .refused();
    assertThat(nowhere.status()).isEqualTo(1);
    assertThat(nowhere.said()).contains("database \"nowhere\" does not exist");
    Ended stranger =
        Plan.in(Files.createDirectory(folder.resolve("stranger")))
            .variable(
                "ROLLCALL_DATABASE", url(TestDatabases.postgresPort(), "stranger", "postgres"))
            .refused();
    assertThat(stranger.status()).isEqualTo(1);
    assertThat(stranger.said()).contains("role \"stranger\" does not exist");
    saysSoThoughTheDatabaseWasAwayAtFirst();
    Ended directory =
        Plan.in(Files.createDirectory(folder.resolve("directory")))
            .flags("--database=" + folder)
            .refused();
    assertThat(directory.status()).isEqualTo(1);
    assertThat(directory.said()).contains("cannot be written here").contains("it is no file");
  }

  private void saysSoThoughTheDatabaseWasAwayAtFirst() throws Exception {
    Path later = Files.createDirectory(folder.resolve("later"));
    try (Wire wire = new Wire(TestDatabases.postgresPort())) {
      wire.cut();
      try (RunningRollcall rollcall =
          Plan.in(later)
              .variable("ROLLCALL_DATABASE", url(wire.port(), "stranger", "postgres"))
              .start()) {
        wire.mend();
        assertThat(rollcall.ended()).isEqualTo(1);
        assertThat(rollcall.log())
            .containsPattern("(?m)^rollcall: .*role \"stranger\" does not exist");
      }
    }
  }
}
