package dev.rollcall.server.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.icmp.HopNode;
import dev.rollcall.icmp.TraceListener;
import dev.rollcall.server.address.ReverseNames;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class HopNamesTest {
  private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress SECOND = InetAddress.ofLiteral("192.0.2.2");

  private static HopNode node(InetAddress address) {
    return new HopNode(
        address,
        List.of(Duration.ofMillis(1)),
        false,
        Optional.empty(),
        List.of(),
        List.of(),
        OptionalInt.empty(),
        List.of(0));
  }

  /// Each lookup waits here until all are under way.
  @Test
  void theNamesOfAllRoutersAreLookedUpAtOnce() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    ReverseNames lookups =
        new ReverseNames(
            2,
            address -> {
              both.countDown();
              try {
                both.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return address.equals(FIRST) ? "r1.example" : "r2.example";
            });
    try (lookups) {
      HopNames names = new HopNames(true, lookups);
      TraceListener listener = TraceOutput.News.listener(new LinkedBlockingQueue<>(), names);
      listener.answered(FIRST, 1, node(FIRST));
      listener.answered(FIRST, 2, node(SECOND));
      assertThat(names.shown(FIRST)).isEqualTo("r1.example (192.0.2.1)");
      assertThat(names.shown(SECOND)).isEqualTo("r2.example (192.0.2.2)");
    }
  }
}
