package dev.rollcall.server.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.DatabaseLocation.SqliteFile;
import dev.rollcall.server.sql.OtherProcess;
import dev.rollcall.server.sql.TestDatabases;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A process is killed while it adds notifications and sends them. All that were committed arrive,
/// at least once and in the order of each subject.
@ParameterizedClass
@EnumSource
class OutboxKilledTest {
  private static final int KILLS = 2;

  @TempDir Path directory;
  private final TestDatabases engine;
  private final Map<String, List<Integer>> arrived = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();

  OutboxKilledTest(TestDatabases engine) {
    this.engine = engine;
  }

  @Test
  void allThatIsCommittedArrivesInOrder() throws Exception {
    DatabaseLocation location = engine.fresh(directory);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      HttpServer receiver =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
      receiver.setExecutor(threads);
      receiver.createContext("/", this::answer);
      receiver.start();
      try {
        String uri = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
        Map<String, List<Integer>> committed = new TreeMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
          add(150, address(location), uri, kill * OutboxVictim.NUMBERS, committed);
        }
        Process last = start(address(location), uri, -1);
        try {
          await()
              .atMost(Duration.ofSeconds(60))
              .untilAsserted(
                  () ->
                      committed.forEach(
                          (subject, numbers) ->
                              assertThat(arrived.getOrDefault(subject, List.of()))
                                  .containsAll(numbers)));
        } finally {
          last.destroyForcibly().waitFor();
        }
        assertThat(committed).hasSize(OutboxVictim.SUBJECTS);
        arrived.values().forEach(numbers -> assertThat(firsts(numbers)).isSorted());
      } finally {
        receiver.stop(0);
      }
    }
  }

  /// Each number where it came first.
  private static List<Integer> firsts(List<Integer> numbers) {
    synchronized (numbers) {
      Set<Integer> firsts = new LinkedHashSet<>(numbers);
      return List.copyOf(firsts);
    }
  }

  /// Fails one in twenty, which puts retries between.
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (requests.incrementAndGet() % 20 == 0) {
        exchange.sendResponseHeaders(500, -1);
        return;
      }
      String[] parameters = exchange.getRequestURI().getRawQuery().split("[=&]", -1);
      List<Integer> numbers =
          arrived.computeIfAbsent(
              parameters[1], _ -> Collections.synchronizedList(new ArrayList<>()));
      numbers.add(Integer.valueOf(parameters[3]));
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static String address(DatabaseLocation location) {
    return switch (location) {
      case SqliteFile(var file) -> file.toString();
      case PostgresServer(var host, var user, var password) ->
          "postgresql://" + host + "&user=" + user + "&password=" + password;
    };
  }

  private static Process start(String database, String uri, int first) throws IOException {
    return OtherProcess.start(OutboxVictim.class, database, uri, "" + first);
  }

  /// Runs a victim until it has added that many, kills it, and notes all that it has committed.
  private static void add(
      int number, String database, String uri, int first, Map<String, List<Integer>> committed)
      throws IOException, InterruptedException {
    Process victim = start(database, uri, first);
    int said = 0;
    try (BufferedReader lines = victim.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.endsWith(".")) { // whole, though the process may have died while it wrote
          String[] parts = line.substring(0, line.length() - 1).split(" ", -1);
          committed
              .computeIfAbsent(parts[0], _ -> new ArrayList<>())
              .add(Integer.valueOf(parts[1]));
          said++;
        }
        if (said == number) {
          victim.toHandle().destroyForcibly(); // leaves what it had said before readable
        }
      }
    } finally {
      victim.destroyForcibly().waitFor();
    }
    assertThat(said).isGreaterThanOrEqualTo(number);
  }
}
