package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class GroupCommitTest {
  private final TestDatabases engine;
  @TempDir Path directory;

  private Database database;
  private GroupCommit commits;
  private final Held held = new Held();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  GroupCommitTest(TestDatabases engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() {
    database = engine.open(directory, Clock.system(), Things.MIGRATION);
    commits = new GroupCommit(database, 1_000);
  }

  @AfterEach
  void close() {
    held.release();
    callers.close();
    commits.close();
    database.close();
  }

  @Test
  void returnsOnceTheItemIsCommitted() {
    assertThat(commits.write(Things.ADD, new Things(1, 5))).isEqualTo(new Things(1, 5));
    assertThat(Things.sum(database)).isEqualTo(5);
  }

  @Test
  void returnsOneResultForEachItemInItsOrderThoughRowsAreLockedInTheirs() {
    List<Things> items = new ArrayList<>(Things.of(0, 50));
    Collections.reverse(items);
    assertThat(commits.writeAll(Things.ADD, items)).isEqualTo(items);
    assertThat(commits.writeAll(Things.ADD, List.of())).isEmpty();
  }

  @Test
  void writesForFiveHundredCallersAtOnceAndLosesNothing() throws Exception {
    List<Future<?>> all = new ArrayList<>();
    for (int caller = 0; caller < 500; caller++) {
      int id = caller % 37;
      all.add(
          callers.submit(
              () -> {
                for (int i = 0; i < 4; i++) {
                  commits.write(Things.ADD, new Things(id, 1));
                }
              }));
    }
    for (Future<?> one : all) {
      one.get();
    }
    assertThat(Things.sum(database)).isEqualTo(2_000);
  }

  @Test
  void sharesACommitAmongThoseWhoCameMeanwhile() throws Exception {
    AtomicInteger transactions = new AtomicInteger();
    Batch<Things, Things> counted =
        (tx, items) -> {
          transactions.incrementAndGet();
          held.pass();
          return Things.ADD.apply(tx, items);
        };
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Things item = new Things(i, 1);
      all.add(callers.submit(() -> commits.write(counted, item)));
    }
    held.release();
    for (Future<?> one : all) {
      one.get();
    }
    assertThat(transactions).hasValueLessThan(100);
    assertThat(Things.count(database)).isEqualTo(200);
  }

  @Test
  void mixesKindsInOneTransactionOnlyWhereNobodyElseCanLockTheirRows() throws Exception {
    Map<Handle, Set<String>> transactions = new ConcurrentHashMap<>();
    List<Future<?>> all = occupyAllWriters();
    for (String kind : List.of("one", "other")) {
      Batch<Things, Things> noted =
          (tx, items) -> {
            transactions.computeIfAbsent(tx, _ -> ConcurrentHashMap.newKeySet()).add(kind);
            return Things.ADD.apply(tx, items);
          };
      for (int i = 0; i < 100; i++) {
        Things item = new Things(1, 1);
        all.add(callers.submit(() -> commits.write(noted, item)));
      }
    }
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> commits.waiting() == 200);
    held.release();
    for (Future<?> one : all) {
      one.get();
    }
    boolean mixed = transactions.values().stream().anyMatch(kinds -> kinds.size() > 1);
    assertThat(mixed).isEqualTo(engine == TestDatabases.SQLITE);
    assertThat(Things.sum(database)).isEqualTo(200 + database.mostWriters());
  }

  @Test
  void writesNoMoreAtOnceThanItsItemsMayWeigh() throws Exception {
    ConcurrentLinkedQueue<Integer> sizes = new ConcurrentLinkedQueue<>();
    Batch<Things, Things> heavy =
        new Batch<>() {
          @Override
          public List<Things> apply(Handle tx, List<Things> items) {
            sizes.add(items.size());
            held.pass();
            return Things.ADD.apply(tx, items);
          }

          @Override
          public int weight(Things item) {
            return 60;
          }
        };
    try (GroupCommit few = new GroupCommit(database, 150, 100_000)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        Things item = new Things(i, 1);
        all.add(callers.submit(() -> few.write(heavy, item)));
      }
      held.release();
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(sizes).allMatch(size -> size <= 2);
    assertThat(Things.count(database)).isEqualTo(30);
  }

  @Test
  void keepsTheOrderInWhichOneCallerWrites() {
    ConcurrentLinkedQueue<Long> seen = new ConcurrentLinkedQueue<>();
    Batch<Long, Long> log =
        (tx, items) -> {
          seen.addAll(items);
          return items;
        };
    for (long i = 0; i < 100; i++) {
      commits.write(log, i);
    }
    assertThat(List.copyOf(seen)).isSorted().hasSize(100);
  }

  @Test
  void letsABadItemFailAlone() throws Exception {
    // All of them wait behind the first, so that they share one transaction.
    Batch<Things, Things> kind =
        (tx, items) -> {
          held.pass();
          return Things.ADD.apply(tx, items);
        };
    List<Future<Things>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Things item = new Things(i, i == 17 || i == 71 ? -1 : 1);
      all.add(callers.submit(() -> commits.write(kind, item)));
    }
    held.release();
    for (int i = 0; i < 100; i++) {
      Future<Things> one = all.get(i);
      if (i == 17 || i == 71) {
        assertThatThrownBy(one::get).hasCauseInstanceOf(JdbiException.class);
      } else {
        assertThat(one.get().n()).isOne();
      }
    }
    assertThat(Things.count(database)).isEqualTo(98);
    assertThat(database.trouble()).isEmpty();
  }

  @Test
  void writesTheItemsOfOneCallAllOrNone() {
    assertThatThrownBy(
            () -> commits.writeAll(Things.ADD, List.of(new Things(1, 1), new Things(2, -1))))
        .isInstanceOf(JdbiException.class);
    assertThat(Things.count(database)).isZero();
  }

  @Test
  void handsTheExceptionOfAKindToItsCaller() {
    Batch<String, String> broken =
        (tx, items) -> {
          tx.execute("INSERT INTO thing (id, n) VALUES (1, 1)");
          throw new IllegalArgumentException("no " + items);
        };
    assertThatThrownBy(() -> commits.write(broken, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no [x]");
    assertThat(Things.count(database)).isZero();
    commits.write(Things.ADD, new Things(1, 1));
  }

  @Test
  void refusesAKindThatForgetsAResult() {
    Batch<String, String> forgetful = (tx, items) -> List.of();
    assertThatThrownBy(() -> commits.write(forgetful, "x"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("0 results for 1 items");
  }

  @Test
  void finishesTheWriteOfAnInterruptedCallerAndKeepsTheInterrupt() throws Exception {
    Batch<Things, Things> kind =
        (tx, items) -> {
          held.pass();
          return Things.ADD.apply(tx, items);
        };
    List<Thread> threads = new ArrayList<>();
    ConcurrentLinkedQueue<Boolean> stillInterrupted = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 20; i++) {
      Things item = new Things(i, 1);
      threads.add(
          Thread.startVirtualThread(
              () -> {
                commits.write(kind, item);
                stillInterrupted.add(Thread.currentThread().isInterrupted());
              }));
    }
    held.awaitFirst();
    threads.forEach(Thread::interrupt);
    held.release();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(stillInterrupted).hasSize(20).containsOnly(true);
    assertThat(Things.count(database)).isEqualTo(20);
  }

  @Test
  void refusesMoreThanMayWait() throws Exception {
    List<Future<?>> leaders = occupyAllWriters();
    Future<?> fits = callers.submit(() -> commits.writeAll(Things.ADD, Things.of(0, 1_000)));
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> commits.waiting() == 1_000);
    assertThatThrownBy(() -> commits.write(Things.ADD, new Things(1, 1)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("overloaded: 1000 items wait");
    held.release();
    fits.get();
    for (Future<?> one : leaders) {
      one.get();
    }
  }

  @Test
  void finishesWhatWasHandedOverBeforeItCloses() throws Exception {
    Batch<Things, Things> slow =
        (tx, items) -> {
          held.pass();
          return Things.ADD.apply(tx, items);
        };
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Things item = new Things(i, 1);
      all.add(callers.submit(() -> commits.write(slow, item)));
    }
    held.awaitFirst();
    Future<?> closing = callers.submit(commits::close);
    held.release();
    closing.get();
    int written = 0;
    for (Future<?> one : all) {
      try {
        one.get();
        written++;
      } catch (java.util.concurrent.ExecutionException e) {
        assertThat(e).hasCauseInstanceOf(StorageException.class);
      }
    }
    assertThat(Things.count(database)).isEqualTo(written).isPositive();
    assertThatThrownBy(() -> commits.write(Things.ADD, new Things(1, 1)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("being closed");
  }

  /// Until [Held#release].
  private List<Future<?>> occupyAllWriters() {
    Batch<Things, Things> slow =
        (tx, items) -> {
          held.pass();
          return Things.ADD.apply(tx, items);
        };
    List<Future<?>> leaders = new ArrayList<>();
    for (int i = 0; i < database.mostWriters(); i++) {
      Things item = new Things(10_000 + i, 1);
      leaders.add(callers.submit(() -> commits.write(slow, item)));
      held.awaitFirst(i + 1);
    }
    return leaders;
  }

  /// Stops whoever passes until it is released.
  private static final class Held {
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger arrived = new AtomicInteger();

    void pass() {
      arrived.incrementAndGet();
      boolean interrupted = false;
      while (gate.getCount() > 0) {
        try {
          gate.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    void awaitFirst() {
      awaitFirst(1);
    }

    void awaitFirst(int number) {
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> arrived.get() >= number);
    }

    void release() {
      gate.countDown();
    }
  }
}
