package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.MigratedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/// The target pool, killed (SIGKILL) while hops come in and targets go out.
@Execution(ExecutionMode.CONCURRENT)
class TargetsCrashIT {
  private static final int AT_ONCE = 20;
  private static final int KILLS = Integer.getInteger("rollcall.test.kills", 2);

  private final Set<String> added = ConcurrentHashMap.newKeySet();
  private final Set<String> handed = ConcurrentHashMap.newKeySet();
  private final Set<String> twice = ConcurrentHashMap.newKeySet();
  private final AtomicInteger block = new AtomicInteger();

  @TempDir Path folder;

  @Test
  void losesNothingAndHandsOutNothingTwiceOnSqlite() throws Exception {
    RunningRollcall pool = Plan.of("targets", folder).asProcess().flags("--lease=1h").start();
    try {
      for (int kill = 0; kill < KILLS; kill++) {
        RunningRollcall running = pool;
        workUntil(List.of(running), running::kill);
        pool = running.again();
      }
      agree(pool);
    } finally {
      pool.close();
    }
  }

  @Test
  void losesNothingAndHandsOutNothingTwiceWhereOneOfTwoIsKilledOnPostgres() throws Exception {
    String database = MigratedPostgres.freshUrl();
    RunningRollcall killed = on(database, "killed");
    try (RunningRollcall other = on(database, "other")) {
      for (int kill = 0; kill < KILLS; kill++) {
        RunningRollcall running = killed;
        workUntil(
            List.of(running, other),
            () -> {
              running.kill();
              // Whatever it held is given up: the other goes on.
              int before = added.size();
              await().atMost(PATIENCE).until(() -> added.size() > before + 5 * AT_ONCE);
            });
        killed = running.again();
      }
      agree(other);
    } finally {
      killed.close();
    }
  }

  private RunningRollcall on(String database, String name) throws IOException {
    return Plan.of("targets", Files.createDirectory(folder.resolve(name)))
        .asProcess()
        .flags("--lease=1h")
        .variable("ROLLCALL_DATABASE", database)
        .start();
  }

  private interface Blow {
    void strike() throws Exception;
  }

  /// Two feed each pool and two ask it, until some was taken and the blow has struck.
  private void workUntil(List<RunningRollcall> pools, Blow blow) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    int before = added.size();
    int handedBefore = handed.size();
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (RunningRollcall pool : pools) {
        for (int i = 0; i < 2; i++) {
          String node = "n" + i;
          all.add(threads.submit(() -> repeat(over, () -> feed(pool))));
          all.add(threads.submit(() -> repeat(over, () -> ask(pool, node))));
        }
      }
      try {
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    added.size() > before + 10 * AT_ONCE
                        && handed.size() > handedBefore + 5 * AT_ONCE);
        blow.strike();
      } finally {
        over.set(true);
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
  }

  private static void repeat(AtomicBoolean over, Runnable work) {
    try {
      while (!over.get()) {
        work.run();
      }
    } catch (UncheckedIOException e) {
      // It was killed.
    }
  }

  private void feed(RunningRollcall pool) {
    int number = block.getAndIncrement();
    List<String> some =
        IntStream.rangeClosed(1, AT_ONCE)
            .mapToObj(each -> "50.%d.%d.%d".formatted(number / 250, number % 250, each))
            .toList();
    String body = some.stream().collect(Collectors.joining("\",\"", "{\"hops\":[\"", "\"]}"));
    if (pool.send("POST", "/hops", body).status() == 200) {
      added.addAll(some);
    }
  }

  private void ask(RunningRollcall pool, String node) {
    for (String ip : ips(pool.get("/next?limit=7&node=" + node).json())) {
      if (!handed.add(ip)) {
        twice.add(ip);
      }
    }
  }

  private static List<String> ips(JsonNode next) {
    return next.get("targets").valueStream().map(row -> row.get("ip").stringValue()).toList();
  }

  /// What was acknowledged is there, and the counts are those of the rows.
  private void agree(RunningRollcall pool) {
    assertThat(twice).isEmpty();
    Set<String> rows = new HashSet<>();
    long total = 0;
    for (int page = 1; page == 1 || rows.size() < total; page++) {
      JsonNode targets = pool.get("/targets?limit=1000&page=" + page).json().get("targets");
      total = targets.at("/pagination/total").asLong();
      assertThat(targets.get("data")).as("page %d of %d rows", page, total).isNotEmpty();
      targets.get("data").forEach(row -> rows.add(row.get("ip").stringValue()));
    }
    assertThat(rows).hasSize((int) total).containsAll(added).containsAll(handed);
    while (true) {
      List<String> some = ips(pool.get("/next?node=rest&limit=1000").json());
      if (some.isEmpty()) {
        break;
      }
      assertThat(some).doesNotContainAnyElementsOf(handed);
      handed.addAll(some);
    }
  }
}
