package dev.rollcall.server.monitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostLimitTest {
  private static final Duration NO_TIME = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofSeconds(30);

  private final HostLimit places = new HostLimit(2);

  @Test
  void aFullHostKeepsNobodyElseWaiting() throws InterruptedException {
    assertThat(places.enter("slow:80", NO_TIME)).isTrue();
    assertThat(places.enter("slow:80", NO_TIME)).isTrue();
    assertThat(places.enter("slow:80", NO_TIME)).isFalse();
    assertThat(places.enter("quick:80", NO_TIME)).isTrue();
    places.leave("slow:80");
    assertThat(places.enter("slow:80", NO_TIME)).isTrue();
  }

  @Test
  void aHostAtWhichNobodyIsIsForgotten() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      String host = "host" + i;
      assertThat(places.enter(host, NO_TIME)).isTrue();
      assertThat(places.enter(host, NO_TIME)).isTrue();
      assertThat(places.enter(host, NO_TIME)).isFalse();
      places.leave(host);
      places.leave(host);
    }
    assertThat(places.known()).isZero();
    assertThatThrownBy(() -> places.leave("host1")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void neverMoreThanTheLimitAreAtOneHost() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CyclicBarrier pair = new CyclicBarrier(2); // nobody leaves who has not met another there
    List<Future<Boolean>> visits = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 500; i++) {
        visits.add(
            threads.submit(
                () -> {
                  boolean entered = places.enter("one", LONG);
                  most.accumulateAndGet(now.incrementAndGet(), Math::max);
                  pair.await();
                  now.decrementAndGet();
                  places.leave("one");
                  return entered;
                }));
      }
      for (Future<Boolean> visit : visits) {
        assertThat(visit.get()).isTrue();
      }
    }
    assertThat(most).hasValue(2);
    assertThat(places.known()).isZero();
  }

  @Test
  void anInterruptedVisitorIsForgotten() throws Exception {
    assertThat(places.enter("one", NO_TIME)).isTrue();
    assertThat(places.enter("one", NO_TIME)).isTrue();
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    places.enter("one", LONG);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
    waiting.interrupt();
    waiting.join();
    places.leave("one");
    places.leave("one");
    assertThat(places.known()).isZero();
  }
}
