package dev.rollcall.server.node;

import dev.rollcall.server.node.Assignments.Lease;
import inet.ipaddr.IPAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/// The leases that are measured now, each in a thread of its own: while the last targets of one are
/// waited for, others are measured. Its methods are for one thread.
final class UnderWay {
  /// A lease that is measured.
  ///
  /// @param beganAt on the monotonic clock
  /// @param slept how long the machine had slept by then
  /// @param packets how many it will probably take
  record Work(Lease lease, Duration beganAt, Optional<Duration> slept, double packets) {}

  /// A lease that was measured.
  ///
  /// @param found empty if it failed
  /// @param failure why nothing could be measured
  record Finished(Work work, List<Measurement> found, Optional<Throwable> failure) {}

  private final Measurer measurer;
  private final Executor threads;
  private final Runnable whenFinished;
  private final Queue<Finished> finished = new ConcurrentLinkedQueue<>();
  private final Set<IPAddress> targets = new HashSet<>();

  /// @param threads one for each lease
  /// @param whenFinished is called in the thread of a lease, after [#poll] has it
  UnderWay(Measurer measurer, Executor threads, Runnable whenFinished) {
    this.measurer = measurer;
    this.threads = threads;
    this.whenFinished = whenFinished;
  }

  /// Begins to measure.
  void begin(Work work) {
    targets.addAll(work.lease().targets());
    threads.execute(() -> measure(work));
  }

  private void measure(Work work) {
    Finished end;
    try {
      end = new Finished(work, measurer.measure(work.lease().targets()), Optional.empty());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return; // the node is closed: nobody waits for it
    } catch (Throwable e) { // or its targets would be under way for ever
      end = new Finished(work, List.of(), Optional.of(e));
    }
    finished.add(end);
    whenFinished.run();
  }

  /// The next lease that was measured. Its targets are no longer under way.
  Optional<Finished> poll() {
    Optional<Finished> next = Optional.ofNullable(finished.poll());
    next.ifPresent(end -> end.work().lease().targets().forEach(targets::remove));
    return next;
  }

  boolean includes(IPAddress target) {
    return targets.contains(target);
  }

  /// The number of targets.
  int size() {
    return targets.size();
  }
}
