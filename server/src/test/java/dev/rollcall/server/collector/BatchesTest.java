package dev.rollcall.server.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.collector.ResultIntake.Received;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.sql.TestClock;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Batches of nodes that are sent more than once.
class BatchesTest {
  private static final long MEBIBYTE = 1024 * 1024;

  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private RotatingStore store;
  private Hops hops;
  private ResultIntake intake;

  @BeforeEach
  void open() {
    store =
        new RotatingStore(
            new RotatingStore.Settings(folder, 100 * MEBIBYTE, Duration.ofDays(7), 5), clock);
    store.open();
    hops = new Hops(1_000, _ -> HopReceiver.Answer.TAKEN);
    intake =
        new ResultIntake(
            store,
            hops,
            new StoredTotals(clock),
            new ResultBuffers(64 * MEBIBYTE),
            store.batches());
  }

  @AfterEach
  void close() {
    hops.close();
    store.close();
  }

  private void openAgain() {
    close();
    open();
  }

  private Received send(Optional<BatchId> batch, int count) {
    String result =
        "{\"ip\":\"198.51.100.1\",\"sent\":4,\"received\":4,\"timestamp\":\"2026-01-07T22:30:00Z\"}";
    String body = "[" + (result + ",").repeat(count - 1) + result + "]";
    return intake.receive(batch, new ByteArrayInputStream(body.getBytes(UTF_8)));
  }

  private void send(String node, String id, int count) {
    assertThat(send(Optional.of(new BatchId(node, id)), count))
        .isEqualTo(new Received.Stored(count));
  }

  private <T> List<T> all(String sql, Class<T> type) {
    return store.files().stream()
        .flatMap(
            file ->
                file
                    .read(handle -> handle.createQuery(sql).mapTo(type).list())
                    .orElseThrow()
                    .stream())
        .toList();
  }

  private int stored() {
    return all("SELECT COUNT(*) FROM ping_results", Integer.class).stream()
        .mapToInt(Integer::intValue)
        .sum();
  }

  @Test
  void areStoredOnce() {
    send("fra1", "a-1", 3);
    send("fra1", "a-1", 3);
    send("fra1", "a-2", 2);
    send("ams1", "a-1", 4);
    assertThat(stored()).isEqualTo(9);
    openAgain();
    send("fra1", "a-1", 3);
    assertThat(stored()).isEqualTo(9);
  }

  @Test
  void areStoredOnceAcrossRotationsAndStarts() {
    send("fra1", "a-1", 3);
    store.rotate();
    send("fra1", "a-1", 3);
    assertThat(stored()).isEqualTo(3);
    send("fra1", "a-2", 1);
    store.rotate();
    openAgain();
    send("fra1", "a-1", 3);
    send("fra1", "a-2", 1);
    assertThat(stored()).isEqualTo(4);
  }

  @Test
  void areStoredOnceIfSeveralRequestsBringThemAtTheSameTime() throws Exception {
    List<Future<String>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        answers.add(
            threads.submit(
                () -> {
                  try {
                    return send(Optional.of(new BatchId("fra1", "a-1")), 100).toString();
                  } catch (Unavailable e) {
                    return String.valueOf(e.getMessage());
                  }
                }));
      }
    }
    List<String> said = new ArrayList<>();
    for (Future<String> answer : answers) {
      said.add(answer.get());
    }
    assertThat(said)
        .allMatch(
            text -> text.equals("Stored[count=100]") || text.startsWith("this batch is being"));
    assertThat(stored()).isEqualTo(100);
  }

  @Test
  void sayWhichNodeAResultIsFrom() {
    send("fra1", "a-1", 3);
    send(Optional.empty(), 2);
    send("ams1", "b-1", 1);
    assertThat(
            all(
                "SELECT COALESCE((SELECT node FROM rollcall_batch b WHERE p.id BETWEEN b.first_id"
                    + " AND b.last_id), '-') FROM ping_results p ORDER BY p.id",
                String.class))
        .containsExactly("fra1", "fra1", "fra1", "-", "-", "ams1");
  }

  @Test
  void leaveTheTablesAsTheyAreWhereOnlyOtherNodesSend() {
    send(Optional.empty(), 2);
    String tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    assertThat(all(tables, String.class))
        .containsExactly("ping_results", "traceroute_hops", "traceroute_results");
  }

  @Test
  void areRememberedForEachNodeWithinLimits() {
    KnownBatches known = new KnownBatches();
    for (int i = 0; i < 1_000; i++) {
      known.stored(new BatchId("noisy", "x-" + i));
    }
    known.stored(new BatchId("quiet", "q-1"));
    assertThat(known.begin(new BatchId("noisy", "x-0"))).isEqualTo(KnownBatches.State.NEW);
    assertThat(known.begin(new BatchId("noisy", "x-999"))).isEqualTo(KnownBatches.State.STORED);
    for (int i = 0; i < KnownBatches.MOST_NODES - 2; i++) {
      known.stored(new BatchId("n" + i, "1"));
    }
    assertThat(known.begin(new BatchId("quiet", "q-1"))).isEqualTo(KnownBatches.State.STORED);
    assertThat(
            List.of("a", "b").stream()
                .map(id -> known.begin(new BatchId("fra1", id)))
                .collect(Collectors.toSet()))
        .containsExactly(KnownBatches.State.NEW);
    assertThat(known.begin(new BatchId("fra1", "a"))).isEqualTo(KnownBatches.State.UNDER_WAY);
    known.failed(new BatchId("fra1", "a"));
    assertThat(known.begin(new BatchId("fra1", "a"))).isEqualTo(KnownBatches.State.NEW);
  }
}
