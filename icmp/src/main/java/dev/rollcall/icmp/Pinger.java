package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Sends pings (ICMP echo requests) from one process to many targets, over IPv4 and IPv6, and tells
/// what became of each.
///
/// Round-trip times are differences of the kernel's time stamps: a pause of the JVM does not show
/// in them. A reply counts only if it comes from the target and repeats a number that only the
/// target has seen. What is lost on this machine is not counted as loss.
///
/// It needs Linux, native access (`--enable-native-access`), and either a group in the range
/// `net.ipv4.ping_group_range` or CAP_NET_RAW. All methods may be called from any thread.
public final class Pinger implements AutoCloseable {
  /// Below this rate the kernel also stamps the moment of sending. It costs about a microsecond.
  private static final int MOST_WITH_SEND_STAMPS = 20_000;

  /// From this rate on, one call sends several packets.
  private static final int LEAST_WITH_BATCHES = 50_000;

  private static final int BATCH = 16;
  private static final int MOST_QUEUED = 16_384;
  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);
  private static final long READER_WAITS_NANOS = 1_000_000_000;

  private final PingListener listener;
  private final PingCounters counters;
  private final List<PingShard> shards;
  private final Thread reader;
  private volatile boolean shardsEnded;

  private Pinger(PingListener listener, PingCounters counters) {
    this.listener = listener;
    this.counters = counters;
    this.shards = new ArrayList<>();
    this.reader = Thread.ofPlatform().daemon().name("icmp-results").unstarted(this::deliver);
  }

  /// Opens a pinger whose callers wait for their results.
  ///
  /// @throws IcmpUnavailableException if nothing can be sent here
  public static Pinger open(PingerOptions options) {
    return open(options, _ -> {});
  }

  /// Opens a pinger.
  ///
  /// @param listener is told what became of pings that nobody waits for
  /// @throws IcmpUnavailableException if nothing can be sent here
  public static Pinger open(PingerOptions options, PingListener listener) {
    return open(options, listener, null, PingClock.SYSTEM);
  }

  /// Opens a pinger whose callers wait for their results, and which keeps a rate together with
  /// others.
  ///
  /// @throws IcmpUnavailableException if nothing can be sent here
  public static Pinger open(PingerOptions options, SharedRate shared) {
    return open(options, _ -> {}, shared, PingClock.SYSTEM);
  }

  static Pinger open(PingerOptions options, PingListener listener, PingClock clock) {
    return open(options, listener, null, clock);
  }

  private static Pinger open(
      PingerOptions options, PingListener listener, @Nullable SharedRate shared, PingClock clock) {
    Pinger pinger = new Pinger(listener, new PingCounters());
    SecureRandom random = new SecureRandom();
    SipHash hash = new SipHash(random.nextLong(), random.nextLong());
    try {
      for (int i = 0; i < options.shards(); i++) {
        pinger.shards.add(pinger.shard(i, options, shared, hash, clock));
      }
    } catch (RuntimeException e) {
      pinger.shards.forEach(PingShard::start); // which ends them in the one way
      pinger.close();
      throw e;
    }
    pinger.reader.start();
    pinger.shards.forEach(PingShard::start);
    return pinger;
  }

  private PingShard shard(
      int number,
      PingerOptions options,
      @Nullable SharedRate shared,
      SipHash hash,
      PingClock clock) {
    Arena arena = Arena.ofShared();
    List<IcmpSocket> sockets = new ArrayList<>();
    try {
      Libc libc = Libc.in(arena);
      sockets.addAll(sockets(libc, arena, options));
      PingResults results = new PingResults(Integer.highestOneBit(options.inFlight()) * 2, reader);
      PingShard.Parts parts =
          new PingShard.Parts(
              options,
              shared,
              clock,
              new EchoMessage(arena, hash, options),
              results,
              counters,
              options.packetsPerSecond() <= MOST_WITH_SEND_STAMPS,
              options.packetsPerSecond() < LEAST_WITH_BATCHES ? 1 : BATCH);
      Wakeup wakeup = new Wakeup(arena);
      PingQueue queue = new PingQueue(Math.min(options.inFlight(), MOST_QUEUED), wakeup);
      int rate = Math.max(1, options.packetsPerSecond() / options.shards());
      return new PingShard("icmp-" + number, arena, libc, parts, sockets, queue, wakeup, rate);
    } catch (RuntimeException e) {
      sockets.forEach(socket -> socket.socket().close());
      arena.close();
      throw e;
    }
  }

  private static List<IcmpSocket> sockets(Libc libc, Arena arena, PingerOptions options) {
    Set<IpFamily> families =
        options
            .source()
            .map(source -> EnumSet.of(IpFamily.of(source)))
            .orElseGet(() -> EnumSet.allOf(IpFamily.class));
    List<IcmpSocket> open = new ArrayList<>();
    NativeSocket.@Nullable RefusedException refused = null;
    for (IpFamily family : families) {
      try {
        open.add(IcmpSocket.open(libc, arena, family, options, options.source()));
      } catch (NativeSocket.RefusedException e) { // without IPv6, for example
        refused = refused == null ? e : refused;
      }
    }
    if (open.isEmpty()) {
      throw unavailable(refused);
    }
    return open;
  }

  private static IcmpUnavailableException unavailable(
      NativeSocket.@Nullable RefusedException refused) {
    if (refused != null && refused.errno() != Linux.EACCES && refused.errno() != Linux.EPERM) {
      return new IcmpUnavailableException("cannot open an ICMP socket: " + refused.getMessage());
    }
    return new IcmpUnavailableException(
        "no right to send pings: put the group of this process into the sysctl"
            + " net.ipv4.ping_group_range (\"0 2147483647\" is everybody), or give the process"
            + " CAP_NET_RAW as an ambient capability (systemd: AmbientCapabilities=CAP_NET_RAW);"
            + " setcap on bin/java breaks Java");
  }

  /// Pings a target, without waiting. The listener is told the result.
  ///
  /// @param tag comes back with the result
  /// @param timeout how long to wait for a reply, up to 10 minutes
  /// @return false if too many pings wait to be sent: nothing was done
  /// @throws IllegalArgumentException if the timeout is zero, negative or too long
  /// @throws IllegalStateException if the pinger is closed
  public boolean ping(InetAddress target, long tag, Duration timeout) {
    return shard(target).queue().offer(target, tag, nanos(timeout), null);
  }

  /// Pings a target; waits while too many pings wait to be sent, but not for the result, which the
  /// listener is told. For sweeps that are faster than the rate.
  ///
  /// @param tag comes back with the result
  /// @param timeout how long to wait for a reply, up to 10 minutes
  /// @throws IllegalArgumentException if the timeout is zero, negative or too long
  /// @throws IllegalStateException if the pinger is closed
  public void submit(InetAddress target, long tag, Duration timeout) throws InterruptedException {
    shard(target).queue().put(target, tag, nanos(timeout), null);
  }

  /// Pings a target, and waits for the result. A virtual thread that waits holds no carrier.
  ///
  /// @param timeout how long to wait for a reply, up to 10 minutes
  /// @return the result, with the tag 0; late and duplicate replies are not told
  /// @throws IllegalArgumentException if the timeout is zero, negative or too long
  /// @throws IllegalStateException if the pinger is closed
  public PingResult ping(InetAddress target, Duration timeout) throws InterruptedException {
    PingQueue.Waiter waiter = new PingQueue.Waiter();
    shard(target).queue().put(target, 0, nanos(timeout), waiter);
    return awaited(waiter);
  }

  /// Pings a target several times, and waits for all results.
  ///
  /// @param count how many times
  /// @param interval the time from one to the next, whether or not there was a reply
  /// @param timeout how long to wait for each reply, up to 10 minutes
  /// @return the results in the order of sending; their tags count from 0
  /// @throws IllegalArgumentException if the timeout is zero, negative or too long
  /// @throws IllegalStateException if the pinger is closed
  public List<PingResult> ping(InetAddress target, int count, Duration interval, Duration timeout)
      throws InterruptedException {
    List<PingQueue.Waiter> waiters = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      Thread.sleep(Duration.ofNanos(start + i * interval.toNanos() - System.nanoTime()));
      PingQueue.Waiter waiter = new PingQueue.Waiter();
      shard(target).queue().put(target, i, nanos(timeout), waiter);
      waiters.add(waiter);
    }
    List<PingResult> results = new ArrayList<>();
    for (PingQueue.Waiter waiter : waiters) {
      results.add(awaited(waiter));
    }
    return results;
  }

  private static PingResult awaited(PingQueue.Waiter waiter) throws InterruptedException {
    try {
      return waiter.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e); // it is only ever completed
    }
  }

  private static long nanos(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "the timeout is " + timeout + ": use more than 0 and at most 10 minutes");
    }
    return timeout.toNanos();
  }

  /// What has been counted so far.
  public PingerStatistics statistics() {
    return counters.statistics();
  }

  /// All pings into one prefix go through one shard, which keeps the gaps.
  private PingShard shard(InetAddress target) {
    if (shards.size() == 1) {
      return shards.getFirst();
    }
    long prefix =
        MinimumGap.prefix(
            IpFamily.of(target), SocketAddress.high(target), SocketAddress.low(target));
    return shards.get(Math.floorMod((int) MinimumGap.mixed(prefix), shards.size()));
  }

  private void deliver() {
    while (true) {
      boolean last = shardsEnded;
      boolean any = false;
      for (PingShard shard : shards) {
        any |= shard.results().deliver(this::tell);
      }
      if (!any && last) {
        return;
      }
      if (!any) {
        rest();
      }
    }
  }

  private void rest() {
    boolean nothing = true;
    for (PingShard shard : shards) {
      nothing &= shard.results().readerWaits();
    }
    if (nothing && !shardsEnded) {
      LockSupport.parkNanos(READER_WAITS_NANOS);
    }
  }

  /// A listener that fails misses that one result.
  private void tell(PingResult result) {
    try {
      listener.result(result);
    } catch (RuntimeException e) {
      Thread current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, e);
    }
  }

  /// Ends all pings, whose results are then unknown, and closes the sockets. Returns when the
  /// listener has been told all results, unless it is the listener that closes.
  @Override
  public void close() {
    shards.forEach(PingShard::close);
    boolean interrupted = false;
    for (PingShard shard : shards) {
      interrupted |= join(shard.thread());
    }
    shardsEnded = true;
    LockSupport.unpark(reader);
    if (reader != Thread.currentThread()) {
      interrupted |= join(reader);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits for the end of a thread, also if interrupted.
  private static boolean join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}
