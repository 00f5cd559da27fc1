package dev.rollcall.server.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.icmp.PingResult;
import dev.rollcall.icmp.PingerOptions;
import dev.rollcall.lab.LabCommand;
import dev.rollcall.lab.LoopbackNetwork;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PingRunTest {
  /// Stops the run at the first look at the table.
  private static final class Stopping implements PingOutput {
    final CountDownLatch stop = new CountDownLatch(1);
    final AtomicInteger shown = new AtomicInteger();
    final AtomicInteger ends = new AtomicInteger();

    @Override
    public void begin() {}

    @Override
    public void result(int number, int sequence, PingResult result, PingTally tally) {
      shown.incrementAndGet();
    }

    @Override
    public void refresh(List<PingTally> tallies) {
      stop.countDown();
    }

    @Override
    public void end(List<PingTally> tallies, long millis) {
      ends.incrementAndGet();
      PingTally answered = tallies.getFirst();
      assertThat(answered.received()).isOne();
      assertThat(answered.awaited()).isZero();
      PingTally silent = tallies.getLast();
      assertThat(silent.sent()).isOne();
      assertThat(silent.awaited()).isOne();
      assertThat(silent.unknown()).isZero();
      assertThat(silent.lossPercent()).isZero();
    }
  }

  @Test
  void whatIsOnItsWayWhenItIsStoppedIsCountedAndIsNoLoss() throws Exception {
    LoopbackNetwork.withPingSockets(
        () -> {
          for (String command :
              List.of(
                  "link add here type veth peer name there",
                  "address add 10.9.0.1/24 dev here",
                  "link set there up",
                  "link set here up",
                  "neigh add 10.9.0.2 lladdr 02:00:00:00:00:01 dev here")) {
            LoopbackNetwork.run(("ip " + command).split(" "));
          }
          PingPlan plan =
              new PingPlan(
                  List.of(target("127.0.0.1"), target("10.9.0.2")),
                  0,
                  Duration.ofHours(1),
                  Duration.ofMinutes(1),
                  Optional.empty(),
                  64);
          Stopping output = new Stopping();
          assertThat(new PingRun(plan, output).run(PingerOptions.defaults(), output.stop)).isTrue();
          assertThat(output.shown).hasValue(1);
          assertThat(output.ends).hasValue(1);
        });
    await().until(() -> LabCommand.strays().isEmpty()); // sooner than idle threads end
  }

  private static PingPlan.Target target(String address) {
    return new PingPlan.Target(address, InetAddress.ofLiteral(address));
  }
}
