package dev.rollcall.server.terminal;

import dev.rollcall.icmp.PingResult;
import dev.rollcall.icmp.Pinger;
import dev.rollcall.icmp.PingerOptions;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Pings the targets of a plan, and shows what becomes of it.
public final class PingRun {
  private static final long REFRESH_NANOS = Duration.ofMillis(200).toNanos();

  private final PingPlan plan;
  private final PingOutput output;
  private final BlockingQueue<PingResult> results = new LinkedBlockingQueue<>();
  private final List<PingTally> tallies = new ArrayList<>();
  private long asked;
  private long finished;

  /// How results are shown.
  public enum Form {
    /// A line for each ping.
    LINES,
    /// A table that is shown anew in its place.
    TABLE,
    /// A line for each target that replies.
    SWEEP,
    /// A line of JSON for each ping.
    JSON
  }

  /// @param out where it is shown
  public PingRun(PingPlan plan, Form form, PrintWriter out) {
    this(
        plan,
        switch (form) {
          case LINES -> new PingLines(plan, out);
          case TABLE -> new PingTable(plan, out);
          case SWEEP -> new PingSweep(plan, out);
          case JSON -> new PingJson(plan, out);
        });
  }

  PingRun(PingPlan plan, PingOutput output) {
    this.plan = plan;
    this.output = output;
    plan.targets().forEach(_ -> tallies.add(new PingTally()));
  }

  /// Pings until all is done or `stop` is open.
  ///
  /// @return whether somebody has replied
  /// @throws dev.rollcall.icmp.IcmpUnavailableException if nothing can be sent here
  public boolean run(PingerOptions options, CountDownLatch stop) throws InterruptedException {
    long start = System.nanoTime();
    try (Pinger pinger = Pinger.open(options, results::add)) {
      output.begin();
      loop(pinger, stop);
    }
    output.end(tallies, Duration.ofNanos(System.nanoTime() - start).toMillis());
    return tallies.stream().anyMatch(tally -> tally.received() > 0);
  }

  private void loop(Pinger pinger, CountDownLatch stop) throws InterruptedException {
    long next = System.nanoTime();
    long refreshed = next;
    int sequence = 1;
    int number = 0;
    while (stop.getCount() > 0) {
      long now = System.nanoTime();
      boolean more = plan.count() == 0 || sequence <= plan.count();
      if (more && now - next >= 0) {
        while (number < tallies.size() && ask(pinger, number, sequence)) {
          number++;
        }
        if (number == tallies.size()) {
          number = 0;
          sequence++;
          next += plan.interval().toNanos();
        }
      } else if (!more && finished == asked) {
        return;
      }
      // results while it waits for its turn; a queue that is full is looked at soon
      long wait = more ? Math.max(1_000_000, next - System.nanoTime()) : REFRESH_NANOS;
      take(Math.min(wait, REFRESH_NANOS));
      if (now - refreshed >= REFRESH_NANOS) {
        output.refresh(tallies);
        refreshed = now;
      }
    }
  }

  private boolean ask(Pinger pinger, int number, int sequence) {
    long tag = ((long) number << Integer.SIZE) | sequence;
    if (!pinger.ping(plan.targets().get(number).address(), tag, plan.timeout())) {
      return false;
    }
    asked++;
    return true;
  }

  private void take(long waitNanos) throws InterruptedException {
    PingResult result = results.poll(waitNanos, TimeUnit.NANOSECONDS);
    while (result != null) {
      int number = (int) (result.tag() >>> Integer.SIZE);
      finished += result.status().isFinal() ? 1 : 0;
      tallies.get(number).add(result);
      output.result(number, (int) result.tag(), result, tallies.get(number));
      result = results.poll();
    }
  }
}
