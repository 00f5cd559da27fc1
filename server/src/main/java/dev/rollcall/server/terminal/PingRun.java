package dev.rollcall.server.terminal;

import dev.rollcall.icmp.PingResult;
import dev.rollcall.icmp.PingStatus;
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

  /// @param quiet whether to show only how it begins and ends
  /// @param out where it is shown
  public PingRun(PingPlan plan, Form form, boolean quiet, PrintWriter out) {
    this(plan, quiet ? new PingQuiet(output(plan, form, out)) : output(plan, form, out));
  }

  private static PingOutput output(PingPlan plan, Form form, PrintWriter out) {
    return switch (form) {
      case LINES -> new PingLines(plan, out);
      case TABLE -> new PingTable(plan, out);
      case SWEEP -> new PingSweep(plan, out);
      case JSON -> new PingJson(plan, out);
    };
  }

  PingRun(PingPlan plan, PingOutput output) {
    this.plan = plan;
    this.output = output;
    plan.targets().forEach(_ -> tallies.add(new PingTally()));
  }

  /// Pings until all is done, `stop` is open or the deadline has come.
  ///
  /// @return whether somebody has replied; with a count and a deadline, whether all did, to each
  ///   ping
  /// @throws dev.rollcall.icmp.IcmpUnavailableException if nothing can be sent here
  public boolean run(PingerOptions options, CountDownLatch stop) throws InterruptedException {
    long start = System.nanoTime();
    try (Pinger pinger = Pinger.open(options, results::add)) {
      output.begin();
      loop(pinger, stop, start);
      take(0);
    }
    takeLast();
    output.end(tallies, Duration.ofNanos(System.nanoTime() - start).toMillis());
    boolean all = plan.deadline().isPresent() && plan.count() > 0;
    return all
        ? tallies.stream().allMatch(tally -> tally.received() >= plan.count())
        : tallies.stream().anyMatch(tally -> tally.received() > 0);
  }

  private void loop(Pinger pinger, CountDownLatch stop, long start) throws InterruptedException {
    long end = plan.deadline().map(Duration::toNanos).orElse(Long.MAX_VALUE);
    long next = start;
    long refreshed = next;
    int sequence = 1;
    int number = 0;
    while (stop.getCount() > 0) {
      long now = System.nanoTime();
      long left = end - (now - start);
      boolean more = plan.count() == 0 || sequence <= plan.count();
      if (left <= 0 || (!more && finished == asked)) {
        return;
      }
      if (more && now - next >= 0) {
        while (number < tallies.size() && ask(pinger, number, sequence)) {
          number++;
        }
        if (number == tallies.size()) {
          number = 0;
          sequence++;
          next += plan.interval().toNanos();
        }
      }
      // results while it waits for its turn; a queue that is full is looked at soon
      long wait = more ? Math.max(1_000_000, next - System.nanoTime()) : REFRESH_NANOS;
      take(Math.min(left, Math.min(wait, REFRESH_NANOS)));
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
    for (PingResult result = results.poll(waitNanos, TimeUnit.NANOSECONDS);
        result != null;
        result = results.poll()) {
      finished += result.status().isFinal() ? 1 : 0;
      show(result);
    }
  }

  private void show(PingResult result) {
    int number = (int) (result.tag() >>> Integer.SIZE);
    tallies.get(number).add(result);
    output.result(number, (int) result.tag(), result, tallies.get(number));
  }

  /// What the end of the pinger has told: pings that were on their way, and those that still waited
  /// to be sent, of which there is nothing to say.
  private void takeLast() {
    for (PingResult result : results) {
      if (result.status() != PingStatus.UNKNOWN) {
        show(result);
      } else if (result.sentNanos() > 0) {
        tallies.get((int) (result.tag() >>> Integer.SIZE)).addAwaited();
      }
    }
  }
}
