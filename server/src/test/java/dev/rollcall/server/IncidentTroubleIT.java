package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.MigratedPostgres;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.sql.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// Incidents open and end while the program is killed or stopped, or its database is away. No
/// incident is lost, none opens twice, and none is told twice to a receiver that knows keys.
///
/// `-Drollcall.test.kills=200 -Drollcall.test.stopped=60` is the long form: so many kills, and a
/// process that is stopped for so many seconds. There are a third as many kills on PostgreSQL,
/// where a process that was killed has its leases for some seconds more, unless
/// `-Drollcall.test.kills.postgres=200` says otherwise.
class IncidentTroubleIT {
  private static final int SERVICES = 8;
  private static final int KILLS = Integer.getInteger("rollcall.test.kills", 5);
  private static final int POSTGRES_KILLS =
      Integer.getInteger("rollcall.test.kills.postgres", Math.ceilDiv(KILLS, 3));
  private static final Duration STOPPED =
      Duration.ofSeconds(Integer.getInteger("rollcall.test.stopped", 3));

  /// Sends what goes into a window at once, and never finds that something flaps.
  private static final String SETTINGS =
      "incidents: {together: 100ms, flapping: 1000, flapping-within: 1m}\n";

  @TempDir Path folder;

  private final Random random = new Random(13);

  /// When the only process was killed, in milliseconds.
  private final NavigableSet<Long> kills = new TreeSet<>();

  private Targets targets;
  private Receiver hook;
  private Receiver pager;

  @BeforeEach
  void start() throws IOException {
    targets = new Targets();
    hook = new Receiver();
    pager = new Receiver();
  }

  @AfterEach
  void stop() throws IOException {
    targets.close();
    hook.close();
    pager.close();
  }

  /// @param database where the rows are; SQLite in the folder if it is empty
  private Plan plan(String name, String database) throws IOException {
    StringBuilder yaml = new StringBuilder(SETTINGS);
    yaml.append(
        """
        channels:
          - {name: hook, type: webhook, url: '%s'}
          - {name: pager, type: pagerduty, key: 0123456789abcdef0123456789abcdef, url: '%s'}
        services:
        """
            .formatted(hook.url(), pager.server()));
    for (int i = 0; i < SERVICES; i++) {
      yaml.append(
          "  - {name: s%d, url: '%s', interval: 200ms, timeout: 1s}\n".formatted(i, url(i)));
    }
    return Plan.in(Files.createDirectories(folder.resolve(name)))
        .asProcess()
        .flags("--database=" + database)
        .yaml(yaml.toString());
  }

  private String url(int service) {
    return targets.url("/set/" + service);
  }

  private void set(int service, int status) {
    targets.set("/set/" + service, status);
  }

