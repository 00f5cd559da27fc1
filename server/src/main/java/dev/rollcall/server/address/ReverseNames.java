package dev.rollcall.server.address;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The names of addresses, by reverse lookups of the system. A name counts only if it leads back to
/// the address: what a stranger writes into its own zone names nothing else.
///
/// A lookup may hang for as long as the system's resolver tries, and it holds its thread. So there
/// is a bound for how many are under way and how many wait, and nobody waits for longer than they
/// say. What was found is remembered, and so is that there was nothing. Several threads may use one
/// at once.
public final class ReverseNames implements AutoCloseable {
  private static final Duration REMEMBERED = Duration.ofHours(1);
  private static final int MOST_REMEMBERED = 1_000;
  private static final int MOST_WAITING = 256;
  private static final int LONGEST = 255;

  /// Looks a name up; the text of the address if it has none.
  @FunctionalInterface
  public interface Lookup {
    String of(InetAddress address);
  }

  private final Lookup lookup;
  private final InstantSource clock;
  private final ThreadPoolExecutor threads;
  private final Map<InetAddress, Known> known = new LinkedHashMap<>();

  private record Known(FutureTask<String> task, Instant at) {}

  /// @param atOnce the most lookups that are under way
  public ReverseNames(int atOnce) {
    this(atOnce, InetAddress::getCanonicalHostName);
  }

  /// @param lookup instead of the system's
  public ReverseNames(int atOnce, Lookup lookup) {
    this(atOnce, lookup, InstantSource.system());
  }

  ReverseNames(int atOnce, Lookup lookup, InstantSource clock) {
    this.lookup = lookup;
    this.clock = clock;
    this.threads =
        new ThreadPoolExecutor(
            atOnce,
            atOnce,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("reverse-name-", 0).factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    this.threads.allowCoreThreadTimeOut(true);
  }

  /// Begins a lookup, so that its answer is there when it is wanted.
  public void expect(InetAddress address) {
    FutureTask<String> _ = begun(address);
  }

  private synchronized FutureTask<String> begun(InetAddress address) {
    Instant now = clock.instant();
    Known before = known.get(address);
    if (before != null && before.at().plus(REMEMBERED).isAfter(now) && !before.at().isAfter(now)) {
      return before.task();
    }
    if (known.size() >= MOST_REMEMBERED) {
      known.remove(known.keySet().iterator().next()); // the oldest
    }
    FutureTask<String> task = new FutureTask<>(() -> lookup.of(address));
    known.remove(address);
    known.put(address, new Known(task, now));
    threads.execute(task);
    return task;
  }

  /// The name of an address; empty if it has none, or none is known within `longest`.
  public Optional<String> name(InetAddress address, Duration longest) throws InterruptedException {
    FutureTask<String> task = begun(address);
    try {
      return printable(address, task.get(longest.toNanos(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }

  /// A name comes from a stranger.
  private static Optional<String> printable(InetAddress address, String name) {
    return Optional.of(name)
        .filter(text -> !text.isEmpty() && !text.equals(address.getHostAddress()))
        .map(text -> text.replaceAll("[^\\p{L}\\p{N}._:-]", "?"))
        .map(text -> text.substring(0, Math.min(LONGEST, text.length())));
  }

  /// Waits for no lookup: one that hangs ends by itself, on a thread that keeps nothing alive.
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
