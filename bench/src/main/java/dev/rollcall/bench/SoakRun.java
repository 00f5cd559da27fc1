package dev.rollcall.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// A soak on one database: starts the program, causes disturbances, and judges the result.
final class SoakRun implements Runnable, AutoCloseable {
  private static final Path ROOT = Path.of(System.getProperty("bench.root", "."));
  private static final Path CLOCK =
      Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /// The possible disturbances, in the order of a short run.
  private enum Happening {
    KILL,
    FLOOD,
    ROTATE_AND_KILL,
    DATABASE_HANGS,
    STOPPED_IN_ITS_TRACKS,
    CLOCK_AHEAD,
    DATABASE_AWAY,
    CLOCK_BACK,
    START_WITHOUT_DATABASE,
    RESTART
  }

  private final Stage stage;
  private final SoakDatabase database;
  private final Path data;
  private final Path clock;
  private final Duration time;
  private final SoakWorld world;
  private final int port = Stage.freePort();
  private final int healthPort = Stage.freePort();
  private final SoakJobs jobs = new SoakJobs(port);
  private final HttpClient client = HttpClient.newHttpClient();
  private final Random random = new Random(10);
  private final Map<String, Integer> happened = new TreeMap<>();
  private final List<Long> memory = new ArrayList<>();
  private final List<String> trouble = new ArrayList<>();
  private SoakVerdict verdict = SoakVerdict.NONE;
  private Child child;
  private int offset;

  SoakRun(Stage stage, SoakDatabase database, Path data, Duration time) throws IOException {
    this.stage = stage;
    this.database = database;
    this.data = data;
    this.clock = data.resolve("clock");
    this.time = time;
    this.world = new SoakWorld();
    StringBuilder yaml = new StringBuilder("services:\n");
    for (int i = 0; i < SoakWorld.SERVICES; i++) {
      yaml.append(Rollcall.service("s" + i, world.url("/s/" + i), ", interval: 2s, timeout: 5s"));
    }
    Files.writeString(data.resolve("rollcall.yaml"), yaml);
    clock(0);
    this.child = launch();
  }

  String name() {
    return database.name();
  }

  private static boolean clockCanBeSet() {
    return Files.exists(CLOCK);
  }

