package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread that pings, with a socket for each family. It is a platform thread: a virtual one would
/// hold its carrier while the kernel sends.
///
/// One pass of its loop takes pings from the queue, sends as many as rate, gaps and receive buffer
/// allow, receives all there is, and ends what is due. It waits only if there is nothing to do, for
/// the first of: a message, a ping in the queue, the next turn to send, the next deadline.
final class PingShard implements PingQueue.Taker {
  /// What the sockets of a shard share.
  ///
  /// @param shared the rate that others keep too; null if none does
  /// @param sendStamps whether the kernel stamps the moment of sending
  /// @param batchSize the most messages that one call sends
  record Parts(
      PingerOptions options,
      @Nullable SharedRate shared,
      PingClock clock,
      EchoMessage echo,
      PingResults results,
      PingCounters counters,
      boolean sendStamps,
      int batchSize) {}

  private static final int TAKEN_AT_ONCE = 64;
  private static final long BLOCKED_NANOS = 1_000_000;
  private static final long JUMP_NANOS = 1_000_000_000;
  private static final int PATIENCE = 50_000;

  private final Arena arena;
  private final Libc libc;
  private final Parts parts;
  private final PingQueue queue;
  private final Wakeup wakeup;
  private final PingResults results;
  private final PingClock clock;
  private final List<PingSocket> sockets = new ArrayList<>();
  private final @Nullable PingSocket v4;
  private final @Nullable PingSocket v6;
  private final Poll poll;
  private final TokenBucket tokens;
  private final MinimumGap targets;
  private final MinimumGap prefixes;
  private final Thread thread;
  private volatile boolean closing;
  private long offset;
  private @Nullable Long clockJumpedAt;
  private int firstToSend;

