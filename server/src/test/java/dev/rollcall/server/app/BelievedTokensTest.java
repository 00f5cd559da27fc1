package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.redis.RedisServer;
import dev.rollcall.server.sql.FreezingPostgres;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.sql.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `serve` as it is, over HTTP, with a real Redis in front of a real PostgreSQL that goes away:
/// whose heartbeats it takes meanwhile, and what else they can do. The time of the program can be
/// turned, as tokens are remembered for a minute anyway.
class BelievedTokensTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration NO_LONGER_REMEMBERED = Duration.ofMinutes(2);
  private static final Duration NO_LONGER_BELIEVED = Duration.ofHours(1);
  private static final String WAITS = "recorded, and waits for the database";
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;

  private final KeptLog log = new KeptLog();
  private final PassingClock clock = new PassingClock();
  private RedisServer redis;
  private HttpClient client;
  private String url = "";

  /// What a test does while the program runs.
  private interface Use {
    void run() throws Exception;
  }

  private record Reply(int status, String body) {
    JsonNode json() {
      return JSON.readTree(body);
    }
  }

  @BeforeEach
  void start() {
    redis = RedisServer.start(folder.resolve("redis"));
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    redis.close();
    log.restore();
  }

  private void serve(String database, Use use) throws Exception {
    Configuration.Origin origin =
        new Configuration.Origin(
            Map.of(
                "--port",
                "0",
                "--health-port",
                "0",
                "--database",
                database,
                "--redis",
                redis.url(),
                "--data",
                folder.resolve("data").toString()),
            Map.of(),
            new ConfigFiles(folder, Optional.empty()),
            FileServices.TOLERANT);
    Configuration configuration = origin.read(new Mistakes()).orElseThrow();
    FileWatcher files = new FileWatcher(origin.files().yaml());
    int status =
        new Serve(origin, configuration, files, clock)
            .run(
                open -> {
                  url = open.url();
                  try {
                    use.run();
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                });
    assertThat(status).isEqualTo(Command.OK);
  }

  private Reply send(String method, String path, String body, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(PATIENCE)
            .method(method, BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", token);
    }
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return new Reply(response.statusCode(), response.body());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private int status(String method, String path, String token) {
    return send(method, path, "", token).status();
  }

  private Reply call(String name, String token) {
    return send("GET", "/ping/" + name + "?frequency=1D", "", token);
  }

  private void calls(String name, String token) {
    Reply reply = call(name, token);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
  }

  /// What waits is acknowledged, from when it is known that the database is away.
  private void waits(String name, String token) {
    Reply reply = call(name, token);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.json().get("message").stringValue()).isEqualTo(WAITS);
  }

  /// Somebody registers and logs in.
  private String person(String email) {
    String body = "{\"Email\":\"%s\",\"Password\":\"correct horse\"}".formatted(email);
    assertThat(send("POST", "/register", body, "").status()).isEqualTo(201);
    return send("POST", "/login", body, "").json().stringValue();
  }

  private String token(String person, String name, String scopes) {
    String body = "{\"name\":\"%s\",\"scopes\":[%s]}".formatted(name, scopes);
    return send("POST", "/v1/tokens", body, person)
        .json()
        .at("/data/token/data/token")
        .stringValue();
  }

  /// The first look for revoked tokens, after which all is forgotten, is over.
  private void awaitFirstLook(String person) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                send("GET", "/v1/tokens", "", person)
                    .json()
                    .at("/data/tokens/data")
                    .valueStream()
                    .anyMatch(row -> row.hasNonNull("last_used_at")));
  }

  private List<String> heartbeats(String token) {
    return send("GET", "/v1/heartbeats", "", token)
        .json()
        .at("/data/heartbeats/data")
        .valueStream()
        .map(row -> row.get("name").stringValue() + " " + row.get("count").asInt())
        .sorted()
        .toList();
  }

  @Test
  void aTokenThatWasValidCallsOnWhilePostgresStandsStillAndDoesNothingElse() throws Exception {
    try (FreezingPostgres postgres = new FreezingPostgres()) {
      serve(
          postgres.url(),
          () -> {
            String ann = person("ann@example.org");
            String bob = person("bob@example.org");
            String anns = token(ann, "all", "\"read\",\"write\",\"ping\"");
            String bobs = token(bob, "jobs", "\"read\",\"ping\"");
            String reads = token(ann, "reads", "\"read\"");
            String unused = token(ann, "unused", "\"ping\"");
            calls("job", anns);
            awaitFirstLook(ann);
            calls("job", anns);
            calls("job", bobs);
            assertThat(call("job", reads).status()).isEqualTo(403);

            postgres.freeze();
            clock.pass(NO_LONGER_REMEMBERED);
            waits("job", anns);
            waits("job", bobs);
            for (String path :
                List.of("/ping/job/start", "/ping/job/0", "/ping?name=job&frequency=1D")) {
              assertThat(status("GET", path, anns)).as(path).isEqualTo(200);
            }
            assertThat(status("DELETE", "/ping/job", anns)).isEqualTo(503);
            assertThat(status("GET", "/ping/remove?name=job", anns)).isEqualTo(503);
            assertThat(status("POST", "/v1/heartbeats/job/pause", anns)).isEqualTo(503);
            assertThat(status("GET", "/v1/heartbeats", anns)).isEqualTo(503);
            assertThat(status("GET", "/v1/tokens", anns)).isEqualTo(503);
            for (String other : List.of(unused, ann, "rc_" + "x".repeat(43))) {
              assertThat(call("job", other).status()).isEqualTo(503);
            }
            assertThat(call("job", reads).status()).isEqualTo(403);
            clock.pass(NO_LONGER_BELIEVED);
            assertThat(call("job", anns).status()).isEqualTo(503);

            postgres.thaw();
            await().atMost(PATIENCE).until(() -> status("GET", "/v1/heartbeats", anns) == 200);
            await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(heartbeats(anns)).containsExactly("job 5"));
            assertThat(heartbeats(bobs)).containsExactly("job 2");
            assertThat(heartbeats("")).isEmpty();
            calls("another", unused);
          });
    }
  }

  /// Another process revokes, and this one alone is cut off.
  @Test
  void whatIsRevokedMeanwhileCallsUntilTheReturnAndADeletedAccountLeavesNothing() throws Exception {
    String database = TestDatabases.freshUrl();
    try (Wire wire = new Wire(TestDatabases.postgresPort())) {
      serve(
          database.replace(":" + TestDatabases.postgresPort() + "/", ":" + wire.port() + "/"),
          () -> {
            String ann = person("ann@example.org");
            String bob = person("bob@example.org");
            String anns = token(ann, "jobs", "\"ping\"");
            String bobs = token(bob, "jobs", "\"ping\"");
            calls("job", anns);
            awaitFirstLook(ann);
            calls("job", anns);
            calls("job", bobs);

            wire.cut();
            clock.pass(NO_LONGER_REMEMBERED);
            waits("before", anns);
            waits("before", bobs);
            try (Connection other = TestDatabases.connection(database);
                Statement statement = other.createStatement()) {
              long gone = account(statement, "bob@example.org");
              statement.execute("DELETE FROM heartbeat WHERE owner_id = " + gone);
              statement.execute("UPDATE account SET deleted_at = 1 WHERE id = " + gone);
              statement.execute("DELETE FROM api_token");
              statement.execute("UPDATE account_revision SET number = number + 1");
            }
            waits("after", anns);
            waits("after", bobs);

            wire.mend();
            await().atMost(PATIENCE).until(() -> call("job", anns).status() == 401);
            await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(heartbeats(ann)).contains("after 1", "before 1"));
            assertThat(call("job", bobs).status()).isEqualTo(401);
            try (Connection other = TestDatabases.connection(database);
                Statement statement = other.createStatement();
                ResultSet owners =
                    statement.executeQuery("SELECT COUNT(DISTINCT owner_id) FROM heartbeat")) {
              owners.next();
              assertThat(owners.getInt(1)).as("owners of heartbeats").isOne();
            }
          });
    }
  }

  private static long account(Statement statement, String email) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT id FROM account WHERE email = '" + email + "'")) {
      row.next();
      return row.getLong(1);
    }
  }
}
