package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// The thread of a tracer: sends the probes that the traces ask for, at the rate and gaps that are
/// allowed, gives them what comes back, and tells them when a probe's time is over. It is a platform
/// thread: a virtual one would hold its carrier while the kernel sends.
///
/// A probe is known here by one number: the slot of its trace, how often the slot was used, TTL and
/// index. A packet finds it by what only an answer to it contains: the number of the flow, TTL and
/// index, the target, and the nonce where it is quoted.
final class TracerLoop implements TracerChannel.Receiver {
  /// A trace that waits for its turn.
  record Request(InetAddress target, TraceListener listener) {}

  /// What is passed to those who wait, off this thread.
  interface Results {
    void answered(Request request, int ttl, InetAddress from, Duration rtt);

    void finished(Request request, Trace trace);
  }

  /// A probe whose router may not be asked yet.
  private record Deferred(TracerChannel channel, long number, long at) {}

  /// A trace on its way.
  private static final class Slot {
    final int number;
    final TraceRun run;
    final int[] flows = new int[MOST_FLOWS];
    int flowCount;
    int generation;
    @Nullable Request request;
    @Nullable TraceTarget target;
    @Nullable TracerChannel channel;
    long startedReal;
    long startedAt;

    Slot(int number, TracerOptions options) {
      this.number = number;
      this.run = new TraceRun(options, this::ask);
    }

    private void ask(int ttl, int index) {
      if (channel != null) {
        channel.queue().add(number(this, ttl, index), 0);
      }
    }
  }

  private static final int MOST_FLOWS = 128;
  private static final int SENT = 0;
  private static final int ANSWERED = 1;
  private static final int LATE = 2;
  private static final int DUPLICATE = 3;
  private static final int MALFORMED = 4;
  private static final int FOREIGN = 5;
  private static final long BLOCKED_NANOS = 1_000_000;

  /// No probe.
  private static final long NONE = -1;

  /// Set in a number whose router's turn has been taken.
  private static final long HAS_TURN = 1L << 62;

  private final TracerOptions options;
  private final PingClock clock;
  private final Arena arena;
  private final Libc libc;
  private final Wakeup wakeup;
  private final Results results;
  private final List<TracerChannel> channels;
  private final Poll poll;
  private final TokenBucket tokens;
  private final TraceMemory memory;
  private final TracePace pace;
  private final FlowNumbers flowNumbers;
  private final Random nonces;
  private final Slot[] slots;
  private final Deque<Slot> free = new ArrayDeque<>();
  private final ProbeQueue timeouts = new ProbeQueue();
  private final PriorityQueue<Deferred> deferred =
      new PriorityQueue<>(Comparator.comparingLong(Deferred::at));
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private final AtomicLongArray counts = new AtomicLongArray(FOREIGN + 1);
  private final long[] batchNumbers;
  private final long timeoutNanos;
  private volatile boolean asleep;
  private volatile boolean closing;
  private volatile boolean ended;
  private long now;

  TracerLoop(
      TracerOptions options,
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
    this.tokens = new TokenBucket(options.packetsPerSecond(), now);
    this.memory = new TraceMemory(options.remember().toNanos());
    this.pace = new TracePace(options.routerGap().toNanos());
    this.timeoutNanos = options.timeout().toNanos();
    this.flowNumbers =
        switch (options.method()) {
          case ICMP -> new FlowNumbers(1, 65_535, random);
          case UDP -> new FlowNumbers(0, 65_535 - TracerSockets.FIRST_PORT, random);
          case TCP -> new FlowNumbers(0, 65_535, random);
        };
    this.slots = new Slot[options.inFlight()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new Slot(i, options);
      free.add(slots[i]);
    }
    int batch = 0;
    int[] descriptors = new int[1 + channels.stream().mapToInt(c -> c.sockets().all().size()).sum()];
    int at = 0;
    descriptors[at++] = wakeup.descriptor();
    for (TracerChannel channel : channels) {
      for (NativeSocket socket : channel.sockets().all()) {
        descriptors[at++] = socket.descriptor();
      }
      batch = Math.max(batch, channel.batch());
    }
    this.poll = new Poll(arena, descriptors);
    this.batchNumbers = new long[batch];
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
    resume();
    boolean busy = false;
    for (TracerChannel channel : channels) {
      busy |= send(channel);
      busy |= channel.receive(this);
    }
    expire();
    if (!busy) {
      await();
    }
  }

