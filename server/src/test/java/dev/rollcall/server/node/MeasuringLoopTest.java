package dev.rollcall.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.node.Assignments.Lease;
import dev.rollcall.server.node.Measurement.TraceMethod;
import dev.rollcall.server.node.NodeSettings.Families;
import dev.rollcall.server.node.NodeSettings.PingSettings;
import dev.rollcall.server.sql.TestClock;
import inet.ipaddr.IPAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How a node overlaps its measurements, with a clock that is turned and targets that take as long
/// as the test says.
class MeasuringLoopTest {
  private static final int RATE = 1_000;
  private static final Duration STEP = Duration.ofMillis(50);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TestClock clock = new TestClock();
  private final List<Integer> asked = new ArrayList<>();
  private final List<Long> done = new ArrayList<>();
  private final List<String> begun = new ArrayList<>();
  private final NodeCounts counts = new NodeCounts();
  private final List<Measurement> kept = new ArrayList<>();
  private LongFunction<Lease> pool = _ -> Lease.none(MINUTE);
  private long number;
  private boolean full;
  private int mostKept;

  /// What one target takes.
  private Duration time = Duration.ofSeconds(9);

  private int packets = 20;
  private double backlog;
  private int underWay;
  private int mostUnderWay;

  private record End(Duration at, Runnable task) {}

  private final PriorityQueue<End> running = new PriorityQueue<>(Comparator.comparing(End::at));
  private final MeasuringLoop loop = loop(settings(RATE));

  private static NodeSettings settings(int rate) {
    return new NodeSettings(
        "fra1",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        MINUTE,
        new PingSettings(4, Duration.ofSeconds(1), Duration.ofSeconds(2), TraceMethod.ICMP, 30, 2),
        rate,
        Families.BOTH,
        Blocks.NONE,
        Blocks.NONE,
        Optional.empty(),
        Path.of("spool"),
        1_000_000);
  }

  private MeasuringLoop loop(NodeSettings settings) {
    Assignments assignments =
        new Assignments() {
          @Override
          public Lease next(int limit) {
            asked.add(limit);
            return pool.apply(limit);
          }

          @Override
          public void done(Lease lease) {
            if (lease.number() != 0) {
              done.add(lease.number());
            }
          }
        };
    ResultSink sink =
        measurements -> {
          if (full) {
            throw new NoAnswer("the disk is full");
          }
          kept.addAll(measurements);
          mostKept = Math.max(mostKept, measurements.size());
        };
    return new MeasuringLoop(
        settings,
        assignments,
        new UnderWay(this::measure, this::execute, () -> {}),
        sink,
        counts,
        Optional::empty,
        clock);
  }

  /// Ends when its packets are sent at the rate, and its time is over.
  private void execute(Runnable task) {
    double own = (double) lastLease * packets;
    backlog += own;
    Duration sent = Duration.ofNanos((long) (backlog / RATE * 1e9));
    Duration longest = sent.compareTo(time) > 0 ? sent : time;
    running.add(new End(clock.monotonic().plus(longest), task));
    underWay += lastLease;
    mostUnderWay = Math.max(mostUnderWay, underWay);
  }

  private int lastLease;

  private List<Measurement> measure(List<IPAddress> targets) {
    targets.stream().map(Addresses::text).forEach(begun::add);
    underWay -= targets.size();
    return targets.stream().map(this::found).toList();
  }

  private Measurement found(IPAddress target) {
    return new Measurement(
        target,
        Math.min(4, packets),
        0,
        Duration.ZERO,
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        packets);
  }

  private Lease lease(long limit) {
    List<IPAddress> targets = new ArrayList<>();
    for (int i = 0; i < limit; i++) {
      long next = ++number;
      byte[] address = {10, (byte) (next >> 16), (byte) (next >> 8), (byte) next};
      targets.add(Addresses.of(address));
    }
    lastLease = targets.size();
    return new Lease(targets, Optional.empty(), Duration.ZERO, number);
  }

