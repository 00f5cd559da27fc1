package dev.rollcall.icmp;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Results on their way from the loop of a shard to the thread that tells the listener: a ring of
/// fixed size with one writer and one reader, and no object per result.
///
/// A ping is accepted only if there is room for its result besides those of all that were accepted
/// before, so no final result is lost, however slow the listener is. Late and duplicate replies are
/// left out, and counted, if there is no room for them.
final class PingResults {
  /// Reasons that are no error number.
  static final int NO_REASON = 0;

  static final int GAP = -1;
  static final int NO_SOCKET = -2;
  static final int CLOSED = -3;
  static final int DROPPED = -4;
  static final int CLOCK = -5;

  private final int mask;
  private final InetAddress[] targets;
  private final PingQueue.@Nullable Waiter[] waiters;
  private final long[] tags;
  private final PingStatus[] status;
  private final long[] sent;
  private final long[] rtt;
  private final long[] error;
  private final int[] ttl;
  private final int[] reason;
  private final int[] icmp; // type << 8 | code, or -1
  private final byte[] fromFamily; // 0: nobody, 4, 6, or 1: the target itself
  private final long[] fromHigh;
  private final long[] fromLow;

  private final AtomicLong written = new AtomicLong();
  private final AtomicLong read = new AtomicLong();
  private final Thread reader;
  private long next;
  private long promised;
  private volatile boolean readerWaits;

  /// @param capacity a power of two
  /// @param reader the thread that reads
  PingResults(int capacity, Thread reader) {
    this.reader = reader;
    mask = capacity - 1;
    targets = new InetAddress[capacity];
    waiters = new PingQueue.Waiter[capacity];
    tags = new long[capacity];
    status = new PingStatus[capacity];
    sent = new long[capacity];
    rtt = new long[capacity];
    error = new long[capacity];
    ttl = new int[capacity];
    reason = new int[capacity];
    icmp = new int[capacity];
    fromFamily = new byte[capacity];
    fromHigh = new long[capacity];
    fromLow = new long[capacity];
  }

  /// How many more results fit, besides those that were promised.
  int room() {
    return (int) (mask + 1 - (next - read.get()) - promised);
  }

  /// Whether there is room for late and duplicate replies: half of the room is for pings alone, so
  /// that no flood of such replies keeps new pings waiting.
  boolean hasRoomForMore() {
    return room() > (mask + 1) / 2;
  }

  /// Keeps room for the final result of a ping.
  void promise() {
    promised++;
  }

  /// Begins a result; its final one takes what was promised.
  ///
  /// @return the index to add more with
  int add(
      InetAddress target,
      long tag,
      PingQueue.@Nullable Waiter waiter,
      PingStatus what,
      long sentReal) {
    int at = (int) next & mask;
    next++;
    if (what.isFinal()) {
      promised--;
    }
    targets[at] = target;
    tags[at] = tag;
    waiters[at] = waiter;
    status[at] = what;
    sent[at] = sentReal;
    rtt[at] = -1;
    error[at] = 0;
    ttl[at] = -1;
    reason[at] = NO_REASON;
    icmp[at] = -1;
    fromFamily[at] = 0;
    return at;
  }

  void measured(int at, long nanos, long width, int hops) {
    rtt[at] = nanos;
    error[at] = width;
    ttl[at] = hops;
  }

  void fromTarget(int at) {
    fromFamily[at] = 1;
  }

  void icmpError(int at, IcmpError what) {
    icmp[at] = (what.type() << 8) | what.code();
    if (what.fromHigh() != 0 || what.fromLow() != 0) {
      fromFamily[at] = (byte) (what.fromIsV6() ? 6 : 4);
      fromHigh[at] = what.fromHigh();
      fromLow[at] = what.fromLow();
    }
  }

  /// Says why a ping was not sent or is unknown.
  ///
  /// @param why an error number, or one of the reasons
  void because(int at, int why) {
    reason[at] = why;
  }

  /// Lets the reader see what was added.
  void publish() {
    if (written.get() != next) {
      written.set(next);
      if (readerWaits) {
        readerWaits = false;
        LockSupport.unpark(reader);
      }
    }
  }

  /// Says that the reader is about to park unless there is something to read.
  ///
  /// @return whether there is nothing to read
  boolean readerWaits() {
    readerWaits = true;
    return written.get() == read.get();
  }

  /// Tells the listener, or who waits, what there is.
  ///
  /// @return whether there was anything
  boolean deliver(PingListener listener) {
    long from = read.get();
    long to = written.get();
    for (long i = from; i < to; i++) {
      int at = (int) i & mask;
      PingQueue.Waiter waiter = waiters[at];
      PingResult result = result(at);
      waiters[at] = null;
      read.lazySet(i + 1);
      if (waiter != null) {
        waiter.complete(result); // once: what comes later is of no interest
      } else {
        listener.result(result);
      }
    }
    return from != to;
  }

  private PingResult result(int at) {
    PingStatus what = status[at];
    int type = icmp[at] < 0 ? -1 : icmp[at] >> 8;
    int code = icmp[at] < 0 ? -1 : icmp[at] & 0xff;
    return new PingResult(
        targets[at],
        tags[at],
        what,
        rtt[at],
        error[at],
        sent[at],
        ttl[at],
        from(at),
        type,
        code,
        reason(at, what, type, code));
  }

  private @Nullable InetAddress from(int at) {
    return switch (fromFamily[at]) {
      case 0 -> null;
      case 1 -> targets[at];
      case 4 -> SocketAddress.address(IpFamily.V4, fromHigh[at], fromLow[at]);
      default -> SocketAddress.address(IpFamily.V6, fromHigh[at], fromLow[at]);
    };
  }

  private String reason(int at, PingStatus what, int type, int code) {
    return switch (what) {
      case REPLY, LATE, DUPLICATE -> "";
      case CORRUPT -> "the reply does not repeat what was sent";
      case TIMEOUT -> "no reply in time";
      case UNREACHABLE -> IcmpErrors.text(IpFamily.of(targets[at]), type, code);
      case NOT_SENT, UNKNOWN -> local(at);
    };
  }

  private String local(int at) {
    return switch (reason[at]) {
      case GAP -> "more pings to this address or prefix than the minimum gap lets through in 10 s";
      case NO_SOCKET ->
          IpFamily.of(targets[at]) == IpFamily.V4
              ? "this machine or this source address has no IPv4"
              : "this machine or this source address has no IPv6";
      case CLOSED -> "the pinger was closed";
      case DROPPED -> "the receive buffer here was full, so the reply may have been lost here";
      case CLOCK -> "this machine slept, or its clock was set, while the reply was awaited";
      default -> Linux.errorText(reason[at]);
    };
  }
}
