package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/// What checks leave behind in this JVM: threads, open files and sockets, temporary files.
/// Everything in the folder for temporary files is counted, so tests have one of their own.
final class Leftovers {
  private static final int AT_ONCE = 32;

  private final int descriptors = descriptors();
  private final Set<String> threads = threads();
  private final Set<String> files = files();

  /// Checks `probe` that often and returns how many checks failed.
  static int after(int runs, Probe probe, Duration timeout) throws InterruptedException {
    return after(runs, AT_ONCE, probe, timeout);
  }

  /// The same, `atOnce` at a time.
  static int after(int runs, int atOnce, Probe probe, Duration timeout)
      throws InterruptedException {
    AtomicInteger failed = new AtomicInteger();
    for (int done = 0; done < runs; done += atOnce) {
      List<Thread> threads = new ArrayList<>();
      List<AtomicReference<@Nullable Throwable>> thrown = new ArrayList<>();
      for (int i = 0; i < Math.min(atOnce, runs - done); i++) {
        AtomicReference<@Nullable Throwable> mine = new AtomicReference<>();
        thrown.add(mine);
        threads.add(Checked.start(probe, Attempt.within(timeout), mine));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      thrown.stream().filter(each -> each.get() != null).forEach(each -> failed.incrementAndGet());
    }
    return failed.get();
  }

  /// Waits as long as a loaded machine may take.
  static ConditionFactory patiently() {
    return Awaitility.await().atMost(Duration.ofMinutes(1));
  }

  /// That there is no more than when this was made.
  void assertNone() {
    patiently()
        .untilAsserted(
            () -> {
              assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
              assertThat(threads()).isSubsetOf(threads);
              assertThat(files()).isSubsetOf(files);
            });
  }

  private static Set<String> files() {
    return Set.of(Objects.requireNonNull(new File(System.getProperty("java.io.tmpdir")).list()));
  }

  /// How many files and sockets are open.
  static int descriptors() {
    return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
  }

  /// Those that come and go by themselves are left out: the JDK's, the shared ones that look up
  /// names, those of a server that a test asks.
  private static Set<String> threads() {
    Set<String> names = new HashSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!thread
          .getName()
          .matches(
              "awaitility.*|process reaper|ForkJoinPool.*|VirtualThread-.*|rollcall-dns-.*"
                  + "|grpc-.*|.*(Poller|Cleaner).*")) {
        names.add(thread.getName());
      }
    }
    return names;
  }
}
