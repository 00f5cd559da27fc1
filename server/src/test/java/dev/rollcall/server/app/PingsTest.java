package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probes.EchoSender;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PingsTest {
  /// More than a gap of a millisecond lets through in ten seconds.
  private static final int CHECKS = 12_000;

  @Test
  void manyServicesInOnePrefixAreAllPinged() throws Exception {
    try (Pings pings = new Pings();
        ExecutorService checks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<EchoSender.Replies>> all = new ArrayList<>();
      pings.send(InetAddress.ofLiteral("127.1.1.1"), 1, Duration.ZERO, Duration.ofSeconds(9));
      for (int i = 0; i < CHECKS; i++) {
        InetAddress target = InetAddress.ofLiteral("127.1.1." + (1 + i % 254));
        all.add(() -> pings.send(target, 1, Duration.ZERO, Duration.ofSeconds(9)));
      }
      for (Future<EchoSender.Replies> each : checks.invokeAll(all)) {
        assertThat(each.get().error()).isEmpty();
        assertThat(each.get().trips().times()).hasSize(1);
      }
    }
  }
}