  private void start() {
    while (!free.isEmpty() && flowNumbers.free() > 0) {
      Request request = requests.poll();
      if (request == null) {
        return;
      }
      start(request, free.remove());
    }
  }

  private void start(Request request, Slot slot) {
    TracerChannel channel = null;
    for (TracerChannel each : channels) {
      if (each.family() == IpFamily.of(request.target())) {
        channel = each;
      }
    }
    slot.request = request;
    slot.startedReal = clock.real();
    slot.startedAt = now;
    try {
      if (channel == null) {
        throw new NativeSocket.RefusedException("socket", Linux.EAFNOSUPPORT);
      }
      long nonce = nonces.nextLong() | 1;
      slot.target = TraceTarget.of(request.target(), options, libc, nonce);
    } catch (NativeSocket.RefusedException e) {
      refuse(slot, e.errno());
      return;
    }
    slot.channel = channel;
    slot.flows[0] = flowNumbers.take(slot.number);
    slot.flowCount = 1;
    int from = options.multipath() ? 1 : memory.middle();
    slot.run.begin(from, Math.max(memory.distance(), from));
  }

  private void refuse(Slot slot, int errno) {
    Request request = slot.request;
    slot.request = null;
    free.add(slot);
    if (request != null) {
      results.finished(
          request,
          new Trace(
              request.target(),
              options.method(),
              instant(slot.startedReal),
              Duration.ZERO,
              TraceEnd.NOT_SENT,
              Linux.errorText(errno),
              List.of()));
    }
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
  }

  private static long number(Slot slot, int ttl, int index) {
    return (long) (slot.generation & 0x3fff_ffff) << 32 | (long) slot.number << 16 | ttl << 8 | index;
  }

  /// The slot of a number; null if its trace is over.
  private @Nullable Slot slot(long number) {
    Slot slot = slots[(int) (number >>> 16) & 0xffff];
    boolean current = (slot.generation & 0x3fff_ffff) == (int) (number >>> 32 & 0x3fff_ffff);
    return current && slot.request != null ? slot : null;
  }

  private static int ttl(long number) {
    return (int) (number >>> 8) & 0xff;
  }

  private static int index(long number) {
    return (int) number & 0xff;
  }

  private boolean send(TracerChannel channel) {
    ProbeQueue queue = channel.queue();
    boolean any = false;
    while (!queue.isEmpty()) {
      int most = Math.min(channel.batch(), tokens.available(now));
      int count = 0;
      while (count < most && !queue.isEmpty()) {
        long number = queue.number();
        queue.remove();
        if (write(channel, count, number)) {
          batchNumbers[count++] = number & ~HAS_TURN;
        }
      }
      if (count == 0) {
        return any;
      }
      any = true;
      if (!send(channel, count)) {
        return true;
      }
      now = clock.monotonic();
    }
    return any;
  }

  /// @return whether the probe is to be sent now
  private boolean write(TracerChannel channel, int place, long number) {
    Slot slot = slot(number);
    int ttl = ttl(number);
    int index = index(number);
    if (slot == null || slot.target == null || !slot.run.isWanted(ttl, index)) {
      return false;
    }
    if ((number & HAS_TURN) == 0) {
      long wait = pace.turn(ttl, now);
      if (wait > timeoutNanos) {
        slot.run.skip(ttl, index, now, memory);
        finishIfDone(slot);
        return false;
      }
      if (wait > 0) {
        deferred.add(new Deferred(channel, number | HAS_TURN, now + wait));
        return false;
      }
    }
    int flow = slot.run.flow(ttl, index);
    while (slot.flowCount <= flow) {
      slot.flows[slot.flowCount] =
          flowNumbers.free() > 0 ? flowNumbers.take(slot.number) : slot.flows[0];
      slot.flowCount++;
    }
    channel.write(
        place,
        number & ~HAS_TURN,
        slot.target,
        flow,
        slot.flows[flow],
        ttl,
        index,
        slot.run.octets(ttl, index));
    return true;
  }

