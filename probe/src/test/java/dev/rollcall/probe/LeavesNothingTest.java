package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A thousand runs, and no thread is there that was not there before.
@Timeout(120)
class LeavesNothingTest {
  private static final int RUNS = 1_000;

  @TempDir private Path folder;
  private int dumps;

  @Test
  void leavesNoThreadBehindAfterRunsThatSucceedAndFail() throws Exception {
    Prober prober = new Prober();
    CyclicBarrier all = new CyclicBarrier(5); // so that each of them waits
    for (int i = 0; i < 5; i++) {
      prober.add(Probe.of("well " + i, attempt -> all.await()));
      prober.add(
          Probe.of(
              "broken " + i,
              attempt -> {
                throw new ProbeFailure("full");
              }));
    }
    for (int i = 0; i < RUNS; i++) {
      assertThat(prober.check().probes()).hasSize(10);
    }
    await().until(() -> threads().isEmpty());
  }

  @Test
  void leavesNoThreadBehindAfterRunsThatTimeOut() throws Exception {
    Prober prober =
        new Prober(Duration.ofMillis(2))
            .add(Probe.of("hanging", attempt -> new CountDownLatch(1).await()));
    for (int i = 0; i < RUNS; i++) {
      assertThat(prober.check().healthy()).isFalse();
    }
    await().until(() -> threads().isEmpty());
  }

  @Test
  void seesAThreadThatIsThere() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Prober prober = new Prober().add(Probe.of("hanging", attempt -> end.await()));
    Thread caller = Thread.ofVirtual().start(() -> check(prober));
    await().until(() -> threads().contains("probe hanging") && threads().contains("prober"));
    end.countDown();
    caller.join();
    await().until(() -> threads().isEmpty());
  }

  /// Its thread lives on as long as others ask, also after the first who asked is gone.
  @Test
  void keepsNoClassLoaderOfAnApplicationThatHasStopped() throws Exception {
    Prober prober = new Prober().add(Probe.of("well", attempt -> {}));
    await().until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(this::watches));
    WeakReference<ClassLoader> stopped = checkedFromAnApplication(prober);
    await()
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              check(prober);
              System.gc();
              assertThat(Thread.getAllStackTraces().keySet()).anyMatch(this::watches);
              return stopped.refersTo(null);
            });
  }

  private static WeakReference<ClassLoader> checkedFromAnApplication(Prober prober)
      throws Exception {
    ClassLoader application = new URLClassLoader(new URL[0]);
    Thread caller = Thread.ofPlatform().unstarted(() -> check(prober));
    caller.setContextClassLoader(application);
    caller.start();
    caller.join();
    return new WeakReference<>(application);
  }

  private boolean watches(Thread thread) {
    return thread.getName().equals("prober-watch");
  }

  private static void check(Prober prober) {
    try {
      prober.check();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The lines of a dump of all threads, virtual ones too, that name one of ours.
  private String threads() throws IOException {
    Path dump = folder.resolve("threads-" + dumps++);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
    return String.join(
        "\n",
        Files.readAllLines(dump).stream()
            .filter(line -> line.contains("\"prober\"") || line.contains("\"probe "))
            .toList());
  }
}