  private void clock(int seconds) throws IOException {
    offset = seconds;
    Path next = data.resolve("clock.new");
    Files.writeString(next, (seconds < 0 ? "" : "+") + seconds + "\n");
    Files.move(next, clock, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Child launch() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ROOT.resolve("rollcall").toString(),
                "serve",
                "--host=127.0.0.1",
                "--health-host=127.0.0.1",
                "--port=" + port,
                "--health-port=" + healthPort,
                "--config=" + data.resolve("rollcall.yaml"),
                "--data=" + data,
                "--alert-uri=" + world.url("/alert"),
                "--heartbeat-startup-grace=20s",
                "--collect-max-size-mb=1",
                "--collect-keep-files=10000"));
    command.addAll(database.flags());
    Map<String, String> environment = new TreeMap<>();
    if (clockCanBeSet()) {
      environment.put("LD_PRELOAD", CLOCK.toString());
      environment.put("FAKETIME_TIMESTAMP_FILE", clock.toString());
      environment.put("FAKETIME_CACHE_DURATION", "1"); // seconds between two reads of that file
      environment.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
      environment.put("FAKETIME_FORCE_MONOTONIC_FIX", "0"); // otherwise timed waits of the JVM spin
    }
    return stage.start("rollcall", command, environment);
  }

  @Override
  public void run() {
    try {
      soak();
      verdict = SoakVerdict.of(database, data, world, jobs, happened);
    } catch (IOException | SQLException | RuntimeException e) {
      trouble.add(String.valueOf(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void soak() throws IOException, InterruptedException, SQLException {
    ready();
    jobs.start();
    long end = System.nanoTime() + time.toNanos();
    Happening[] all = Happening.values();
    Duration each =
        time.compareTo(Duration.ofMinutes(10)) < 0
            ? Duration.ofSeconds(10)
            : Duration.ofSeconds(45);
    for (int i = 0; System.nanoTime() < end; i++) {
      rest(each);
      happen(all[i < all.length ? i : random.nextInt(all.length)]);
      ready();
    }
    clock(0);
    jobs.stop();
    Wait.until("all outcomes are written", PATIENCE, child, this::nothingWaits);
    child.stop();
  }

  private void happen(Happening what) throws IOException, InterruptedException, SQLException {
    boolean possible =
        switch (what) {
          case KILL -> {
            kill();
            yield true;
          }
          case RESTART -> {
            child.stop();
            child = launch();
            yield true;
          }
          case FLOOD -> {
            jobs.flood(Duration.ofSeconds(4), 100);
            yield true;
          }
          case ROTATE_AND_KILL -> {
            Thread.ofVirtual().start(() -> ask("POST", port, "/rotate"));
            Thread.sleep(random.nextInt(60));
            kill();
            yield true;
          }
          case STOPPED_IN_ITS_TRACKS -> {
            child.signal("STOP");
            Thread.sleep(Duration.ofSeconds(15));
            child.signal("CONT");
            yield true;
          }
          case DATABASE_HANGS -> {
            if (database.isApart()) {
              database.signal("STOP");
              rest(Duration.ofSeconds(25));
              database.signal("CONT");
            }
            yield database.isApart();
          }
          case DATABASE_AWAY -> {
            if (database.isApart()) {
              database.cut(true);
              rest(Duration.ofSeconds(20));
              database.cut(false);
            }
            yield database.isApart();
          }
          case START_WITHOUT_DATABASE -> {
            if (database.isApart()) {
              database.cut(true);
              kill();
              rest(Duration.ofSeconds(15));
              database.cut(false);
            }
            yield database.isApart();
          }
          case CLOCK_AHEAD -> step(120);
          case CLOCK_BACK -> step(-90);
        };
    if (possible) {
      happened.merge(what.name().toLowerCase(Locale.ROOT).replace('_', ' '), 1, Integer::sum);
    }
  }

  private boolean step(int seconds) throws IOException {
    if (!clockCanBeSet()) {
      return false;
    }
    clock(offset + seconds);
    return true;
  }

  private void kill() throws IOException, InterruptedException {
    child.kill();
    child = launch();
  }

  /// Waits, and records the memory meanwhile.
  private void rest(Duration how) throws InterruptedException, IOException {
    long end = System.nanoTime() + how.toNanos();
    while (System.nanoTime() < end) {
      Thread.sleep(Duration.ofSeconds(1));
      child.mustRun();
      memory.add(child.rssMiB());
    }
  }

  private void ready() throws IOException, InterruptedException {
    Wait.until(
        name() + " is ready",
        PATIENCE,
        child,
        () -> ask("GET", healthPort, "/ready").status == 200);
  }

  private boolean nothingWaits() {
    Asked metrics = ask("GET", healthPort, "/metrics");
    return metrics.status == 200
        && metrics.body.lines().anyMatch("rollcall_outcomes_waiting 0.0"::equals);
  }

  private record Asked(int status, String body) {}

  private Asked ask(String method, int to, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(10))
            .build();
    try {
      var answer = client.send(request, BodyHandlers.ofString());
      return new Asked(answer.statusCode(), answer.body());
    } catch (IOException e) {
      return new Asked(0, "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Asked(0, "");
    }
  }

  private static double mean(List<Long> some) {
    return some.stream().mapToLong(each -> each).average().orElse(0);
  }

  /// Prints the result.
  ///
  /// @return whether everything is as required
  boolean tell(Table table) throws IOException {
    table.row("-- on " + name(), "%s", happened);
    if (!clockCanBeSet()) {
      table.row("the clock was not stepped", "apt-get install faketime");
    }
    for (String line : trouble) {
      table.row("BROKE OFF", "%s", line);
    }
    int quarter = Math.max(1, memory.size() / 4);
    double first = mean(memory.subList(0, Math.min(quarter, memory.size())));
    double last = mean(memory.subList(Math.max(0, memory.size() - quarter), memory.size()));
    boolean flat = last <= first * 1.2 + 20;
    boolean held = trouble.isEmpty() && verdict.tell(table) && flat;
    table.row(
        "memory: RSS, first quarter and last",
        "%.0f MiB, %.0f MiB: %s",
        first,
        last,
        flat ? "flat" : "GROWS");
    if (!held) {
      Path kept = Files.createTempDirectory("rollcall-soak-");
      Files.writeString(kept.resolve("log"), child.output());
      table.row("the program's last log", "%s", kept);
    }
    return held;
  }

  @Override
  public void close() throws IOException {
    jobs.close();
    child.stop();
    database.close();
    world.close();
    client.shutdownNow();
  }
}