  /// @return whether more may be sent
  private boolean send(TracerChannel channel, int count) {
    int done = 0;
    while (done < count) {
      long monotonic = clock.monotonic();
      long before = clock.real();
      int result = channel.send(done, count - done, this);
      if (result > 0) {
        long width = Math.max(0, clock.real() - before);
        for (int i = 0; i < result; i++) {
          long at = width * (2 * i + 1) / (2 * result);
          sent(batchNumbers[done + i], before + at, monotonic);
        }
        tokens.take(result);
        counts.getAndAdd(SENT, result);
        done += result;
      } else if (result == 0) {
        for (int i = done; i < count; i++) {
          channel.queue().add(batchNumbers[i] | HAS_TURN, 0);
        }
        return false;
      } else {
        refused(batchNumbers[done], -result);
        done++;
      }
    }
    return true;
  }

  private void sent(long number, long real, long monotonic) {
    Slot slot = slot(number);
    if (slot != null) {
      slot.run.sent(ttl(number), index(number), real, monotonic);
      timeouts.add(number, monotonic + timeoutNanos);
    }
  }

  private void refused(long number, int errno) {
    Slot slot = slot(number);
    if (slot == null) {
      return;
    }
    if (errno == Linux.EMSGSIZE && options.discoverMtu()) {
      slot.run.tooBig(ttl(number), index(number), 0, 0, 0, now, memory);
    } else {
      slot.run.notSent(ttl(number), index(number), Linux.errorText(errno), now, memory);
    }
    finishIfDone(slot);
  }

  private void resume() {
    for (Deferred next = deferred.peek(); next != null && next.at() - now <= 0; next = deferred.peek()) {
      deferred.remove();
      next.channel().queue().add(next.number(), 0);
    }
  }

  private void expire() {
    while (!timeouts.isEmpty() && timeouts.other() - now <= 0) {
      long number = timeouts.number();
      timeouts.remove();
      Slot slot = slot(number);
      if (slot != null) {
        slot.run.timedOut(ttl(number), index(number), now, memory);
        finishIfDone(slot);
      }
    }
  }

  @Override
  public void received(
      TracerChannel channel, PacketReader.Kind kind, PacketReader reader, long stamp) {
    switch (kind) {
      case OTHER -> {}
      case MALFORMED -> counts.getAndIncrement(MALFORMED);
      case ECHO_REPLY -> echoReply(channel, reader, stamp);
      case TIME_EXCEEDED, UNREACHABLE, TOO_BIG, PARAMETER_PROBLEM ->
          error(channel, kind, reader, stamp);
      case SYN_ACK, RESET -> {
        int sequence = reader.acknowledged() - 1;
        fromTarget(
            options.method() == TraceMethod.TCP && reader.sourcePort() == options.port()
                ? number(channel, flowNumbers.owner(sequence >>> 16), sequence & 0xffff)
                : NONE,
            reader,
            stamp);
      }
      case DATAGRAM -> datagram(channel, reader, stamp);
    }
  }

  /// The number of a probe.
  ///
  /// @param owner the number of a slot; -1 for none
  /// @param key TTL and index
  private long number(TracerChannel channel, int owner, int key) {
    if (owner < 0 || slots[owner].request == null || slots[owner].channel != channel) {
      return NONE;
    }
    return number(slots[owner], key >>> 8, key & 0xff);
  }

