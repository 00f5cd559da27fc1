package dev.rollcall.icmp;

import dev.rollcall.icmp.TraceSlots.Slot;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// The thread of a tracer: sends the probes that the traces ask for, at the rate and gaps that are
/// allowed, gives them what comes back, and tells them when a probe's time is over. It is a
/// platform thread: a virtual one would hold its carrier while the kernel sends.
final class TracerLoop implements ProbeMatcher.Matches, ProbeSender.Told {
  /// A trace that waits for its turn.
  record Request(InetAddress target, TraceListener listener) {}

  /// What is passed to those who wait, off this thread.
  interface Results {
    void answered(Request request, int ttl, HopNode node);

    void finished(Request request, Trace trace);
  }

  private static final int SENT = 0;
  private static final int ANSWERED = 1;
  private static final int LATE = 2;
  private static final int DUPLICATE = 3;
  private static final int MALFORMED = 4;
  private static final int FOREIGN = 5;

  private final TracerOptions options;
  private final PingClock clock;
  private final Arena arena;
  private final Libc libc;
  private final Wakeup wakeup;
  private final Results results;
  private final List<TracerChannel> channels;
  private final Poll poll;
  private final TraceMemory memory;
  private final Random nonces;
  private final TraceSlots slots;
  private final ProbeMatcher matcher;
  private final ProbeSender sender;
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private final AtomicLongArray counts = new AtomicLongArray(FOREIGN + 1);
  private volatile boolean asleep;
  private volatile boolean closing;
  private volatile boolean ended;
  private long now;

  /// @param shared the rate that others keep too; null if none does
  TracerLoop(
      TracerOptions options,
      @Nullable SharedRate shared,
      PingClock clock,
      Arena arena,
      Libc libc,
      List<TracerChannel> channels,
      Random random,
      Results results) {
    this.options = options;
    this.clock = clock;
    this.arena = arena;
    this.libc = libc;
    this.channels = channels;
    this.results = results;
    this.nonces = random;
    this.wakeup = new Wakeup(arena);
    this.now = clock.monotonic();
    this.memory = new TraceMemory(options.remember().toNanos());
    this.slots = new TraceSlots(options, random);
    this.matcher = new ProbeMatcher(options, slots, this);
    int batch = 0;
    int[] descriptors =
        new int[1 + channels.stream().mapToInt(c -> c.sockets().all().size()).sum()];
    int at = 0;
    descriptors[at++] = wakeup.descriptor();
    for (TracerChannel channel : channels) {
      for (NativeSocket socket : channel.sockets().all()) {
        descriptors[at++] = socket.descriptor();
      }
      batch = Math.max(batch, channel.batch());
    }
    this.poll = new Poll(arena, descriptors);
    TokenBucket tokens = new TokenBucket(options.packetsPerSecond(), shared, now);
    this.sender = new ProbeSender(options, clock, tokens, slots, memory, this, batch);
  }

  /// Adds a trace. May be called from any thread.
  ///
  /// @return whether it will have a result: not after the end
  boolean add(Request request) {
    requests.add(request);
    if (ended && requests.remove(request)) {
      return false;
    }
    if (asleep) {
      wakeup.signal();
    }
    return true;
  }

  /// Ends the loop. May be called from any thread.
  void close() {
    closing = true;
    wakeup.signal();
  }

  TracerCounts counts() {
    return new TracerCounts(
        counts.get(SENT),
        counts.get(ANSWERED),
        counts.get(LATE),
        counts.get(DUPLICATE),
        counts.get(MALFORMED),
        counts.get(FOREIGN));
  }

  /// The work of the thread, until it is closed.
  void run() {
    try {
      while (!closing) {
        pass();
      }
    } finally { // also if there is a bug: nobody waits for a result then
      interruptAll();
      wakeup.close();
      channels.forEach(TracerChannel::close);
      arena.close();
    }
  }

  private void pass() {
    now = clock.monotonic();
    start();
    sender.resume(now);
    boolean busy = false;
    for (TracerChannel channel : channels) {
      busy |= sender.send(channel, matcher, now);
      busy |= channel.receive(matcher);
    }
    now = clock.monotonic();
    sender.expire(now);
    if (!busy) {
      await();
    }
  }

  private void start() {
    while (slots.hasRoom()) {
      Request request = requests.poll();
      if (request == null) {
        return;
      }
      start(request);
    }
  }

  private void start(Request request) {
    TracerChannel channel = null;
    for (TracerChannel each : channels) {
      if (each.family() == IpFamily.of(request.target())) {
        channel = each;
      }
    }
    if (channel == null) {
      notStarted(request, TraceEnd.NOT_SENT, Linux.errorText(Linux.EAFNOSUPPORT));
      return;
    }
    TraceTarget target;
    try {
      target = TraceTarget.of(request.target(), options, libc, nonces.nextLong() | 1);
    } catch (NativeSocket.RefusedException e) {
      notStarted(request, TraceEnd.NOT_SENT, Linux.errorText(e.errno()));
      return;
    }
    Slot slot = slots.take(new TraceSlots.Trip(request, target, channel, clock.real(), now));
    int from = options.multipath() ? 1 : memory.middle();
    slot.run().begin(from, Math.max(memory.distance(), from));
  }

