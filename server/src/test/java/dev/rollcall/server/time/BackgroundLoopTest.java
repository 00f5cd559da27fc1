package dev.rollcall.server.time;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackgroundLoopTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Logger LOG = Logger.getLogger(BackgroundLoop.class.getName());

  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          log.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    LOG.removeHandler(handler);
  }

  /// The database is away.
  private static final class Away extends RuntimeException implements OutsideFailure {
    private static final long serialVersionUID = 1L;

    Away(String reason) {
      super(reason);
    }

    @Override
    public String reason() {
      return String.valueOf(getMessage());
    }
  }

  /// Does one step of `steps` each time it is woken, and tells that it has.
  private static final class Steps implements AutoCloseable {
    private final BlockingQueue<BackgroundLoop.Work> steps = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> virtual = new LinkedBlockingQueue<>();
    private final BackgroundLoop loop = new BackgroundLoop("test", "the test", HOUR, this::step);

    private boolean begun;

    private Duration step() throws InterruptedException {
      BackgroundLoop.Work next = steps.poll();
      if (next == null) {
        return HOUR;
      }
      virtual.add(Thread.currentThread().isVirtual());
      return next.round();
    }

    void run(BackgroundLoop.Work step) throws InterruptedException {
      steps.add(step);
      if (begun) {
        loop.wake();
      } else {
        begun = true;
        loop.start(); // which is a round by itself
      }
      assertThat(virtual.poll(10, SECONDS)).isFalse();
    }

    @Override
    public void close() {
      loop.close();
    }
  }

  @Test
  void itSurvivesWhateverIsThrown() throws Exception {
    try (Steps steps = new Steps()) {
      steps.run(
          () -> {
            throw new IllegalStateException("a bug");
          });
      steps.run(
          () -> {
            throw new OutOfMemoryError("no heap");
          });
      steps.run(
          () -> {
            throw new InterruptedException("by mistake");
          });
      steps.run(
          () -> {
            Thread.currentThread().interrupt();
            return HOUR;
          });
      steps.run(() -> HOUR);
    }
    assertThat(log)
        .contains("the test failed in Rollcall itself, and is tried again", "{0} continues");
  }

  @Test
  void aFailureIsLoggedOnceUntilItIsAnotherOrOver() throws Exception {
    try (Steps steps = new Steps()) {
      for (String reason : new String[] {"silent for 1 s", "silent for 2 s", "disk full"}) {
        steps.run(
            () -> {
              throw new Away(reason);
            });
      }
      steps.run(() -> HOUR);
      steps.run(
          () -> {
            throw new Away("disk full");
          });
      steps.run(() -> HOUR);
    }
    assertThat(log)
        .containsExactly(
            "the test waits, and is tried again: silent for 1 s",
            "the test waits, and is tried again: disk full",
            "the test continues",
            "the test waits, and is tried again: disk full",
            "the test continues");
  }

  @Test
  void itStopsAtOnceWhereItWaits() throws Exception {
    Steps steps = new Steps();
    steps.run(() -> HOUR);
    long began = System.nanoTime();
    steps.close();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
    steps.loop.start(); // begins no more
  }

  @Test
  void closingWaitsForTheWorkUnderWay() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    Steps steps = new Steps();
    steps.run(
        () -> {
          begun.countDown();
          end.await();
          ended.set(true);
          return HOUR;
        });
    begun.await();
    Thread closing = Thread.ofPlatform().start(steps::close);
    while (!steps.loop.isClosing()) {
      Thread.onSpinWait();
    }
    end.countDown();
    closing.join();
    assertThat(ended).isTrue();
  }

  @Test
  void workThatDoesNotEndIsInterrupted() throws Exception {
    BlockingQueue<String> ends = new ArrayBlockingQueue<>(1);
    Steps steps = new Steps();
    steps.run(
        () -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            ends.add("interrupted");
            throw e;
          }
          return HOUR;
        });
    steps.loop.close(Duration.ofMillis(10));
    assertThat(ends.poll(10, SECONDS)).isEqualTo("interrupted");
    assertThat(log).isEmpty();
  }

  @Test
  void whatHasNotBegunIsClosedAtOnce() {
    Steps steps = new Steps();
    steps.close();
    steps.loop.start();
    assertThat(steps.loop.isClosing()).isTrue();
  }
}