  private void echoReply(TracerChannel channel, PacketReader reader, long stamp) {
    long number =
        channel.isPing()
            ? channel.probe(reader.sequence())
            : number(channel, flowNumbers.owner(reader.id()), reader.sequence());
    Slot slot = number == NONE ? null : slot(number);
    boolean ours =
        options.method() == TraceMethod.ICMP
            && slot != null
            && slot.target != null
            && !reader.hasOtherNonce(slot.target.nonce());
    fromTarget(ours ? number : NONE, reader, stamp);
  }

  private void datagram(TracerChannel channel, PacketReader reader, long stamp) {
    boolean fitting =
        options.method() == TraceMethod.UDP && reader.sourcePort() == options.port();
    int owner =
        fitting ? flowNumbers.owner(reader.targetPort() - TracerSockets.FIRST_PORT) : -1;
    int key = owner < 0 ? -1 : slots[owner].run.lowestWaiting();
    fromTarget(key < 0 ? NONE : number(channel, owner, key), reader, stamp);
  }

  /// An answer that only the target may send.
  private void fromTarget(long number, PacketReader reader, long stamp) {
    Slot slot = number == NONE ? null : slot(number);
    if (slot == null
        || slot.target == null
        || reader.sourceHigh() != slot.target.high()
        || reader.sourceLow() != slot.target.low()) {
      counts.getAndIncrement(FOREIGN);
      return;
    }
    answered(slot, number, TraceRun.Answer.TARGET, null, reader, stamp);
  }

  private void error(
      TracerChannel channel, PacketReader.Kind kind, PacketReader reader, long stamp) {
    long number = quoted(channel, reader.quoted());
    Slot slot = number == NONE ? null : slot(number);
    if (slot == null || slot.target == null || !isQuoteOf(slot.target, channel, reader.quoted())) {
      counts.getAndIncrement(FOREIGN);
      return;
    }
    switch (kind) {
      case TIME_EXCEEDED ->
          answered(slot, number, TraceRun.Answer.HOP, null, reader, stamp);
      case TOO_BIG -> {
        if (options.discoverMtu()) {
          count(
              slot.run.tooBig(
                  ttl(number),
                  index(number),
                  reader.sourceHigh(),
                  reader.sourceLow(),
                  reader.mtu(),
                  now,
                  memory));
          finishIfDone(slot);
        } else {
          answered(slot, number, TraceRun.Answer.ERROR, HopError.OTHER, reader, stamp);
        }
      }
      case UNREACHABLE -> {
        HopError why = HopError.of(channel.family(), reader.code());
        boolean target =
            why == HopError.PORT
                || (reader.sourceHigh() == slot.target.high()
                    && reader.sourceLow() == slot.target.low());
        answered(
            slot,
            number,
            target ? TraceRun.Answer.TARGET : TraceRun.Answer.ERROR,
            why,
            reader,
            stamp);
      }
      case OTHER, MALFORMED, ECHO_REPLY, PARAMETER_PROBLEM, SYN_ACK, RESET, DATAGRAM ->
          answered(slot, number, TraceRun.Answer.ERROR, HopError.OTHER, reader, stamp);
    }
  }

  private long quoted(TracerChannel channel, QuotedPacket quote) {
    return switch (options.method()) {
      case ICMP -> {
        if (!quote.isEcho()) {
          yield NONE;
        }
        yield channel.isPing()
            ? channel.probe(quote.echoSequence())
            : number(channel, flowNumbers.owner(quote.echoId()), quote.echoSequence());
      }
      case UDP ->
          quote.protocol() == Linux.IPPROTO_UDP && quote.targetPort() == options.port()
              ? number(
                  channel,
                  flowNumbers.owner(quote.sourcePort() - TracerSockets.FIRST_PORT),
                  quote.udpChecksum())
              : NONE;
      case TCP ->
          quote.protocol() == Linux.IPPROTO_TCP && quote.targetPort() == options.port()
              ? number(
                  channel,
                  flowNumbers.owner(quote.tcpSequence() >>> 16),
                  quote.tcpSequence() & 0xffff)
              : NONE;
    };
  }

