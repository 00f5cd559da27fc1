package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Real servers that stop answering somewhere in the middle: after each of many numbers of bytes.
/// Part of [RealServersTest].
@Timeout(120)
abstract class StallingServers {
  private static final Duration LIMIT = Duration.ofMillis(700);
  private static final int POINTS = 16;

  /// What a check may use of the processor while it waits; what spins uses all of it.
  private static final Duration CPU = Duration.ofMillis(350);

  private static final Pattern ADDRESS = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /// One check: why it failed, and what its thread took of the processor.
  private record Outcome(@Nullable String reason, Duration cpu) {}

  /// Passes on what the server at `port` says until it has said `most` bytes.
  private static RawServer relay(int port, long most, AtomicLong said) {
    return new RawServer(
        line -> {
          try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            Thread asking = Thread.ofVirtual().start(() -> copy(line.in(), server));
            byte[] buffer = new byte[4096];
            InputStream answers = server.getInputStream();
            long left = most;
            for (int n = 0; left > 0 && n >= 0; ) {
              n = answers.read(buffer, 0, (int) Math.min(left, buffer.length));
              if (n > 0) {
                line.out().write(buffer, 0, n);
                said.addAndGet(n);
                left -= n;
              }
            }
            if (left == 0) {
              asking.join(Duration.ofSeconds(20)); // silent until the client has gone
            }
          }
        });
  }

  private static void copy(InputStream in, Socket server) {
    try {
      in.transferTo(server.getOutputStream());
      server.shutdownOutput();
    } catch (IOException e) {
      // One of them has gone.
    }
  }

  private static Outcome check(Probe probe) {
    long start = THREADS.getCurrentThreadCpuTime();
    String reason = null;
    try {
      probe.check(Attempt.within(Duration.ofSeconds(30)));
    } catch (ProbeFailure e) {
      reason = e.reason();
    } catch (Exception e) {
      reason = e.toString();
    }
    return new Outcome(reason, Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - start));
  }

  private static Probe through(RawServer relay, String url, Duration limit) {
    String there = ADDRESS.matcher(url).replaceFirst("127.0.0.1:" + relay.port());
    return new Probes(Dialer.system(), Probes.asker()).of("it", ServerUrl.of(there).limit(limit));
  }

  @ParameterizedTest
  @EnumSource(
      names = {"POSTGRESQL_18", "DOCKER_BY_SOCKET", "DOCKER_BY_TCP"},
      mode = EnumSource.Mode.EXCLUDE)
  void endsAtItsDeadlineAndWaitsWithoutTheProcessor(RealServer server) throws Exception {
    String url = server.url(RealServer.PASSWORD);
    Matcher address = ADDRESS.matcher(url);
    assertThat(address.find()).isTrue();
    int port = Integer.parseInt(address.group(1));
    AtomicLong all = new AtomicLong();
    ExecutorService threads = // not closed, as that would wait for what never ends
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    try (RawServer whole = relay(port, Long.MAX_VALUE, all)) {
      assertThat(check(through(whole, url, Duration.ofSeconds(20))).reason()).isNull();
      List<RawServer> relays = new ArrayList<>();
      List<Future<Outcome>> outcomes = new ArrayList<>();
      try {
        for (long most : points(all.get())) {
          RawServer relay = relay(port, most, new AtomicLong());
          relays.add(relay);
          outcomes.add(threads.submit(() -> check(through(relay, url, LIMIT))));
        }
        for (Future<Outcome> outcome : outcomes) {
          Outcome found = outcome.get(20, TimeUnit.SECONDS);
          if (found.reason() != null) { // what is missing at the end may be a farewell
            assertThat(found.reason()).startsWith("timeout: no answer within 700 ms (");
          }
          assertThat(found.cpu()).isLessThan(CPU);
        }
        assertThat(outcomes.getFirst().get().reason()).isNotNull();
      } finally {
        threads.shutdownNow();
        for (RawServer relay : relays) {
          relay.close();
        }
      }
    }
  }

  private static Set<Long> points(long all) {
    TreeSet<Long> points = new TreeSet<>(List.of(0L, 1L, 2L, all - 1));
    for (int i = 1; i < POINTS; i++) {
      points.add(all * i / POINTS);
    }
    return points;
  }
}
