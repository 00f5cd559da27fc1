package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Ended;
import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.CommandHere;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What the collector does when things around it fail: nothing acknowledged is lost. The full disk
/// needs root: see [SmallDisk].
@Execution(ExecutionMode.CONCURRENT)
class CollectorTroubleIT {
  private static final int KILLS = Integer.getInteger("rollcall.test.kills", 3);

  @TempDir Path folder;

  private Plan plan() {
    return Plan.of("collect", folder);
  }

  private static String results(String ip, int many) {
    String one =
        "{\"ip\":\"%s\",\"sent\":4,\"received\":4,\"timestamp\":\"2026-01-07T22:30:00Z\",\"traceroute\":{\"method\":\"icmp\",\"hops\":[{\"ttl\":1,\"ip\":\"10.0.0.1\"},{\"ttl\":2,\"ip\":\"%s\"}]}}"
            .formatted(ip, ip);
    return Stream.generate(() -> one).limit(many).collect(Collectors.joining(",", "[", "]"));
  }

  private static Answer post(RunningRollcall collector, String body) {
    return collector.send("POST", "/results", body);
  }

  /// The rows of every file of a folder, by address.
  private static Map<String, Integer> rows(Path folder) throws IOException {
    List<String> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".db")).toList()) {
        try (Connection database = RunningRollcall.database(file);
            Statement statement = database.createStatement()) {
          var row = statement.executeQuery("SELECT ip FROM ping_results");
          while (row.next()) {
            all.add(row.getString(1));
          }
          row.close();
          assertThat(statement.executeQuery("PRAGMA integrity_check").getString(1)).isEqualTo("ok");
          assertThat(statement.executeQuery("PRAGMA foreign_key_check").next()).isFalse();
        } catch (SQLException e) {
          throw new AssertionError(file.toString(), e);
        }
      }
    }
    return all.stream().collect(Collectors.toMap(ip -> ip, _ -> 1, Integer::sum));
  }

  private Path data() {
    return folder.resolve("output_data");
  }

  @Test
  void losesNothingAcknowledgedWhenItIsKilledAgainAndAgain() throws Exception {
    AtomicInteger acknowledged = new AtomicInteger();
    int round = 0;
    RunningRollcall collector = plan().asProcess().start();
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (; round < KILLS; round++) {
        RunningRollcall running = collector;
        AtomicBoolean killed = new AtomicBoolean();
        int before = acknowledged.get();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          all.add(
              writers.submit(
                  () -> {
                    while (!killed.get()) {
                      try {
                        Answer answer = post(running, results("192.0.2.1", 50));
                        if (answer.status() == 200) {
                          acknowledged.addAndGet(50);
                        }
                      } catch (UncheckedIOException e) {
                        return; // it was killed
                      }
                    }
                  }));
        }
        await().atMost(PATIENCE).until(() -> acknowledged.get() > before + 1000);
        running.kill();
        killed.set(true);
        for (Future<?> writer : all) {
          writer.get();
        }
        collector = running.again();
      }
      int stored = rows(data()).getOrDefault("192.0.2.1", 0);
      // What was under way when it was killed may be there too, each request whole.
      assertThat(stored).isBetween(acknowledged.get(), acknowledged.get() + round * 3 * 50);
      assertThat(stored % 50).isZero();
    } finally {
      collector.close();
    }
  }

  /// At any moment of a rotation: the next start reads every row and leaves plain files.
  @Test
  void readsEveryFileAgainAfterKillsWithinRotations() throws Exception {
    Random random = new Random(7);
    int posted = 0;
    Plan plan = plan().asProcess().flags("--keep-files=1000", "--max-size-mb=1000");
    for (int kill = 0; kill <= KILLS; kill++) {
      try (RunningRollcall collector = plan.start()) {
        assertThat(post(collector, results("192.0.2.7", 2_000)).status()).isEqualTo(200);
        posted += 2_000;
        Thread rotation = Thread.ofVirtual().start(() -> rotated(collector));
        rotation.join(Duration.ofMillis(random.nextInt(80))); // wherever it is by then
        collector.kill();
      }
    }
    try (RunningRollcall collector = plan.start()) {
      assertThat(collector.log()).doesNotContain("cannot be read", "still has a log");
      assertThat(collector.health("/metrics").body())
          .contains("rollcall_collector_files_unfolded 0.0");
      assertThat(collector.stop()).isZero();
    }
    try (Stream<Path> files = Files.list(data())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .allMatch(
              name -> name.endsWith(".db") || List.of("collector.lock", "nodes").contains(name));
    }
    assertThat(rows(data()))
        .containsEntry("192.0.2.7", posted); // afterwards: to read leaves files, too
  }

  @Test
  void rotatesUnderLoadWithEveryRowInOneFile() throws Exception {
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    AtomicBoolean done = new AtomicBoolean();
    try (RunningRollcall collector = plan().flags("--max-size-mb=1", "--keep-files=1000").start();
        ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String body = results("192.0.2." + i, 200);
        all.add(
            writers.submit(
                () -> {
                  while (!done.get()) {
                    if (post(collector, body).status() == 200) {
                      acknowledged.addAndGet(200);
                    } else {
                      refused.incrementAndGet();
                    }
                  }
                }));
      }
      for (int i = 0; i < 5; i++) {
        int before = acknowledged.get();
        assertThat(collector.send("POST", "/rotate", "").status()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> acknowledged.get() > before + 2000);
      }
      // The first and five by hand; on it goes by size.
      await().atMost(PATIENCE).until(() -> databases(data()).size() > 7);
      done.set(true);
      for (Future<?> writer : all) {
        writer.get();
      }
      assertThat(refused).hasValue(0);
      assertThat(collector.stop()).isZero();
    }
    assertThat(rows(data()).values().stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(acknowledged.get());
  }

  @Test
  void turnsResultsAwayWhileTheDiskIsFullAndTakesThemAfterwards() throws Exception {
    Path disk = folder.resolve("disk");
    try (SmallDisk small = SmallDisk.on(disk, "4m");
        RunningRollcall collector = plan().flags("--db-dir=disk").start()) {
      assertThat(post(collector, results("192.0.2.1", 10)).status()).isEqualTo(200);
      small.fill();
      await()
          .atMost(PATIENCE)
          .until(() -> post(collector, results("192.0.2.2", 1000)).status() == 503);
      assertThat(collector.health("/ready").statusCode()).isEqualTo(503);
      assertThat(collector.health("/ready").body()).contains("\"error\"").contains("full");
      AtomicInteger more = new AtomicInteger();
      int acknowledged =
          RunningRollcall.json(collector.health("/stats").body()).get("total_results").asInt();
      // However often it is tried meanwhile, the files that hold results are the ones that stay.
      List<String> before = databases(disk);
      for (int i = 0; i < 3; i++) {
        assertThat(collector.send("POST", "/rotate", "").status()).isEqualTo(503);
      }
      assertThat(databases(disk)).isEqualTo(before);

      small.empty();
      await().atMost(PATIENCE).until(() -> collector.health("/ready").statusCode() == 200);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                assertThat(post(collector, results("192.0.2.3", 10)).status()).isEqualTo(200);
                more.addAndGet(10);
                return collector.log().contains("results of nodes are stored again");
              });
      assertThat(collector.stop()).isZero();
      assertThat(collector.log())
          .containsOnlyOnce("results of nodes cannot be stored")
          .contains(": the disk is full");
      assertThat(rows(disk).values().stream().mapToInt(Integer::intValue).sum())
          .isEqualTo(acknowledged + more.get());
    }
  }

  private static void rotated(RunningRollcall collector) {
    try {
      collector.status("POST", "/rotate");
    } catch (UncheckedIOException e) {
      // It was killed.
    }
  }

  private static List<String> databases(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(Path::toString).filter(file -> file.endsWith(".db")).sorted().toList();
    }
  }

  @Test
  void goesOnInANewFolderWhenItsOwnIsDeleted() throws Exception {
    try (RunningRollcall collector = plan().start()) {
      post(collector, results("192.0.2.1", 5));
      await().atMost(PATIENCE).until(() -> isDeleted(data()));
      assertThat(post(collector, results("192.0.2.2", 7)).status()).isEqualTo(200);
      assertThat(collector.health("/ready").statusCode()).isEqualTo(200);
      assertThat(collector.stop()).isZero();
    }
    assertThat(rows(data())).containsExactly(Map.entry("192.0.2.2", 7));
  }

  /// Deletes a folder, unless a file came into it meanwhile.
  private static boolean isDeleted(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
      return true;
    } catch (DirectoryNotEmptyException e) {
      return false;
    }
  }

  @Test
  void tellsNewHopsToAnInputServiceThatIsDownHangsAndReturns() throws Exception {
    Socket held = new Socket(); // bound, and listening to nobody: refused, and nobody else's
    held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    int port = held.getLocalPort();
    ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();
    CountDownLatch hanging = new CountDownLatch(1);
    AtomicBoolean hang = new AtomicBoolean(true);
    try (RunningRollcall collector =
            plan().flags("--input-url=http://127.0.0.1:" + port + "/hops").start();
        held) {
      post(collector, results("198.51.100.1", 3));
      assertThat(stat(collector, "hops_discovered")).isEqualTo(2);
      await()
          .atMost(PATIENCE)
          .until(() -> collector.log().contains("hops wait, and are sent again: http"));
      held.close();
      HttpServer input =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      input.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      input.createContext(
          "/hops",
          exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            if (hang.getAndSet(false)) {
              hang(hanging, exchange);
              return;
            }
            bodies.add(body);
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
          });
      input.start();
      try {
        await().atMost(PATIENCE).until(() -> !hang.get());
        // It hangs, and results are taken as ever.
        assertThat(post(collector, results("198.51.100.2", 3)).status()).isEqualTo(200);
        assertThat(stat(collector, "hops_sent")).isZero();
        await().atMost(PATIENCE).until(() -> stat(collector, "hops_sent") == 3);
        assertThat(String.join("", bodies))
            .contains("{\"hops\":[\"10.0.0.1\",\"198.51.100.1\"", "\"198.51.100.2\"");
        post(collector, results("198.51.100.1", 3));
        assertThat(stat(collector, "hops_discovered")).isEqualTo(3);
      } finally {
        hanging.countDown();
        input.stop(0);
      }
    }
  }

  private static void hang(CountDownLatch until, HttpExchange exchange) {
    try {
      until.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private static long stat(RunningRollcall collector, String key) {
    return RunningRollcall.json(collector.health("/stats").body()).get(key).asLong();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ROLLCALL_TOKEN", "ROLLCALL_COLLECT_TOKEN"})
  void asksEveryWriterForTheToken(String variable) {
    String token = "0123456789abcdef-right";
    try (RunningRollcall collector = plan().variable(variable, token).start()) {
      assertThat(post(collector, results("192.0.2.1", 1)).status()).isEqualTo(401);
      assertThat(
              collector
                  .send(
                      "POST",
                      "/results",
                      results("192.0.2.1", 1),
                      "Authorization",
                      "Bearer " + token)
                  .status())
          .isEqualTo(200);
      assertThat(collector.send("POST", "/rotate", "").status()).isEqualTo(200);
    }
  }

  @Test
  void finishesWhatIsInFlightAndLeavesNoLog() throws Exception {
    try (RunningRollcall collector = plan().start();
        ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      post(collector, results("192.0.2.1", 10));
      Future<Answer> last = writers.submit(() -> post(collector, results("192.0.2.2", 20_000)));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  !collector
                          .health("/metrics")
                          .body()
                          .contains("rollcall_collector_received_bytes 0.0")
                      || last.isDone());
      assertThat(collector.stop()).isZero();
      assertThat(last.get().status()).isEqualTo(200);
    }
    try (Stream<Path> files = Files.list(data())) {
      assertThat(files).noneMatch(file -> file.toString().endsWith("-wal"));
    }
    assertThat(rows(data())).containsEntry("192.0.2.2", 20_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--prot=1",
        "--port=x",
        "--port=70000 --max-size-mb=0 --rotation-days=-1 --keep-files=0 --input-url=ftp://x/"
            + " --hop-memory=0"
      })
  void saysInOneLineEachWhichFlagsAreWrong(String flags) {
    CommandHere ended = command(Map.of(), flags.split(" ", -1));
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.err().strip().lines()).hasSameSizeAs(flags.split(" ", -1));
    for (String flag : flags.split(" ", -1)) {
      String name = flag.replaceFirst("=.*", "");
      assertThat(ended.err().lines()).filteredOn(line -> line.contains(name)).hasSize(1);
    }
  }

  @Test
  void namesTheVariableThatIsWrong() {
    CommandHere ended = command(Map.of("ROLLCALL_COLLECT_KEEP_FILES", "none"));
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.err().strip()).doesNotContain("\n").contains("ROLLCALL_COLLECT_KEEP_FILES");
  }

  private CommandHere command(Map<String, String> environment, String... flags) {
    List<String> all = new ArrayList<>(List.of("collect"));
    all.addAll(List.of(flags));
    CommandHere ended = CommandHere.run(folder, environment, all.toArray(String[]::new));
    assertThat(ended.out()).isEmpty();
    return ended;
  }

  @Test
  void saysInOneLineThatAPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Ended ended =
          plan()
              .asProcess()
              .onlyFlags("--port=" + taken.getLocalPort(), "--health-port=0", "--log-level=error")
              .refused();
      assertThat(ended.status()).isEqualTo(1);
      assertThat(ended.said().strip())
          .doesNotContain("\n")
          .contains("port " + taken.getLocalPort())
          .contains("--port");
    }
  }

  @Test
  void collectsInsideServeOnceResultsCome() throws Exception {
    try (RunningRollcall serve = Plan.in(folder).start()) {
      Path files = folder.resolve("rollcall-data/output_data");
      assertThat(files).doesNotExist();
      assertThat(post(serve, results("192.0.2.9", 3)).status()).isEqualTo(200);
      assertThat(rows(files)).containsExactly(Map.entry("192.0.2.9", 3));
      JsonNode recent = RunningRollcall.json(serve.health("/recent?ip=192.0.2.9").body());
      assertThat(recent.size()).isEqualTo(3);
      assertThat(serve.health("/metrics").body()).contains("\noutput_service_total_results 3\n");
      assertThat(serve.health("/health").body()).contains("\"status\":\"ok\"");
    }
  }
}
