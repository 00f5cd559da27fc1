package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StuckConnectionsTest {
  private static final Duration TICK = Duration.ofSeconds(5);

  private final TestClock clock = new TestClock();

  /// A server with commits that wait, which may be away.
  private final class Waiting implements StuckConnections.Pool {
    private final BlockingQueue<Boolean> answers = new SynchronousQueue<>();
    private final BlockingQueue<Duration> told = new SynchronousQueue<>();

    @Override
    public Set<String> serving() {
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
    public void end(Connection connection) {}

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