  private static boolean isQuoteOf(
      TraceTarget target, TracerChannel channel, QuotedPacket quote) {
    return quote.family() == channel.family()
        && quote.targetHigh() == target.high()
        && quote.targetLow() == target.low()
        && !quote.hasOtherNonce(target.nonce());
  }

  private void answered(
      Slot slot,
      long number,
      TraceRun.Answer answer,
      @Nullable HopError why,
      PacketReader reader,
      long stamp) {
    int ttl = ttl(number);
    int index = index(number);
    now = clock.monotonic();
    TraceRun.Use use =
        slot.run.answered(
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
      pace.answered(ttl, reader.sourceHigh(), reader.sourceLow());
      Request request = slot.request;
      if (request != null && request.listener().wantsAnswers()) {
        results.answered(
            request,
            ttl,
            SocketAddress.address(IpFamily.of(request.target()), reader.sourceHigh(), reader.sourceLow()),
            Duration.ofNanos(slot.run.rtt(ttl, index)));
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
    if (slot.run.isDone() && slot.request != null) {
      TraceRun run = slot.run;
      TraceEnd end = run.end();
      if (end != TraceEnd.NOT_SENT) {
        memory.learn(run.path(), run.last(), run.lowest(), end == TraceEnd.REACHED, now);
      }
      finish(slot, end);
    }
  }

  private void finish(Slot slot, TraceEnd end) {
    Request request = slot.request;
    TracerChannel channel = slot.channel;
    if (request == null || channel == null) {
      return;
    }
    Trace trace =
        new TraceResult(slot.run, channel.family(), memory, now)
            .trace(
                request.target(),
                options.method(),
                instant(slot.startedReal),
                Duration.ofNanos(Math.max(0, now - slot.startedAt)),
                end);
    paceDown(trace);
    for (int i = 0; i < slot.flowCount; i++) {
      if (i == 0 || slot.flows[i] != slot.flows[0]) {
        flowNumbers.giveBack(slot.flows[i]);
      }
    }
    slot.flowCount = 0;
    slot.generation++;
    slot.request = null;
    slot.target = null;
    slot.channel = null;
    free.add(slot);
    results.finished(request, trace);
  }

  /// Routers that left out answers while others behind them answered are asked less often.
  private void paceDown(Trace trace) {
    boolean behind = trace.reached();
    for (Hop hop : trace.hops().reversed()) {
      if (behind && hop.sent() > hop.answered() && hop.state() != HopState.SILENT) {
        pace.missed(hop.ttl());
      }
      behind |= hop.answered() > 0;
    }
  }

  private void interruptAll() {
    ended = true;
    for (Slot slot : slots) {
      finish(slot, TraceEnd.INTERRUPTED);
    }
    for (Request request = requests.poll(); request != null; request = requests.poll()) {
      results.finished(
          request,
          new Trace(
              request.target(),
              options.method(),
              Instant.now(),
              Duration.ZERO,
              TraceEnd.INTERRUPTED,
              "",
              List.of()));
    }
  }

  private void await() {
    long wait = -1;
    if (!timeouts.isEmpty()) {
      wait = Math.max(0, timeouts.other() - now);
    }
    Deferred next = deferred.peek();
    if (next != null) {
      wait = sooner(wait, Math.max(0, next.at() - now));
    }
    for (TracerChannel channel : channels) {
      if (!channel.queue().isEmpty()) {
        wait = sooner(wait, channel.isFull() ? BLOCKED_NANOS : tokens.untilNext());
      }
    }
    asleep = true;
    if ((requests.isEmpty() || free.isEmpty()) && wait != 0 && !closing) {
      poll.await(libc, wait);
      if (poll.ready(0) != 0) {
        wakeup.clear();
      }
    }
    asleep = false;
  }

  private static long sooner(long a, long b) {
    return a < 0 ? b : Math.min(a, b);
  }
}