  /// Lets services go down and up until they were asked so many times more.
  private void turn(int times) {
    long enough = asked() + times;
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5 + random.nextInt(60)))
        .until(
            () -> {
              flip();
              return asked() >= enough;
            });
  }

  private void flip() {
    set(random.nextInt(SERVICES), random.nextInt(3) == 0 ? 200 : 503);
    set(random.nextInt(SERVICES), 200);
  }

  private long asked() {
    return IntStream.range(0, SERVICES)
        .mapToLong(i -> targets.seen("/set/" + i).arrivals().size())
        .sum();
  }

  /// All is well, and the ends of the newest incidents are told.
  private void settle(RunningRollcall rollcall) {
    for (int i = 0; i < SERVICES; i++) {
      set(i, 200);
    }
    asked(0, 10); // a process that was just started tells first what one before it has found
    await()
        .atMost(PATIENCE.multipliedBy(2))
        .untilAsserted(
            () -> {
              assertThat(rollcall.rows("/v1/incidents?state=open")).isEmpty();
              Set<Told> ends = new HashSet<>();
              rollcall
                  .rows("/v1/incidents?limit=1000")
                  .forEach(incident -> ends.add(new Told(incident.get("id").asLong(), true)));
              assertThat(missing(ends, told(hook)))
                  .as("not told to the hook")
                  .hasSizeLessThanOrEqualTo(unnamed(hook));
              assertThat(missing(ends, triggered(pager))).as("not told to the pager").isEmpty();
            });
  }

  private static Set<Told> missing(Set<Told> ends, List<Told> told) {
    Set<Told> missing = new HashSet<>(ends);
    missing.removeAll(Set.copyOf(told));
    return missing;
  }

  private static Connection connection(Path folder, String database) throws SQLException {
    return database.isEmpty()
        ? RunningRollcall.database(folder.resolve("rollcall-data/rollcall.db"))
        : TestDatabases.connection(database);
  }

  /// An incident, as observations make it or as it is kept.
  private record Period(long service, long started) {}

  private static List<Period> kept(Statement statement, Map<Long, Long> services)
      throws SQLException {
    List<Period> periods = new ArrayList<>();
    try (ResultSet row =
        statement.executeQuery(
            "SELECT id, subject_id, started_at FROM incident WHERE resolved_at >= opened_at"
                + " ORDER BY subject_id, id")) {
      while (row.next()) {
        services.put(row.getLong(1), row.getLong(2));
        periods.add(new Period(row.getLong(2), row.getLong(3)));
      }
    }
    return periods;
  }

  /// What follows from the ticks: two down in a row open an incident, one up ends it. What was
  /// observed before a kill confirms nothing after it.
  private List<Period> observed(Statement statement) throws SQLException {
    List<Period> periods = new ArrayList<>();
    try (ResultSet tick =
        statement.executeQuery(
            "SELECT service_id, at, state FROM service_tick WHERE state <> 2"
                + " ORDER BY service_id, at")) {
      long service = 0;
      long before = 0;
      long started = 0;
      int downs = 0;
      boolean opened = false;
      while (tick.next()) {
        boolean down = tick.getInt(3) == 0;
        long at = tick.getLong(2);
        before = tick.getLong(1) == service ? before : at;
        if (tick.getLong(1) != service || !down) {
          service = tick.getLong(1);
          started = 0;
          downs = 0;
          opened = false;
        }
        if (down) {
          boolean inARow = kills.subSet(before, at).isEmpty();
          started = started == 0 ? at : started;
          downs = inARow ? downs + 1 : 1;
          if (downs == 2 && !opened) {
            opened = true;
            periods.add(new Period(service, started));
          }
        }
        before = at;
      }
    }
    return periods;
  }

  /// @return how many incidents there were
  private int agrees(Connection connection) throws SQLException {
    Map<Long, Long> services = new HashMap<>();
    try (connection;
        Statement statement = connection.createStatement()) {
      List<Period> kept = kept(statement, services);
      assertThat(kept).isNotEmpty().isEqualTo(observed(statement));
    }
    assertThat(told(told(hook), services).size() + unnamed(hook))
        .isGreaterThanOrEqualTo(services.size());
    assertThat(told(triggered(pager), services)).isEqualTo(services.keySet());
    return services.size();
  }

  /// What a receiver was told.
  private record Told(long incident, boolean over) {}

  private static List<Told> told(Receiver receiver) {
    List<Told> told = new ArrayList<>();
    for (JsonNode message : receiver.messages()) {
      JsonNode data = message.get("data");
      if (data.has("incidents")) {
        data.get("incidents").forEach(item -> told.add(told(item)));
      } else {
        told.add(told(data));
      }
    }
    return told;
  }

  /// Messages about more than twenty incidents count the others.
  private static int unnamed(Receiver receiver) {
    return receiver.messages().stream()
        .map(message -> message.get("data"))
        .filter(data -> data.has("incidents"))
        .mapToInt(data -> data.get("many").asInt() - data.get("incidents").size())
        .sum();
  }

  private static Told told(JsonNode item) {
    return new Told(
        item.get("incident").asLong(), item.get("state").stringValue().equals("resolved"));
  }

  /// What a receiver that keeps incidents by their keys was told. The same once more changes
  /// nothing there, but a trigger after the end opens another incident.
  private static List<Told> triggered(Receiver receiver) {
    List<Told> told = new ArrayList<>();
    for (JsonNode event : receiver.messages()) {
      boolean over = event.get("event_action").stringValue().equals("resolve");
      long incident = Long.parseLong(event.get("dedup_key").stringValue().split("-", -1)[1]);
      Told one = new Told(incident, over);
      if (!told.contains(one) || (!over && told.contains(new Told(incident, true)))) {
        told.add(one);
      }
    }
    return told;
  }

  /// Checks that nothing was told twice and that what was told of a service came in order.
  ///
  /// @return the incidents that were told
  private static Set<Long> told(List<Told> all, Map<Long, Long> services) {
    Set<Told> once = new HashSet<>();
    assertThat(all.stream().filter(told -> !once.add(told))).as("told twice").isEmpty();
    Map<Long, Long> newest = new HashMap<>();
    Set<Long> over = new HashSet<>();
    for (Told told : all) {
      Long service = services.get(told.incident());
      assertThat(told.incident())
          .as("of service %d", service)
          .isGreaterThanOrEqualTo(newest.getOrDefault(service, 0L));
      newest.put(service, told.incident());
      assertThat(over).as("%s: its end is the last", told).doesNotContain(told.incident());
      if (told.over()) {
        over.add(told.incident());
      }
    }
    return over;
  }

  @ParameterizedTest
  @EnumSource
  void aKillAtAnyMomentLosesNothingAndTellsNothingTwice(TestDatabases engine) throws Exception {
    String database = engine == TestDatabases.POSTGRES ? MigratedPostgres.freshUrl() : "";
    int kills = database.isEmpty() ? KILLS : POSTGRES_KILLS;
    hook.unreliable();
    pager.unreliable();
    RunningRollcall rollcall = plan("one", database).start();
    try {
      for (int kill = 0; kill < kills; kill++) {
        turn(SERVICES + random.nextInt(40));
        rollcall.kill();
        this.kills.add(System.currentTimeMillis());
        rollcall = rollcall.again();
      }
      settle(rollcall);
      assertThat(rollcall.log()).doesNotContain("ERROR");
      assertThat(rollcall.stop()).isZero();
      int incidents = agrees(connection(folder.resolve("one"), database));
      report("%s: %d kills, %d incidents".formatted(engine, kills, incidents));
    } finally {
      rollcall.close();
    }
  }

  @Test
  void ofTwoProcessesOneIsStoppedAndOneIsKilled() throws Exception {
    String database = MigratedPostgres.freshUrl();
    hook.unreliable();
    pager.unreliable();
    try (RunningRollcall one = plan("one", database).start();
        RunningRollcall other = plan("other", database).start()) {
      turn(60);
      signal("STOP", one);
      turnWhile(STOPPED);
      signal("CONT", one);
      turn(60);
      other.kill();
      turn(60);
      settle(one);
      assertThat(one.log()).doesNotContain("ERROR");
      assertThat(one.stop()).isZero();
      int incidents = agrees(connection(folder, database));
      report("stopped for %s, %d incidents".formatted(STOPPED, incidents));
    }
  }

  private static void signal(String signal, RunningRollcall rollcall)
      throws IOException, InterruptedException {
    String[] command = {"kill", "-" + signal, "" + rollcall.pid()};
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  /// Lets services go down and up for so long, whoever is told of it.
  private void turnWhile(Duration time) {
    await()
        .pollInterval(Duration.ofMillis(50))
        .during(time)
        .atMost(time.plus(PATIENCE))
        .until(
            () -> {
              flip();
              return true;
            });
  }

  @Test
  void whatHappensWhileTheDatabaseIsAwayIsToldOnceWhenItIsBack() throws Exception {
    String url = MigratedPostgres.freshUrl();
    int port = TestDatabases.postgres().getPort();
    try (Wire wire = new Wire(port);
        RunningRollcall rollcall =
            plan("one", url.replace(":" + port + "/", ":" + wire.port() + "/")).start()) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  rollcall.rows("/v1/services").stream()
                      .allMatch(row -> row.at("/metric/data/tick_count").asLong() > 0));
      wire.cut();
      await().atMost(PATIENCE).until(() -> rollcall.health("/ready").statusCode() == 503);
      set(1, 503);
      set(2, 503);
      asked(1, 5);
      asked(2, 5);
      set(2, 200);
      asked(2, 5);
      Instant over = Instant.now();
      asked(1, 10);
      assertThat(hook.calls()).isEmpty();
      assertThat(pager.calls()).isEmpty();

      Instant back = Instant.now();
      wire.mend();
      await().atMost(PATIENCE).until(() -> told(hook).size() >= 2 && !pager.calls().isEmpty());
      Duration took = Duration.between(back, hook.calls().getLast().at());
      JsonNode open = rollcall.get("/v1/incidents?state=open").json().at("/data/incidents/data");
      JsonNode past =
          rollcall.get("/v1/incidents?state=resolved").json().at("/data/incidents/data");
      assertThat(open).hasSize(1);
      assertThat(past).hasSize(1);
      assertThat(told(hook))
          .containsExactlyInAnyOrder(
              new Told(open.at("/0/id").asLong(), false),
              new Told(past.at("/0/id").asLong(), true));
      assertThat(past.at("/0/resolved_at").asLong())
          .as("when it was over, not when that could be written")
          .isLessThanOrEqualTo(over.getEpochSecond());
      settle(rollcall);
      assertThat(rollcall.stop()).isZero();
      agrees(connection(folder, url));
      report("told %d ms after the database was back".formatted(took.toMillis()));
    }
  }

  /// Waits until a service was asked so many times more.
  private void asked(int service, int times) {
    List<Long> arrivals = targets.seen("/set/" + service).arrivals();
    int before = arrivals.size();
    await().atMost(PATIENCE).until(() -> arrivals.size() >= before + times);
  }

  /// Figures of the long form.
  private void report(String figures) {
    System.out.printf(
        "%s; %d and %d requests to the receivers%n",
        figures, hook.calls().size(), pager.calls().size());
  }
}
