package dev.rollcall.bench;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// `GET /ping` and `DELETE /ping/{name}`, committed before the answer, compared with `return 200`
/// of nginx in the same run: with 1, 100,000 and 1,000,000 names. Then, with a million heartbeats:
/// the time to find a late one, the cost while idle, and the time of a restart.
final class Heartbeats implements Benchmark {
  private static final String PING = "/ping?name=test_service&frequency=10m";

  /// Removes another name each time; 100,000 names last longer than [#REMOVALS].
  private static final String REMOVING_ALL =
      """
      local name = -1 -- wrk asks once before it begins
      request = function()
        name = name + 1
        return wrk.format("DELETE", "/ping/job" .. name)
      end
      """;

  private static final Duration REMOVALS = Duration.ofSeconds(3);

  /// A ping and a removal alternately, so that each removed name exists.
  private static final String REMOVING =
      """
      local turn = -1 -- wrk asks once before it begins
      request = function()
        turn = turn + 1
        if turn % 2 == 1 then return wrk.format("GET", "/ping?name=removed&frequency=10m") end
        return wrk.format("DELETE", "/ping/removed")
      end
      """;

  @Override
  public String name() {
    return "heartbeats";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Rollcall.train(stage);
    Table table = new Table();
    Nginx nginx = Nginx.start(stage, 1, true);
    boolean held = true;
    for (int names : List.of(1, 100_000, 1_000_000)) {
      Path data = stage.folder("data");
      Rollcall.Setup setup = Rollcall.Setup.of(data, List.of(), "--heartbeat-most=2000000");
      Rollcall empty = Rollcall.start(stage, setup);
      empty.stop();
      fill(data, names);
      Rollcall rollcall = Rollcall.start(stage, setup);
      table.row("-- names known", "%,d", names);
      held &= speed(stage, length, table, new Pair(rollcall, nginx), names);
      rollcall.stop();
      if (names == 1_000_000) {
        held &= kept(stage, length, table, setup);
      }
    }
    table.verdict(
        held,
        "at 64 connections 0.45 of nginx, on one at most 2.0 times its mean and under 104 µs"
            + " (GET) and 63 µs (DELETE); a million kept: late within 1 s, idle under 2 %%,"
            + " restart under 3 s, under 256 MiB");
  }

  /// Pings of random existing names, with their present frequency.
  private static String anyName(int names) {
    return """
      math.randomseed(20261120)
      request = function()
        return wrk.format("GET", "/ping?frequency=1W&name=job" .. math.random(1, %d))
      end
      """
        .formatted(names);
  }

  private record Pair(Rollcall rollcall, Nginx nginx) {}

  /// Measures nginx right before each figure.
  private static boolean speed(Stage stage, Length length, Table table, Pair pair, int names)
      throws IOException, InterruptedException {
    String url = pair.rollcall().api(PING).toString();
    String anchor = pair.nginx().url(0);
    Duration each = Duration.ofSeconds(length.equals(Length.FULL) ? 8 : 3);
    Wrk.run(stage, 64, length.warm(), url, "");
    Wrk.run(stage, 1, length.warm().dividedBy(2), url, REMOVING);
    String any = anyName(names);
    double many =
        compare(stage, table, "GET, 64 connections", pair, new Load(64, each, anchor, url, ""));
    compare(
        stage,
        table,
        "GET of any name, 64 connections",
        pair,
        new Load(64, each, anchor, url, any));
    Wrk plain = Wrk.run(stage, 1, each, anchor, "");
    Wrk get = Wrk.run(stage, 1, each, url, "");
    Wrk both = Wrk.run(stage, 1, each, url, REMOVING);
    Wrk alone = names == 1 ? both : Wrk.run(stage, 1, REMOVALS, url, REMOVING_ALL);
    double removal = alone.meanMicros();
    table.row(
        "GET, one connection, mean",
        "%.1f µs, nginx %.1f: %.2f times",
        get.meanMicros(),
        plain.meanMicros(),
        get.meanMicros() / plain.meanMicros());
    table.row(
        "first GET of a name and its DELETE, mean",
        "%.1f µs, nginx %.1f: %.2f times",
        both.meanMicros(),
        plain.meanMicros(),
        both.meanMicros() / plain.meanMicros());
    if (names > 1) {
      table.row(
          "DELETE, one connection, mean",
          "%.1f µs, nginx %.1f: %.2f times",
          removal,
          plain.meanMicros(),
          removal / plain.meanMicros());
    }
    table.row("failed", "%d", get.failed() + both.failed() + alone.failed());
    return many >= 0.45
        && get.meanMicros() <= 2 * plain.meanMicros()
        && get.meanMicros() < 104
        && removal <= 2 * plain.meanMicros()
        && removal < 63;
  }

