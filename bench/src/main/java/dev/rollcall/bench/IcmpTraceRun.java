package dev.rollcall.bench;

import dev.rollcall.icmp.Trace;
import dev.rollcall.icmp.Tracer;
import dev.rollcall.icmp.TracerOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// A process that traces, for [IcmpTrace]: `TARGETS REMEMBER`. It prints its figures as
/// `name=value`.
final class IcmpTraceRun {
  private static final int AT_A_TIME = 32;
  private static final int HOPS = 4;

  private IcmpTraceRun() {}

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    boolean remember = Boolean.parseBoolean(arguments[1]);
    TracerOptions options =
        TracerOptions.defaults()
            .withRate(Integer.MAX_VALUE, Duration.ZERO, AT_A_TIME)
            .withRemember(remember ? Duration.ofMinutes(5) : Duration.ZERO);
    InetAddress[] targets = new InetAddress[count];
    for (int i = 0; i < count; i++) {
      targets[i] = InetAddress.ofLiteral(IcmpTrace.address(i));
    }
    long pid = ProcessHandle.current().pid();
    try (Tracer tracer = Tracer.open(options)) {
      trace(tracer, targets); // warms up
      Duration cpu = Proc.cpu(pid);
      long sent = tracer.counts().sent();
      long start = System.nanoTime();
      long incomplete = trace(tracer, targets);
      double seconds = (System.nanoTime() - start) / 1e9;
      print("rate", count / seconds);
      print("incomplete", (double) incomplete);
      print("probes", (double) (tracer.counts().sent() - sent) / count);
      print("cpu", Proc.cpu(pid).minus(cpu).toNanos() / 1e3 / count);
    }
  }

  private static long trace(Tracer tracer, InetAddress[] targets) throws InterruptedException {
    AtomicLong incomplete = new AtomicLong();
    CountDownLatch all = new CountDownLatch(targets.length);
    for (InetAddress target : targets) {
      tracer.submit(
          target,
          trace -> {
            if (!isComplete(trace)) {
              incomplete.incrementAndGet();
            }
            all.countDown();
          });
    }
    all.await();
    return incomplete.get();
  }

  private static boolean isComplete(Trace trace) {
    return trace.reached()
        && trace.hops().size() == HOPS
        && trace.hops().stream().allMatch(hop -> hop.nodes().size() == 1);
  }

  private static void print(String name, double value) {
    System.out.printf(Locale.ROOT, "%s=%.4f%n", name, value);
  }
}
