package dev.rollcall.server.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.http.Logged;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class SignalsTest {
  private static final Instant AT = Instant.ofEpochMilli(1_700_000_000_123L);

  @TempDir Path directory;
  private final TestDatabases engine;
  private final List<Signal> consumed = new CopyOnWriteArrayList<>();

  SignalsTest(TestDatabases engine) {
    this.engine = engine;
  }

  /// A process of its own, as far as the database can tell.
  private static final class Peer implements AutoCloseable {
    private final Database database;
    private final GroupCommit commits;
    private final Signals signals;

    Peer(DatabaseLocation location, SignalConsumer consumer) {
      database =
          Database.open(
              DatabaseConfig.of(location, Signals.MIGRATIONS.toArray(String[]::new)),
              new TestClock());
      commits = new GroupCommit(database);
      signals = new Signals(database, commits, consumer);
    }

    void write(Signal... some) {
      write(List.of(some));
    }

    void write(List<Signal> some) {
      Batch<List<Signal>, Boolean> batch =
          (tx, lists) -> {
            lists.forEach(list -> signals.write(tx, list));
            return lists.stream().map(_ -> true).toList();
          };
      commits.write(batch, some);
    }

    long waiting() {
      return database.read(
          handle -> handle.createQuery("SELECT COUNT(*) FROM signal").mapTo(Long.class).one());
    }

    @Override
    public void close() {
      signals.close();
      commits.close();
      database.close();
    }
  }

  private void take(Handle tx, List<Signal> signals) {
    tx.afterCommit(() -> consumed.addAll(signals));
  }

  private Peer open() {
    return new Peer(engine.fresh(directory), this::take);
  }

  private static Signal late(String name) {
    return signal(name, "up", "late");
  }

  private static Signal signal(String name, String from, String to) {
    return new Signal(
        new Subject(Subject.Type.HEARTBEAT, 7, 3, name),
        from,
        to,
        Optional.of("no call for 'a' minute"),
        AT.minusSeconds(60),
        AT.minusSeconds(1),
        AT);
  }

  @Test
  void handsOverWhatWasWrittenOnce() {
    try (Peer peer = open()) {
      peer.signals.start();
      Signal without =
          new Signal(
              new Subject(Subject.Type.SERVICE, 1, 0, "shop"),
              "up",
              "down",
              Optional.empty(),
              AT,
              AT,
              AT);
      peer.write(late("a"), without);
      peer.write(late("a"));
      await().until(() -> consumed.size() == 3);
      assertThat(consumed).containsExactly(late("a"), without, late("a"));
      assertThat(peer.waiting()).isZero();
    }
  }

  @Test
  void writesNothingWhereTheTransactionFails() {
    try (Peer peer = open()) {
      peer.signals.start();
      Batch<String, String> failing =
          (tx, _) -> {
            peer.signals.write(tx, List.of(late("never")));
            throw new IllegalArgumentException("no");
          };
      assertThatThrownBy(() -> peer.commits.write(failing, "x"))
          .isInstanceOf(IllegalArgumentException.class);
      peer.write(late("a"));
      await().until(() -> !consumed.isEmpty());
      assertThat(consumed).containsExactly(late("a"));
    }
  }

  @Test
  void keepsWhatNobodyHasConsumedThroughARestart() {
    DatabaseLocation location = engine.fresh(directory);
    try (Peer peer = new Peer(location, this::take)) {
      peer.write(late("a"), late("b"));
    }
    try (Peer peer = new Peer(location, this::take)) {
      peer.signals.start();
      await().until(() -> consumed.size() == 2);
      assertThat(consumed).extracting(each -> each.subject().name()).containsExactly("a", "b");
    }
  }

  @Test
  void keepsTheirOrderInManyTransactions() {
    try (Peer peer = open()) {
      int many = 3 * Signals.AT_ONCE + 1;
      peer.write(IntStream.range(0, many).mapToObj(i -> late("" + i)).toList());
      peer.signals.start();
      await().until(() -> consumed.size() == many);
      assertThat(consumed)
          .extracting(each -> each.subject().name())
          .containsExactlyElementsOf(IntStream.range(0, many).mapToObj(i -> "" + i).toList());
    }
  }

  @Test
  void consumesAgainWhereTheTransactionFailed() {
    AtomicBoolean failed = new AtomicBoolean();
    SignalConsumer once =
        (tx, signals) -> {
          if (!failed.getAndSet(true)) {
            throw new IllegalStateException("a moment");
          }
          take(tx, signals);
        };
    try (Peer peer = new Peer(engine.fresh(directory), once)) {
      peer.write(late("a"), late("b"));
      peer.signals.start();
      await().until(() -> consumed.size() == 2);
      assertThat(consumed).containsExactly(late("a"), late("b"));
    }
  }

  @Test
  void oneThatCannotBeConsumedHoldsUpNoOther() {
    SignalConsumer picky =
        (tx, signals) -> {
          if (signals.contains(late("bad"))) {
            throw new IllegalStateException("this one never");
          }
          take(tx, signals);
        };
    try (Peer peer = new Peer(engine.fresh(directory), picky);
        Logged log = new Logged(Signals.class.getName())) {
      peer.write(late("a"), late("b"), late("bad"), late("c"));
      peer.signals.start();
      await().until(() -> consumed.size() == 3);
      assertThat(consumed).containsExactly(late("a"), late("b"), late("c"));
      assertThat(peer.waiting()).isZero();
      assertThat(log.lines()).hasSize(1).first().asString().contains("'bad'");
    }
  }

  /// On PostgreSQL in two connections. SQLite's file belongs to one process: there, two in it.
  @Test
  void twoConsumersShareWhatWasWritten() {
    try (Peer peer = open();
        Signals other = new Signals(peer.database, peer.commits, this::take)) {
      peer.signals.start();
      other.start();
      List<String> written = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        written.add("" + i);
        peer.write(late("" + i));
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> consumed.size() == written.size());
      assertThat(consumed)
          .extracting(each -> each.subject().name())
          .containsExactlyInAnyOrderElementsOf(written);
    }
  }
}
