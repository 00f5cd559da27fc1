package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.core5.net.InetAddressUtils;

/// Looks names up through the JDK, whose lookup blocks in native code and would hold a virtual
/// thread's carrier for as long as a name server is silent.
///
/// So a lookup runs on a platform thread of its own. Each name has one lookup at a time, which all
/// who ask for it share; what it found is kept for 5 s, so that checks of one host a second hop to
/// no other thread each, and no failure is kept (the JDK does both for longer, unless the program
/// told it not to, as Rollcall's own does). A name that once took long has to share a few threads
/// with its like, so that any number of hanging names leaves threads for the others.
final class SystemResolver implements Resolver {
  static final Resolver INSTANCE =
      new SystemResolver(InetAddress::getAllByName, 192, 64, Duration.ofSeconds(2));
  static final Resolver OF_STRANGERS =
      new SystemResolver(InetAddress::getAllByName, 192, 64, Duration.ofSeconds(2));

  private static final Duration KEPT = Duration.ofSeconds(5);

  /// More names than this, and the outdated ones are thrown away.
  private static final int MANY = 20_000;

  /// What blocks: [InetAddress#getAllByName(String)], or a test's stand-in.
  @FunctionalInterface
  interface Lookup {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  /// One lookup, under way or done; `born` is on the clock of [System#nanoTime()].
  private record Asked(CompletableFuture<List<InetAddress>> addresses, long born) {
    boolean holds(long now) {
      return !addresses.isDone()
          || (!addresses.isCompletedExceptionally() && now - born < KEPT.toNanos());
    }
  }

  private final Map<String, Asked> names = new ConcurrentHashMap<>();
  private final Set<String> slow = ConcurrentHashMap.newKeySet();
  private final Lookup lookup;
  private final Semaphore places;
  private final Semaphore slowPlaces;
  private final Duration slowness;
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE, // The semaphores are the bound.
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().name("rollcall-dns-", 0).daemon().stackSize(256 << 10).factory());

  /// `places` lookups run at once, and `slowPlaces` more of names that took `slowness` or more.
  SystemResolver(Lookup lookup, int places, int slowPlaces, Duration slowness) {
    this.lookup = lookup;
    this.places = new Semaphore(places);
    this.slowPlaces = new Semaphore(slowPlaces);
    this.slowness = slowness;
  }

  @Override
  public List<InetAddress> resolve(String host, Duration within)
      throws UnknownHostException, TimeoutException, ProbeFailure, InterruptedException {
    if (isAddress(host)) {
      return List.of(InetAddress.getByName(host)); // nobody is asked for it
    }
    long now = System.nanoTime();
    Asked known = names.get(host);
    if (known == null || !known.holds(now)) {
      Asked mine = new Asked(new CompletableFuture<>(), now);
      known = names.compute(host, (name, old) -> old != null && old.holds(now) ? old : mine);
      if (known.addresses() == mine.addresses()) {
        start(host, mine, within);
      }
    }
    try {
      Duration left = within.minusNanos(System.nanoTime() - now);
      return known.addresses().get(Math.max(0, left.toNanos()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case UnknownHostException unknown -> throw unknown;
        case ProbeFailure failure -> throw failure;
        case null, default -> throw new IllegalStateException("DNS lookup of " + host, e);
      }
    }
  }

  /// No name has a colon in it.
  private static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || InetAddressUtils.isIPv4(host);
  }

  /// Starts the lookup as soon as there is a place for it; whatever happens, `asked` is completed.
  private void start(String host, Asked asked, Duration within) throws InterruptedException {
    Semaphore lane = slow.contains(host) ? slowPlaces : places;
    boolean started = false;
    try {
      if (!lane.tryAcquire(within.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
      try {
        threads.execute(() -> run(host, asked, lane));
        started = true;
      } catch (OutOfMemoryError e) {
        // No thread to be had: said below, as for a missing place.
      } finally {
        if (!started) {
          lane.release();
        }
      }
    } finally {
      if (!started) {
        names.remove(host, asked);
        asked
            .addresses()
            .completeExceptionally(
                ProbeFailure.here(
                    "DNS: %s not looked up, too many other names wait for their name servers"
                        .formatted(host)));
      }
    }
  }

  private void run(String host, Asked asked, Semaphore lane) {
    long start = System.nanoTime();
    try {
      List<InetAddress> found = List.of(lookup.addresses(host));
      ended(host, start, lane);
      asked.addresses().complete(found);
    } catch (Throwable e) { // Not only exceptions: who waits must hear of everything.
      ended(host, start, lane);
      names.remove(host, asked);
      asked.addresses().completeExceptionally(e);
    }
  }

  /// Keeps the books before anybody hears of the lookup, and may ask for the next.
  private void ended(String host, long start, Semaphore lane) {
    lane.release();
    if (System.nanoTime() - start >= slowness.toNanos()) {
      slow.add(host);
    } else {
      slow.remove(host);
    }
    if (names.size() > MANY) {
      long now = System.nanoTime();
      names.values().removeIf(known -> !known.holds(now));
    }
    if (slow.size() > MANY) {
      slow.clear(); // Those that still are will be known again soon.
    }
  }
}
