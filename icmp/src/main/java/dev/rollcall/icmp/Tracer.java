package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Finds the paths to many targets from one process, over IPv4 and IPv6: traceroute.
///
/// ```java
/// try (Tracer tracer = Tracer.open(TracerOptions.defaults())) {
///   Trace trace = tracer.trace(InetAddress.getByName("192.0.2.1"));
///   trace.hops().forEach(System.out::println);
/// }
/// ```
///
/// All probes of a trace are one flow, so that they take one path (Paris traceroute). All TTLs are
/// asked at once, and those that do not answer once more. Routers near this machine are not asked
/// by each trace again (Doubletree). Times are differences between the moment of sending and the
/// kernel's time stamp of receiving, so that a pause of the JVM while an answer arrives does not
/// show in them. An answer counts only if it quotes a probe of a trace that is on its way, with its
/// target, and with its nonce where it quotes so much.
///
/// It needs Linux, native access (`--enable-native-access`) and CAP_NET_RAW; for ICMP a group in
/// the range `net.ipv4.ping_group_range` is enough. All methods may be called from any thread.
public final class Tracer implements AutoCloseable {
  /// Below this rate each probe is sent by a call of its own, which tells best when it was sent.
  private static final int LEAST_WITH_BATCHES = 50_000;

  private static final System.Logger LOG = System.getLogger(Tracer.class.getName());

  private final TracerLoop loop;
  private final Semaphore places;
  private final Thread sender;
  private final Thread reader;
  private final BlockingQueue<Runnable> results = new LinkedBlockingQueue<>();

  private Tracer(TracerOptions options, @Nullable SharedRate shared, PingClock clock) {
    Arena arena = Arena.ofShared();
    List<TracerChannel> channels = new ArrayList<>();
    try {
      Libc libc = Libc.in(arena);
      channels.addAll(channels(libc, arena, options));
      loop =
          new TracerLoop(
              options, shared, clock, arena, libc, channels, new SecureRandom(), new Delivery());
    } catch (RuntimeException e) {
      channels.forEach(TracerChannel::close);
      arena.close();
      throw e;
    }
    places = new Semaphore(options.inFlight());
    reader = Thread.ofPlatform().daemon().name("trace-results").unstarted(this::deliver);
    sender = Thread.ofPlatform().daemon().name("trace").unstarted(loop::run);
  }

  /// Opens a tracer.
  ///
  /// @throws IcmpUnavailableException if nothing can be sent here, with the remedy
  public static Tracer open(TracerOptions options) {
    return open(options, null, PingClock.SYSTEM);
  }

  /// Opens a tracer that keeps a rate together with others.
  ///
  /// @throws IcmpUnavailableException if nothing can be sent here, with the remedy
  public static Tracer open(TracerOptions options, SharedRate shared) {
    return open(options, shared, PingClock.SYSTEM);
  }

  static Tracer open(TracerOptions options, PingClock clock) {
    return open(options, null, clock);
  }

  private static Tracer open(TracerOptions options, @Nullable SharedRate shared, PingClock clock) {
    Tracer tracer = new Tracer(options, shared, clock);
    tracer.reader.start();
    tracer.sender.start();
    return tracer;
  }

  private static List<TracerChannel> channels(Libc libc, Arena arena, TracerOptions options) {
    int batch = options.packetsPerSecond() < LEAST_WITH_BATCHES ? 1 : TokenBucket.BURST;
    List<TracerChannel> channels = new ArrayList<>();
    String refused = "";
    for (IpFamily family : IpFamily.values()) {
      try {
        TracerSockets sockets = TracerSockets.open(libc, arena, family, options);
        channels.add(new TracerChannel(libc, arena, sockets, options, batch));
      } catch (NativeSocket.RefusedException e) { // a machine without IPv6, for example
        refused = String.valueOf(e.getMessage());
      }
    }
    if (channels.isEmpty()) {
      throw new IcmpUnavailableException("the system refuses sockets for traces: " + refused);
    }
    return channels;
  }

  /// Finds the path to a target, and waits for it.
  ///
  /// @throws IllegalStateException if the tracer is closed
  public Trace trace(InetAddress target) throws InterruptedException {
    CompletableFuture<Trace> found = new CompletableFuture<>();
    submit(target, found::complete);
    try {
      return found.get();
    } catch (ExecutionException e) {
      throw new AssertionError("it is completed with a trace only", e);
    }
  }

  /// Begins to find the path to a target. Waits while as many traces as allowed are on their way.
  ///
  /// @throws IllegalStateException if the tracer is closed
  public void submit(InetAddress target, TraceListener listener) throws InterruptedException {
    if (Thread.currentThread() == reader) {
      throw new IllegalStateException("a listener may not wait for its own tracer");
    }
    places.acquire();
    if (!loop.add(new TracerLoop.Request(target, listener))) {
      places.release();
      throw new IllegalStateException("the tracer is closed");
    }
  }

  /// What was counted so far.
  public TracerCounts counts() {
    return loop.counts();
  }

  /// Ends all traces, as [TraceEnd#INTERRUPTED], and waits until their listeners know.
  @Override
  public void close() {
    loop.close();
    boolean interrupted = join(sender);
    results.add(reader::interrupt); // the last one
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

  private void deliver() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        results.take().run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Delivery implements TracerLoop.Results {
    @Override
    public void answered(TracerLoop.Request request, int ttl, HopNode node) {
      results.add(() -> tell(() -> request.listener().answered(request.target(), ttl, node)));
    }

    @Override
    public void finished(TracerLoop.Request request, Trace trace) {
      results.add(
          () -> {
            try {
              tell(() -> request.listener().finished(trace));
            } finally {
              places.release();
            }
          });
    }

    private void tell(Runnable call) {
      try {
        call.run();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a listener of traces failed", e);
      }
    }
  }
}
