package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StuckConnectionsTest {
  private static final Duration TICK = Duration.ofSeconds(5);
  private static final Duration WAITS = Duration.ofSeconds(1);
  private static final Duration SILENT = Duration.ofMillis(1500);

  private final TestClock clock = new TestClock();

  /// A server with commits that wait, which may be away.
  private final class Waiting implements StuckConnections.Pool {
    private final Semaphore asks = new Semaphore(0);
    private volatile boolean ended;
    private final BlockingQueue<Boolean> answers = new SynchronousQueue<>();
    private final BlockingQueue<Duration> told = new SynchronousQueue<>();
    private volatile boolean answersFirst;

    @Override
    public Set<String> serving(Runnable answered) {
      if (answersFirst) {
        answered.run();
      }
      asks.release();
      try {
        return answers.take() ? Set.of("primary") : Set.of();
      } catch (InterruptedException e) {
        return Set.of();
      }
    }

    @Override
    public String place(Connection connection) {
      return "primary";
    }

    @Override
    public void clear() {}

    @Override
    public Optional<String> delay(Duration already) {
      try {
        told.put(already);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return Optional.of("waits");
    }

    @Override
    public void end(Connection connection) {
      ended = true;
    }

    /// One round with a server that answers.
    Duration next() throws InterruptedException {
      answers.put(true);
      Duration already = told.poll(10, TimeUnit.SECONDS);
      assertThat(already).isNotNull();
      clock.pass(TICK);
      return already;
    }
  }

  @Test
  void itIsKnownForHowLongStatementsWaitAndBeginsAnewWhenTheServerIsBack() throws Exception {
    Waiting server = new Waiting();
    try (StuckConnections watch = new StuckConnections("test", server, clock);
        StuckConnections.Use _ = watch.begin()) {
      clock.pass(TICK);
      assertThat(server.next()).isZero();
      assertThat(server.next()).isPositive();
      server.answers.put(false);
      assertThat(server.next()).isZero();
    }
  }

  @Test
  void aServerIsSilentIfItHasAnsweredNobodySinceItWasAskedAWhileAgo() throws Exception {
    Waiting server = new Waiting();
    try (StuckConnections watch = new StuckConnections("test", server, clock);
        StuckConnections.Use _ = watch.begin()) {
      StuckConnections.Use another = watch.begin();
      another.of(connection());
      clock.pass(WAITS);
      server.asks.acquire();
      assertThat(watch.isSilent()).isFalse();
      clock.pass(SILENT);
      assertThat(watch.isSilent()).isTrue();
      another.close(); // its statement is done
      assertThat(watch.isSilent()).as("answers others").isFalse();
      clock.pass(SILENT);
      assertThat(watch.isSilent()).isTrue();
      server.answers.put(true);
      server.asks.acquire(); // the next time
      assertThat(watch.isSilent()).isFalse();
      assertThat(watch.isUnserved()).isFalse();
    }
  }

  /// It is still waited for the other hosts: one of them may be promoted.
  @Test
  void aServerIsNotSilentOnceItHasAnsweredThoughOtherHostsHaveNot() throws Exception {
    Waiting server = new Waiting();
    server.answersFirst = true;
    try (StuckConnections watch = new StuckConnections("test", server, clock)) {
      try (StuckConnections.Use _ = watch.begin()) {
        clock.pass(WAITS);
        server.asks.acquire();
        clock.pass(SILENT);
        assertThat(watch.isSilent()).isFalse();
      }
      server.answers.put(true);
    }
  }

  @Test
  void aServerThatServesNobodyIsAskedUntilItDoesAlsoIfNobodyWaitsAnyMore() throws Exception {
    Waiting server = new Waiting();
    try (StuckConnections watch = new StuckConnections("test", server, clock)) {
      try (StuckConnections.Use _ = watch.begin()) {
        clock.pass(WAITS);
        server.answers.put(false);
      }
      server.asks.acquire(2);
      assertThat(watch.isUnserved()).isTrue();
      server.answers.put(true);
      await().atMost(TICK.plus(TICK)).until(() -> !watch.isUnserved());
    }
  }

  @Test
  void aServerThatAnswersOthersIsNotAwayIfItTakesNoNewConnection() throws Exception {
    Waiting server = new Waiting();
    try (StuckConnections watch = new StuckConnections("test", server, clock);
        StuckConnections.Use waiting = watch.begin()) {
      waiting.of(connection());
      StuckConnections.Use another = watch.begin();
      another.of(connection());
      clock.pass(WAITS);
      server.asks.acquire();
      another.close(); // its statement is done
      server.answers.put(false);
      server.asks.acquire(); // the next time
      assertThat(watch.isUnserved()).isFalse();
      assertThat(server.ended).isFalse();
      clock.pass(WAITS);
      server.answers.put(false); // asked before, and nobody got an answer since
      server.asks.acquire();
      server.answers.put(false);
      server.asks.acquire();
      assertThat(watch.isUnserved()).isTrue();
      assertThat(server.ended).isTrue();
    }
  }

  private static Connection connection() {
    return (Connection)
        Proxy.newProxyInstance(
            StuckConnectionsTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, _, _) -> {
              throw new UnsupportedOperationException();
            });
  }

  @Test
  void whatToDoIsSaidWhenTheStandbyHadTimeToComeBack() {
    Duration time = WaitingCommits.FOLLOWS_AGAIN;
    assertThat(WaitingCommits.words(time.minusMillis(1)))
        .isEqualTo("commits wait for a standby, which may be back by itself within 15 s");
    assertThat(WaitingCommits.words(time))
        .isEqualTo(
            "commits wait for a standby: start it, or let the primary go on alone"
                + " (rollcall-postgres alone: docs/high-availability.md)");
  }
}
