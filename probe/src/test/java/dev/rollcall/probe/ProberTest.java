package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProberTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    callers.close();
  }

  private static Probe well(String name) {
    return Probe.of(name, attempt -> {});
  }

  private static Probe failing(String name, String why) {
    return Probe.of(
        name,
        attempt -> {
          throw new ProbeFailure(why);
        });
  }

  @Test
  void reportsInTheOrderInWhichProbesWereAdded() throws Exception {
    Report report = new Prober().add(well("c")).add(failing("a", "full")).add(well("b")).check();
    assertThat(report.probes()).extracting(ProbeResult::name).containsExactly("c", "a", "b");
    assertThat(report.healthy()).isFalse();
    assertThat(report.error()).contains("prober error: probe a: probe check failed: full");
  }

  @Test
  void isWellWithoutProbes() throws Exception {
    assertThat(new Prober().check().healthy()).isTrue();
  }

  @Test
  @SuppressWarnings("NullAway") // as code without it may do
  void failsACheckAtOnceThatNotesWhatCannotBeTold() throws Exception {
    Map<String, String> nothing = new HashMap<>();
    Prober prober = new Prober().add(Probe.of("a", it -> it.detail("lag", nothing.get("lag"))));
    ProbeResult result = prober.check("a");
    assertThat(result.failure()).contains("NullPointerException: the value of the detail lag");
    assertThat(result.duration()).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void replacesAProbeByASecondOneOfItsName() throws Exception {
    Prober prober = new Prober().add(failing("a", "old")).add(well("b")).add(well("a"));
    assertThat(prober.names()).containsExactly("a", "b");
    assertThat(prober.check().healthy()).isTrue();
  }

  @Test
  void checksAllAtOnceEachOnAVirtualThread() throws Exception {
    int probes = 50;
    CyclicBarrier together = new CyclicBarrier(probes);
    Prober prober = new Prober();
    for (int i = 0; i < probes; i++) {
      prober.add(
          Probe.of(
              "p" + i,
              attempt -> {
                if (!Thread.currentThread().isVirtual()) {
                  throw new ProbeFailure("not a virtual thread");
                }
                together.await(); // returns when all are here
              }));
    }
    assertThat(prober.check().error()).isEmpty();
  }

  @Test
  void reportsWhateverIsThrown() throws Exception {
    Prober prober =
        new Prober()
            .add(
                Probe.of(
                    "driver",
                    attempt -> {
                      throw new NoClassDefFoundError("redis/Jedis");
                    }))
            .add(
                Probe.of(
                    "deep",
                    attempt -> {
                      throw new IllegalStateException("queue is full");
                    }));
    assertThat(prober.check().error())
        .contains(
            "prober error: probe driver: probe check failed: NoClassDefFoundError: redis/Jedis,"
                + " probe deep: probe check failed: queue is full");
  }

  @Test
  void interruptsAndReportsWhatHasNotEndedAtTheTimeout() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    Probe slow =
        Probe.of(
            "slow",
            attempt -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
              }
            });
    Report report = new Prober(SHORT).add(slow).add(well("quick")).check();
    assertThat(report.probes().getFirst().error())
        .contains("probe check failed: prober: context deadline exceeded");
    // it began a little after the run, whose deadline ends it
    assertThat(report.probes().getFirst().duration()).isGreaterThan(SHORT.dividedBy(2));
    assertThat(report.probes().getLast().healthy()).isTrue();
    interrupted.await();
  }

  @Test
  void givesTheCheckItsDeadline() throws Exception {
    AtomicReference<Duration> given = new AtomicReference<>(Duration.ZERO);
    new Prober(Duration.ofSeconds(7))
        .add(Probe.of("a", attempt -> given.set(attempt.timeout())))
        .check();
    assertThat(given.get()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void checksAgainWhatEndedUponItsInterrupt() throws Exception {
    AtomicInteger checks = new AtomicInteger();
    Prober prober =
        new Prober(SHORT)
            .add(
                Probe.of(
                    "slow",
                    attempt -> {
                      checks.incrementAndGet();
                      new CountDownLatch(1).await();
                    }));
    for (int i = 1; i <= 5; i++) {
      assertThat(prober.check().probes().getFirst().failure())
          .contains("prober: context deadline exceeded");
      assertThat(checks).hasValue(i);
    }
  }

  @Test
  void leavesNoMoreThanOneRunBehindOfAProbeThatIgnoresItsInterrupt() throws Exception {
    AtomicInteger checks = new AtomicInteger();
    CountDownLatch end = new CountDownLatch(1);
    Probe deaf =
        Probe.of(
            "deaf",
            attempt -> {
              checks.incrementAndGet();
              while (end.getCount() > 0) {
                try {
                  end.await();
                } catch (InterruptedException e) {
                  // ignored, which is what this is about
                }
              }
            });
    Prober prober = new Prober(SHORT).add(deaf).add(well("other"));
    assertThat(prober.check().probes().getFirst().failure())
        .contains("prober: context deadline exceeded");
    for (int i = 0; i < 3; i++) {
      Report report = prober.check();
      assertThat(report.probes().getFirst().failure())
          .contains("prober: context deadline exceeded: an earlier check of it has not ended yet");
      assertThat(report.probes().getLast().healthy()).isTrue();
      assertThat(prober.check("deaf").healthy()).isFalse();
    }
    assertThat(checks).hasValue(1);
    end.countDown();
    await().until(() -> prober.check().healthy());
    assertThat(checks).hasValue(2);
  }

  @Test
  void sharesARunAmongThoseWhoCallMeanwhile() throws Exception {
    AtomicInteger checks = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    Prober prober =
        new Prober()
            .add(
                Probe.of(
                    "slow",
                    attempt -> {
                      checks.incrementAndGet();
                      go.await();
                    }));
    List<FutureTask<Report>> asked = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      asked.add(waiting(prober::check));
    }
    go.countDown();
    Report first = asked.getFirst().get();
    for (Future<Report> report : asked) {
      assertThat(report.get()).isSameAs(first);
    }
    assertThat(checks).hasValue(1);
    prober.check();
    assertThat(checks).hasValue(2);
  }

  /// Somebody who has called and waits.
  private static <T> FutureTask<T> waiting(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread caller = Thread.startVirtualThread(task);
    await().until(() -> caller.getState() == Thread.State.WAITING);
    return task;
  }

  @Test
  void goesOnForTheOthersWhenACallerIsInterrupted() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch began = new CountDownLatch(1);
    Prober prober =
        new Prober()
            .add(
                Probe.of(
                    "slow",
                    attempt -> {
                      began.countDown();
                      go.await();
                    }));
    AtomicReference<Exception> thrown = new AtomicReference<>();
    Thread first =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    prober.check();
                  } catch (InterruptedException e) {
                    thrown.set(e);
                  }
                });
    began.await();
    Future<Report> second = waiting(prober::check);
    first.interrupt();
    first.join();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    go.countDown();
    assertThat(second.get().healthy()).isTrue();
  }

  @Test
  void cancelsAtTheTimeoutAlsoWhenNobodyWaitsAnyMore() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    Prober prober =
        new Prober(Duration.ofMillis(200))
            .add(
                Probe.of(
                    "slow",
                    attempt -> {
                      began.countDown();
                      try {
                        new CountDownLatch(1).await();
                      } finally {
                        cancelled.countDown();
                      }
                    }));
    Future<Report> caller = callers.submit((Callable<Report>) prober::check);
    began.await();
    caller.cancel(true);
    cancelled.await();
  }

  @Test
  void checksOneAloneByItsName() throws Exception {
    AtomicInteger others = new AtomicInteger();
    Prober prober =
        new Prober()
            .add(failing("a", "full"))
            .add(Probe.of("b", attempt -> others.incrementAndGet()));
    assertThat(prober.check("a").error()).contains("probe check failed: full");
    assertThat(others).hasValue(0);
  }

  @Test
  void refusesANameThatNoProbeHas() {
    Prober prober = new Prober().add(well("redis")).add(well("db"));
    assertThatThrownBy(() -> prober.check("rediss"))
        .isInstanceOf(UnknownProbeException.class)
        .hasMessage("probe not found: \"rediss\"; there are redis, db");
    assertThatThrownBy(() -> new Prober().check("x"))
        .hasMessage("probe not found: \"x\"; there is none");
  }

  @Test
  void asksAGroupAboutItsOwnProbesAlone() throws Exception {
    Prober prober =
        new Prober()
            .add(well("db"))
            .add(failing("threads", "all stuck"), Set.of(Group.LIVENESS, Group.READINESS))
            .add(failing("github", "major outage"), Set.of());
    assertThat(prober.check().probes()).hasSize(3);
    assertThat(prober.check(Group.READINESS).probes())
        .extracting(ProbeResult::name)
        .containsExactly("db", "threads");
    assertThat(prober.check(Group.LIVENESS).probes())
        .extracting(ProbeResult::name)
        .containsExactly("threads");
    prober.add(well("threads"));
    assertThat(prober.check(Group.LIVENESS).probes()).isEmpty();
  }

  @Test
  void sharesACheckBetweenGroupsThatAskMeanwhile() throws Exception {
    AtomicInteger checks = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    Prober prober =
        new Prober()
            .add(
                Probe.of(
                    "slow",
                    attempt -> {
                      checks.incrementAndGet();
                      go.await();
                    }));
    Future<Report> all = waiting(prober::check);
    Future<Report> ready = waiting(() -> prober.check(Group.READINESS));
    Future<ProbeResult> alone = waiting(() -> prober.check("slow"));
    go.countDown();
    assertThat(all.get().healthy()).isTrue();
    assertThat(ready.get().healthy()).isTrue();
    assertThat(alone.get().healthy()).isTrue();
    assertThat(checks).hasValue(1);
  }

  @Test
  void refusesATimeoutOfNothing() {
    assertThatThrownBy(() -> new Prober(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("timeout");
  }

  /// It would use the processor for ever: nobody is left who would interrupt it.
  @RepeatedTest(3) // the first is slower, as classes are loaded
  void startsNoCheckThatNobodyInterrupts() throws Exception {
    AtomicInteger started = new AtomicInteger();
    AtomicInteger running = new AtomicInteger();
    CountDownLatch release = new CountDownLatch(1);
    Probe.Check check =
        attempt -> {
          running.incrementAndGet();
          try {
            if (started.getAndIncrement() == 0) {
              ignoringInterrupts(release);
            } else {
              new CountDownLatch(1).await();
            }
          } finally {
            running.decrementAndGet();
          }
        };
    Prober prober = new Prober(Duration.ofMillis(30)).add(Probe.of("a", check));
    assertThat(prober.check().healthy()).isFalse();
    assertThat(prober.check().healthy()).isFalse(); // ends while the first still may end by itself
    release.countDown();
    await().during(Duration.ofMillis(200)).until(() -> running.get() == 0);
  }

  private static void ignoringInterrupts(CountDownLatch release) {
    while (release.getCount() > 0) {
      try {
        release.await();
      } catch (InterruptedException e) {
        // which is what this check does wrong
      }
    }
  }

  @Test
  void takesAnyTimeoutAboveZero() throws Exception {
    for (Duration timeout :
        List.of(Duration.ofDays(300 * 365), Duration.ofSeconds(Long.MAX_VALUE))) {
      Prober prober = new Prober(timeout).add(well("a"));
      assertThat(prober.check().healthy()).isTrue();
      assertThat(prober.check("a").healthy()).isTrue();
    }
    assertThatThrownBy(() -> new Prober(Duration.ZERO)).hasMessageContaining("PT0S");
  }
}
