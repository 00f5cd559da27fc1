package dev.rollcall.server.node;

import dev.rollcall.icmp.PingResult;
import dev.rollcall.icmp.PingStatus;
import dev.rollcall.icmp.Pinger;
import dev.rollcall.icmp.PingerOptions;
import dev.rollcall.server.node.NodeSettings.PingSettings;
import dev.rollcall.server.time.Durations;
import inet.ipaddr.IPAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Measures with packets of its own: pings all targets at once.
public final class IcmpMeasurer implements Measurer {
  private final PingSettings settings;
  private final Pinger pinger;

  private IcmpMeasurer(PingSettings settings, Pinger pinger) {
    this.settings = settings;
    this.pinger = pinger;
  }

  /// Opens the sockets.
  ///
  /// @throws dev.rollcall.icmp.IcmpUnavailableException in one line, if nothing can be sent here
  public static IcmpMeasurer open(NodeSettings settings) {
    return new IcmpMeasurer(
        settings.ping(),
        Pinger.open(PingerOptions.defaults().withPacketsPerSecond(settings.rate())));
  }

  @Override
  public List<Measurement> measure(List<IPAddress> targets) throws InterruptedException {
    return each(targets, this::ping);
  }

  private interface Step<T> {
    Measurement of(T target) throws InterruptedException;
  }

  /// Does this for all of them at once. A virtual thread that waits for an answer holds no carrier.
  private static <T> List<Measurement> each(List<T> all, Step<T> step)
      throws InterruptedException {
    List<Measurement> found = new ArrayList<>(all.size());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        List<Callable<Measurement>> tasks =
            all.stream().<Callable<Measurement>>map(one -> () -> step.of(one)).toList();
        for (Future<Measurement> done : threads.invokeAll(tasks)) {
          found.add(done.get());
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException(e.getCause());
      } finally {
        threads.shutdownNow(); // nothing is left, unless this thread was interrupted
      }
    }
    return found;
  }

  private Measurement ping(IPAddress target) throws InterruptedException {
    Instant begun = Instant.now();
    List<PingResult> results =
        pinger.ping(
            target.toInetAddress(), settings.count(), settings.interval(), settings.timeout());
    // What the system did not take, or may have lost on this machine, says nothing of the target.
    List<PingResult> asked =
        results.stream()
            .filter(
                one -> one.status() != PingStatus.NOT_SENT && one.status() != PingStatus.UNKNOWN)
            .toList();
    List<PingResult> answers =
        asked.stream().filter(one -> one.status() == PingStatus.REPLY).toList();
    long nanos = answers.stream().mapToLong(PingResult::rttNanos).sum();
    Instant at =
        asked.stream().findFirst().map(PingResult::sentAt).filter(begun::isBefore).orElse(begun);
    return new Measurement(
        target,
        asked.size(),
        answers.size(),
        answers.isEmpty() ? Duration.ZERO : Duration.ofNanos(nanos / answers.size()),
        at,
        answers.isEmpty() ? Optional.of(reason(results)) : Optional.empty(),
        Optional.empty(),
        (int) results.stream().filter(one -> one.status() != PingStatus.NOT_SENT).count());
  }

  private String reason(List<PingResult> results) {
    return results.stream()
        .map(PingResult::reason)
        .filter(words -> !words.isBlank())
        .findFirst()
        .orElse("no answer within " + Durations.text(settings.timeout()));
  }

  @Override
  public void close() {
    pinger.close();
  }
}