  private void notStarted(Request request, TraceEnd end, String reason) {
    results.finished(
        request,
        new Trace(
            request.target(),
            options.method(),
            instant(clock.real()),
            Duration.ZERO,
            end,
            reason,
            List.of()));
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
  }

  @Override
  public void sent(int count) {
    counts.getAndAdd(SENT, count);
  }

  @Override
  public void changed(Slot slot) {
    finishIfDone(slot);
  }

  @Override
  public void foreign() {
    counts.getAndIncrement(FOREIGN);
  }

  @Override
  public void malformed() {
    counts.getAndIncrement(MALFORMED);
  }

  @Override
  public void tooBig(Slot slot, long probe, PacketReader reader) {
    count(
        slot.run()
            .tooBig(
                TraceSlots.ttl(probe),
                TraceSlots.index(probe),
                reader.sourceHigh(),
                reader.sourceLow(),
                reader.mtu(),
                now,
                memory));
    finishIfDone(slot);
  }

  @Override
  public void answered(
      Slot slot,
      long probe,
      TraceRun.Answer answer,
      @Nullable HopError why,
      PacketReader reader,
      long stamp) {
    int ttl = TraceSlots.ttl(probe);
    int index = TraceSlots.index(probe);
    now = clock.monotonic();
    TraceRun.Use use =
        slot.run()
            .answered(
                ttl,
                index,
                answer,
                why,
                reader.sourceHigh(),
                reader.sourceLow(),
                reader.extensions(),
                stamp,
                now,
                memory);
    count(use);
    if (use == TraceRun.Use.IN_TIME || use == TraceRun.Use.LATE) {
      sender.pace().answered(ttl, reader.sourceHigh(), reader.sourceLow());
      TraceSlots.Trip trip = slot.trip();
      if (trip != null && trip.request().listener().wantsAnswers()) {
        HopNode node =
            new TraceResult(slot.run(), trip.channel().family(), memory, now).answer(ttl, index);
        results.answered(trip.request(), ttl, node);
      }
    }
    finishIfDone(slot);
  }

  private void count(TraceRun.Use use) {
    switch (use) {
      case IN_TIME -> counts.getAndIncrement(ANSWERED);
      case LATE -> {
        counts.getAndIncrement(ANSWERED);
        counts.getAndIncrement(LATE);
      }
      case DUPLICATE -> counts.getAndIncrement(DUPLICATE);
      case NONE -> counts.getAndIncrement(FOREIGN);
    }
  }

  private void finishIfDone(Slot slot) {
    if (slot.run().isDone() && slot.trip() != null) {
      TraceRun run = slot.run();
      TraceEnd end = run.end();
      if (end != TraceEnd.NOT_SENT) {
        memory.learn(run.path(), run.last(), run.lowest(), end == TraceEnd.REACHED, now);
      }
      finish(slot, end);
    }
  }

  private void finish(Slot slot, TraceEnd end) {
    TraceSlots.Trip trip = slot.trip();
    if (trip == null) {
      return;
    }
    Trace trace =
        new TraceResult(slot.run(), trip.channel().family(), memory, now)
            .trace(
                trip.request().target(),
                options.method(),
                instant(trip.startedReal()),
                Duration.ofNanos(Math.max(0, now - trip.startedAt())),
                end);
    paceDown(trace);
    slots.giveBack(slot);
    results.finished(trip.request(), trace);
  }

  /// Routers that left out answers while others behind them answered are asked less often.
  private void paceDown(Trace trace) {
    boolean behind = trace.reached();
    for (Hop hop : trace.hops().reversed()) {
      if (behind && hop.sent() > hop.answered() && hop.state() != HopState.SILENT) {
        sender.pace().missed(hop.ttl());
      }
      behind |= hop.answered() > 0;
    }
  }

  private void interruptAll() {
    ended = true;
    for (Slot slot : slots.all()) {
      finish(slot, TraceEnd.INTERRUPTED);
    }
    for (Request request = requests.poll(); request != null; request = requests.poll()) {
      notStarted(request, TraceEnd.INTERRUPTED, "");
    }
  }

  private void await() {
    long wait = sender.untilNext(channels, now);
    asleep = true;
    if ((requests.isEmpty() || !slots.hasRoom()) && wait != 0 && !closing) {
      poll.await(libc, wait);
      if (poll.ready(0) != 0) {
        wakeup.clear();
      }
    }
    asleep = false;
  }
}