  /// Lets time pass in steps, with rounds when they are due.
  private void pass(Duration all) throws InterruptedException {
    Duration until = clock.monotonic().plus(all);
    Duration next = clock.monotonic();
    while (clock.monotonic().compareTo(until) < 0) {
      boolean woken = false;
      while (!running.isEmpty() && running.peek().at().compareTo(clock.monotonic()) <= 0) {
        running.remove().task().run();
        woken = true;
      }
      if (woken || next.compareTo(clock.monotonic()) <= 0) {
        Duration pause = loop.round();
        next = clock.monotonic().plus(pause);
      }
      if (next.compareTo(clock.monotonic()) > 0) {
        clock.pass(STEP);
        backlog = Math.max(0, backlog - RATE * STEP.toMillis() / 1000.0);
      }
    }
  }

  /// Silent targets, those that answer, and pings of a hundred packets.
  @ParameterizedTest
  @CsvSource({"9,20", "3,8", "4,4", "60,60"})
  void fillsTheRateHoweverLongATargetTakesAndIsNeverFasterInTheLongRun(int seconds, int each)
      throws Exception {
    time = Duration.ofSeconds(seconds);
    packets = each;
    pool = this::lease;
    pass(Duration.ofMinutes(2));
    long before = counts.packets().get();
    pass(Duration.ofMinutes(2));
    double perSecond = (counts.packets().get() - before) / 120.0;
    double reachable =
        Math.min(RATE, (double) MeasuringLoop.MOST_UNDER_WAY * each / time.toSeconds());
    if (time.compareTo(Duration.ofSeconds(20)) < 0) {
      assertThat(perSecond).isBetween(0.95 * reachable, 1.05 * RATE);
    }
    assertThat(counts.packets().get())
        .as("since the start, but for what a pause has saved")
        .isLessThanOrEqualTo((4 * 60 + 1) * RATE);
    assertThat(mostUnderWay).isLessThanOrEqualTo(MeasuringLoop.MOST_UNDER_WAY);
    assertThat(asked).allMatch(limit -> limit >= 1 && limit <= 1_000);
  }

  @Test
  void reportsEachLeaseWhenItIsSafe() throws Exception {
    pool = limit -> number < 300 ? lease(limit) : Lease.none(MINUTE);
    pass(Duration.ofSeconds(5));
    assertThat(done).isEmpty();
    full = true;
    assertThatThrownBy(() -> pass(Duration.ofSeconds(20))).hasMessage("the disk is full");
    int soFar = asked.size();
    assertThatThrownBy(loop::round).hasMessage("the disk is full");
    assertThat(asked).as("nothing more is begun").hasSize(soFar);
    full = false;
    pass(Duration.ofSeconds(20));
    assertThat(kept).extracting(Measurement::target).doesNotHaveDuplicates().hasSize((int) number);
    assertThat(done.stream().mapToLong(Long::longValue).max()).hasValue(number);
  }

  @Test
  void measuresNoTargetTwiceAtATimeWhateverThePoolSays() throws Exception {
    Lease same = lease(3);
    pool =
        _ -> {
          lastLease = 3;
          return same;
        };
    pass(Duration.ofSeconds(8));
    assertThat(running).hasSize(1);
    pass(Duration.ofSeconds(30));
    assertThat(begun.size()).isLessThanOrEqualTo(4 * 3 + 3);
  }

  @Test
  void doesNotTryTargetsThatNothingCanBeSentToFasterThanOthers() throws Exception {
    packets = 0;
    time = Duration.ZERO;
    pool = this::lease;
    pass(MINUTE);
    assertThat(begun.size()).isBetween(10_000, 16_000);
  }

  @Test
  void asksNoPoolThatDoesNotAnswerBecauseALeaseHasEnded() throws Exception {
    pool = limit -> number < 200 ? lease(limit) : failing();
    pass(Duration.ofSeconds(40));
    assertThat(asked.size()).isLessThan(30);
    assertThat(loop.problem()).contains("no");
  }

  private static Lease failing() {
    throw new NoAnswer("no");
  }

  @Test
  void theFailureOfOneLeaseIsToldAndTheOthersAreKept() throws Exception {
    pool = limit -> number < 300 ? lease(limit) : Lease.none(MINUTE);
    pass(Duration.ofSeconds(6));
    packets = -1; // which no measurement can have
    assertThatThrownBy(() -> pass(Duration.ofSeconds(4)))
        .isInstanceOf(IllegalArgumentException.class);
    packets = 20;
    pass(Duration.ofSeconds(20));
    assertThat(kept).isNotEmpty();
  }
}