  /// @param arena its memory, which ends with it
  /// @param rate its part of the packets a second
  PingShard(
      String name,
      Arena arena,
      Libc libc,
      Parts parts,
      List<IcmpSocket> open,
      PingQueue queue,
      Wakeup wakeup,
      int rate) {
    this.arena = arena;
    this.libc = libc;
    this.parts = parts;
    this.queue = queue;
    this.wakeup = wakeup;
    this.results = parts.results();
    this.clock = parts.clock();
    long now = clock.monotonic();
    tokens = new TokenBucket(rate, parts.shared(), now);
    targets = new MinimumGap(parts.options().targetGap(), rate, now);
    prefixes = new MinimumGap(parts.options().prefixGap(), rate, now);
    for (IcmpSocket socket : open) {
      sockets.add(new PingSocket(libc, arena, socket, parts));
    }
    v4 = of(open, IpFamily.V4).orElse(null);
    v6 = of(open, IpFamily.V6).orElse(null);
    int[] descriptors = new int[1 + sockets.size()];
    descriptors[0] = wakeup.descriptor();
    for (int i = 0; i < sockets.size(); i++) {
      descriptors[i + 1] = sockets.get(i).descriptor();
    }
    poll = new Poll(arena, descriptors);
    offset = clock.real() - now;
    thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  private Optional<PingSocket> of(List<IcmpSocket> open, IpFamily family) {
    for (int i = 0; i < open.size(); i++) {
      if (open.get(i).socket().family() == family) {
        return Optional.of(sockets.get(i));
      }
    }
    return Optional.empty();
  }

  PingQueue queue() {
    return queue;
  }

  PingResults results() {
    return results;
  }

  void start() {
    thread.start();
  }

  /// Has it end its pings and close its sockets.
  void close() {
    closing = true;
    queue.close();
  }

  Thread thread() {
    return thread;
  }

  private void run() {
    try {
      while (!closing) {
        pass();
      }
    } finally { // also if there is a bug: nobody waits for a result then
      queue.close();
      end();
      wakeup.close();
      sockets.forEach(PingSocket::close);
      arena.close();
    }
  }

  private void pass() {
    long now = clock.monotonic();
    notice(clock.real() - now, now);
    boolean empty = true;
    for (int i = 0; i < sockets.size(); i++) {
      PingSocket socket = sockets.get(i);
      int ready = poll.ready(i + 1);
      if ((ready & Linux.POLLERR) != 0) {
        socket.readErrors();
      }
      if (socket.isBusy() || ready != 0) {
        empty &= socket.receive(false);
      }
      socket.expire(now, clockJumpedAt);
    }
    poll.forget();
    queue.take(room(), this);
    int sent = send(now);
    results.publish();
    if (empty && sent == 0) {
      await(now);
    }
  }

  /// The wall clock went ahead of the monotonic one: it was set, or the machine slept.
  private void notice(long offsetNow, long now) {
    if (Math.abs(offsetNow - offset) > JUMP_NANOS) {
      clockJumpedAt = now;
    }
    offset = offsetNow;
  }

  /// How many pings may be taken from the queue.
  private int room() {
    int room = Math.min(TAKEN_AT_ONCE, results.room());
    for (int i = 0; i < sockets.size(); i++) {
      room = Math.min(room, sockets.get(i).slots.freeCount());
    }
    return room;
  }

  @Override
  public void take(
      InetAddress target,
      long high,
      long low,
      int scope,
      long tag,
      long timeout,
      PingQueue.@Nullable Waiter waiter) {
    IpFamily family = IpFamily.of(target);
    PingSocket socket = family == IpFamily.V4 ? v4 : v6;
    results.promise();
    if (socket == null) {
      refuse(target, tag, waiter, PingResults.NO_SOCKET);
      return;
    }
    long now = clock.monotonic();
    long targetKey = MinimumGap.target(high, low);
    long prefixKey = MinimumGap.prefix(family, high, low);
    long byTarget = targets.earliest(targetKey, now);
    long at = prefixes.earliest(prefixKey, byTarget);
    if (at - now > MinimumGap.LONGEST_DELAY) {
      refuse(target, tag, waiter, PingResults.GAP);
      return;
    }
    targets.take(targetKey, at);
    prefixes.take(prefixKey, at);
    socket.accept(target, high, low, scope, tag, timeout, waiter, now, at);
  }

  private void refuse(InetAddress target, long tag, PingQueue.@Nullable Waiter waiter, int reason) {
    parts.counters().notSent().increment();
    results.because(results.add(target, tag, waiter, PingStatus.NOT_SENT, 0), reason);
  }

  private int send(long now) {
    int sent = 0;
    for (int i = 0; i < sockets.size(); i++) {
      PingSocket socket = sockets.get((firstToSend + i) % sockets.size());
      if (socket.readyCount() > 0) {
        int count = socket.send(tokens.available(now), now);
        tokens.take(count);
        sent += count;
      }
    }
    firstToSend = (firstToSend + 1) % sockets.size();
    return sent;
  }

  private void await(long now) {
    long wait = -1;
    for (int i = 0; i < sockets.size(); i++) {
      PingSocket socket = sockets.get(i);
      poll.wantsToSend(i + 1, socket.isFull());
      wait = sooner(wait, socket.slots.untilDue(now));
      if (socket.readyCount() > 0 && !socket.isFull()) {
        long turn = socket.credit(now) > 0 ? tokens.untilNext() : BLOCKED_NANOS;
        wait = sooner(wait, turn);
      }
    }
    if (room() <= 0) {
      wait = sooner(wait, BLOCKED_NANOS);
    } else if (!queue.sleep()) {
      return;
    }
    if (wait != 0 && !closing) {
      poll.await(libc, wait);
      if (poll.ready(0) != 0) {
        wakeup.clear();
      }
    }
  }

  /// The shorter of two times, of which a negative one is for ever.
  private static long sooner(long a, long b) {
    if (a < 0) {
      return b;
    }
    return b < 0 ? a : Math.min(a, b);
  }

  private void end() {
    for (PingSocket socket : sockets) {
      socket.end();
    }
    results.publish();
    PingQueue.Taker refusing =
        (target, _, _, _, tag, _, waiter) -> {
          results.promise();
          results.because(
              results.add(target, tag, waiter, PingStatus.UNKNOWN, 0), PingResults.CLOSED);
        };
    for (int i = 0; i < PATIENCE; i++) { // the listener may have to make room
      int room = Math.min(TAKEN_AT_ONCE, results.room());
      if (room > 0 && queue.take(room, refusing) == 0) {
        return;
      }
      results.publish();
      if (room <= 0) {
        LockSupport.parkNanos(BLOCKED_NANOS / 10);
      }
    }
  }
}