  private record Load(int connections, Duration length, String anchor, String url, String script) {}

  private static double compare(Stage stage, Table table, String what, Pair pair, Load load)
      throws IOException, InterruptedException {
    Wrk plain = Wrk.run(stage, load.connections(), load.length(), load.anchor(), load.script());
    Duration before = pair.rollcall().child().cpu();
    Wrk ours = Wrk.run(stage, load.connections(), load.length(), load.url(), load.script());
    Duration cpu = pair.rollcall().child().cpu().minus(before);
    double ratio = ours.perSecond() / plain.perSecond();
    table.row(
        what,
        "%,.0f/s of nginx's %,.0f: %.2f; %.1f µs of CPU each, %d failed",
        ours.perSecond(),
        plain.perSecond(),
        ratio,
        cpu.toNanos() / 1e3 / (ours.perSecond() * load.length().toSeconds()),
        ours.failed());
    return ratio;
  }

  /// A million heartbeats without pings: a restart, a time of idling, one that becomes late.
  private static boolean kept(Stage stage, Length length, Table table, Rollcall.Setup setup)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    Rollcall rollcall = Rollcall.start(stage, setup);
    Duration restart = Duration.ofNanos(System.nanoTime() - start);
    Thread.sleep(length.warm());
    Duration before = rollcall.child().cpu();
    Thread.sleep(length.steady());
    double idle =
        (double) rollcall.child().cpu().minus(before).toMillis() / length.steady().toMillis();
    HttpRequest call =
        HttpRequest.newBuilder(rollcall.api("/ping?name=silent&frequency=2s")).build();
    Instant due = Instant.now().plusSeconds(2);
    Rollcall.send(call);
    HttpRequest asking = HttpRequest.newBuilder(rollcall.api("/v1/heartbeats/silent")).build();
    Wait.until(
        "the silent one is late",
        Duration.ofSeconds(30),
        rollcall.child(),
        () -> Rollcall.send(asking).contains("\"state\":\"late\""));
    Duration found = Duration.between(due, Instant.now());
    long memory = rollcall.child().rssMiB();
    rollcall.stop();
    table.row("restart to the first answer", "%.0f ms", Table.millis(restart));
    table.row("idle", "%.2f %% of one core", idle * 100);
    table.row("late one found after its moment", "%.0f ms", Table.millis(found));
    table.row("memory: RSS", "%d MiB", memory);
    return restart.toMillis() < 3_000 && idle < 0.02 && found.toMillis() < 1_000 && memory < 256;
  }

  /// Writes the rows of jobs that called three times within the last hour, and are expected again
  /// in a week.
  private static void fill(Path data, int names) {
    try (Connection database =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("rollcall.db"));
        PreparedStatement statement =
            database.prepareStatement(
                """
                INSERT INTO heartbeat
                  (name, frequency_s, state, created_at, last_at, next_at, call_count, run_count, recent, due_at)
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                SELECT 'job' || i, 604800, 1, ? + i, ? + i, ? + i, 3, 3, ?, ? + i FROM n""")) {
      long last = Instant.now().minus(Duration.ofHours(1)).toEpochMilli();
      long next = last + Duration.ofDays(7).toMillis();
      ByteBuffer runs = ByteBuffer.allocate(80); // in the form of `RecentRuns`
      for (int i = 0; i < 3; i++) {
        runs.putLong(last << 16);
      }
      statement.setInt(1, names);
      statement.setLong(2, last);
      statement.setLong(3, last);
      statement.setLong(4, next);
      statement.setBytes(5, runs.array());
      statement.setLong(6, next);
      statement.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException("the database cannot be filled: " + e.getMessage(), e);
    }
  }
}
