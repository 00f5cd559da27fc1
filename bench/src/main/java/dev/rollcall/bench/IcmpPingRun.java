package dev.rollcall.bench;

import dev.rollcall.icmp.PingResult;
import dev.rollcall.icmp.PingStatus;
import dev.rollcall.icmp.Pinger;
import dev.rollcall.icmp.PingerOptions;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A process that pings, for [IcmpPing]: `flood SHARDS WARM MEASURED`, `rtt COUNT BYTES_A_SECOND`
/// or `sweep TARGETS EVERY WARM MEASURED`, times in seconds. It prints its figures as `name=value`.
final class IcmpPingRun {
  private static final int ADDRESSES = 1 << 16;
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private IcmpPingRun() {}

  public static void main(String[] arguments) throws Exception {
    List<Integer> numbers = Arrays.stream(arguments).skip(1).map(Integer::valueOf).toList();
    switch (arguments[0]) {
      case "flood" -> flood(numbers.get(0), numbers.get(1), numbers.get(2));
      case "rtt" -> rtt(numbers.get(0), numbers.get(1));
      case "sweep" -> sweep(numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void print(String name, double value) {
    System.out.printf(Locale.ROOT, "%s=%.4f%n", name, value);
  }

  private static InetAddress[] targets(int count) throws IOException {
    InetAddress[] targets = new InetAddress[count];
    for (int i = 0; i < count; i++) {
      byte[] address = {127, (byte) (1 + (i >> 16)), (byte) (i >> 8), (byte) i};
      targets[i] = InetAddress.getByAddress(address);
    }
    return targets;
  }

  /// Counts results.
  private static final class Counts {
    final AtomicLong results = new AtomicLong();
    final AtomicLong replies = new AtomicLong();

    void count(PingResult result) {
      results.lazySet(results.get() + 1);
      if (result.status() == PingStatus.REPLY) {
        replies.lazySet(replies.get() + 1);
      }
    }
  }

  private static void flood(int shards, int warm, int measured) throws Exception {
    InetAddress[] targets = targets(ADDRESSES);
    Counts counts = new Counts();
    PingerOptions options =
        PingerOptions.defaults()
            .withPacketsPerSecond(Integer.MAX_VALUE)
            .withGaps(Duration.ZERO, Duration.ZERO)
            .withReceiveBuffer(32 << 20)
            .withShards(shards);
    long pid = ProcessHandle.current().pid();
    try (Pinger pinger = Pinger.open(options, counts::count)) {
      rounds(pinger, targets, counts, warm);
      long results = counts.results.get();
      long replies = counts.replies.get();
      Duration cpu = Proc.cpu(pid);
      Duration compilers = Proc.compilers(pid);
      long start = System.nanoTime();
      rounds(pinger, targets, counts, measured);
      double seconds = (System.nanoTime() - start) / 1e9;
      double pings = counts.results.get() - results;
      print("rate", pings / seconds);
      print("lost", pings - (counts.replies.get() - replies));
      double cpuMicros = Proc.cpu(pid).minus(cpu).toNanos() / 1e3;
      double compilerMicros = Proc.compilers(pid).minus(compilers).toNanos() / 1e3;
      print("cpu", cpuMicros / pings);
      print("cpu-without-compilers", (cpuMicros - compilerMicros) / pings);
    }
  }

  private static void rounds(Pinger pinger, InetAddress[] targets, Counts counts, int seconds)
      throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    long asked = counts.results.get();
    do {
      for (InetAddress target : targets) {
        pinger.submit(target, 0, TIMEOUT);
      }
      asked += targets.length;
      while (counts.results.get() < asked) {
        LockSupport.parkNanos(100_000);
      }
    } while (System.nanoTime() < end);
  }

  private static void rtt(int count, int bytesPerSecond) throws Exception {
    InetAddress target = InetAddress.getByName("127.1.2.3");
    AtomicBoolean end = new AtomicBoolean();
    Thread allocating = Thread.ofPlatform().start(() -> allocate(bytesPerSecond, end));
    PingerOptions options =
        PingerOptions.defaults().withPacketsPerSecond(1100).withGaps(Duration.ZERO, Duration.ZERO);
    try (Pinger pinger = Pinger.open(options)) {
      pinger.ping(target, 2000, Duration.ofMillis(1), TIMEOUT);
      List<PingResult> results = pinger.ping(target, count, Duration.ofMillis(1), TIMEOUT);
      long[] rtts =
          results.stream()
              .filter(result -> result.status() == PingStatus.REPLY)
              .mapToLong(PingResult::rttNanos)
              .sorted()
              .toArray();
      print("p50", rtts[rtts.length / 2] / 1e3);
      print("p99", rtts[rtts.length * 99 / 100] / 1e3);
      print("max", rtts[rtts.length - 1] / 1e3);
      print("lost", count - rtts.length);
      print(
          "user-stamps",
          (double) results.stream().filter(result -> result.errorNanos() > 0).count());
    }
    end.set(true);
    allocating.join();
    print(
        "collections",
        (double)
            ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum());
  }

  /// Garbage, of which 40 MB live for a while.
  private static void allocate(int bytesPerSecond, AtomicBoolean end) {
    byte[][] live = new byte[40_000][];
    long start = System.nanoTime();
    for (long bytes = 0; !end.get(); bytes += 1000) {
      live[(int) (bytes / 1000 % live.length)] = new byte[1000];
      long ahead = bytes * 1_000_000_000 / bytesPerSecond - (System.nanoTime() - start);
      if (ahead > 1_000_000) {
        LockSupport.parkNanos(ahead);
      }
    }
  }

  private static void sweep(int count, int every, int warm, int measured) throws Exception {
    InetAddress[] targets = targets(count);
    Counts counts = new Counts();
    PingerOptions options =
        PingerOptions.defaults().withPacketsPerSecond(count / every * 12 / 10).withShards(1);
    long pid = ProcessHandle.current().pid();
    try (Pinger pinger = Pinger.open(options, counts::count)) {
      paced(pinger, targets, every, warm);
      while (counts.results.get() < (long) warm / every * count) {
        LockSupport.parkNanos(1_000_000);
      }
      long results = counts.results.get();
      long replies = counts.replies.get();
      Duration cpu = Proc.cpu(pid);
      long start = System.nanoTime();
      paced(pinger, targets, every, measured);
      Thread.sleep(TIMEOUT.plusMillis(500));
      double seconds = (System.nanoTime() - start) / 1e9;
      double pings = counts.results.get() - results;
      print("rate", pings / seconds);
      print("core", Proc.cpu(pid).minus(cpu).toNanos() / 1e9 / seconds);
      print("rss", (double) Proc.statusMiB(pid, "VmHWM"));
      print("asked", (double) measured / every * count);
      print("lost", pings - (counts.replies.get() - replies));
    }
  }

  private static void paced(Pinger pinger, InetAddress[] targets, int every, int seconds)
      throws InterruptedException {
    long start = System.nanoTime();
    long gap = Duration.ofSeconds(every).toNanos() / targets.length;
    long count = (long) seconds / every * targets.length;
    for (long i = 0; i < count; i++) {
      long ahead = start + i * gap - System.nanoTime();
      if (ahead > 1_000_000) {
        LockSupport.parkNanos(ahead);
      }
      pinger.submit(targets[(int) (i % targets.length)], 0, TIMEOUT);
    }
  }
}
