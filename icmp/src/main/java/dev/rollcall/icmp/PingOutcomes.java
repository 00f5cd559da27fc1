package dev.rollcall.icmp;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// What becomes of the pings of one socket: each is accepted, then sent or refused, and has one
/// final result. Late and duplicate replies may follow. It decides only; [PingSocket] sends and
/// receives. For one thread.
final class PingOutcomes {
  private static final long LEAST_QUARANTINE = 1_000_000_000L;
  private static final long MOST_QUARANTINE = 10_000_000_000L;

  /// A target that answers without end must not keep the results of others waiting.
  private static final int MOST_DUPLICATES = 8;

  final PingSlots slots;

  private final PingResults results;
  private final PingCounters counters;
  private final CreditWindow credits;
  private int outstanding;

  PingOutcomes(PingSlots slots, PingResults results, PingCounters counters, CreditWindow credits) {
    this.slots = slots;
    this.results = results;
    this.counters = counters;
    this.credits = credits;
  }

  /// How many pings wait for their result.
  int outstanding() {
    return outstanding;
  }

  /// Accepts a ping.
  ///
  /// @return its slot
  int accept(
      InetAddress target,
      long high,
      long low,
      int scope,
      long tag,
      long timeout,
      PingQueue.@Nullable Waiter waiter) {
    int slot = slots.allocate();
    slots.target[slot] = target;
    slots.high[slot] = high;
    slots.low[slot] = low;
    slots.scope[slot] = scope;
    slots.tag[slot] = tag;
    slots.timeout[slot] = timeout;
    slots.waiter[slot] = waiter;
    outstanding++;
    return slot;
  }

  /// The system took a packet.
  ///
  /// @param real when, by the wall clock
  /// @param width how exactly that is known, in nanoseconds
  /// @param offset the wall clock minus the monotonic clock
  void sent(int slot, long real, long width, long monotonic, long offset) {
    slots.state[slot] = PingSlots.SENT;
    slots.sentReal[slot] = real;
    slots.sentWidth[slot] = (int) Math.min(width, Integer.MAX_VALUE);
    slots.sentMonotonic[slot] = monotonic;
    slots.sentOffset[slot] = offset;
    slots.sentStamp[slot] = 0;
    credits.take(slot);
    slots.schedule(slot, monotonic + slots.timeout[slot]);
  }

  /// The system did not take it.
  void notSent(int slot, int errno) {
    counters.notSent().increment();
    results.because(finish(slot, PingStatus.NOT_SENT, 0), errno);
    slots.state[slot] = PingSlots.EXPIRED;
    slots.release(slot);
  }

  /// What a reply to a ping means; null if the ping was not sent yet.
  ///
  /// @param whole whether it repeats what was sent
  @Nullable PingStatus meaning(int slot, boolean whole) {
    return switch (slots.state[slot]) {
      case PingSlots.SENT -> whole ? PingStatus.REPLY : PingStatus.CORRUPT;
      case PingSlots.EXPIRED -> PingStatus.LATE;
      case PingSlots.ANSWERED -> PingStatus.DUPLICATE;
      default -> null;
    };
  }

  /// A reply came.
  ///
  /// @param status its meaning
  /// @param rtt in nanoseconds
  /// @param error how exactly that is known
  void replied(int slot, PingStatus status, long rtt, long error, int ttl) {
    int at;
    if (status.isFinal()) {
      slots.unschedule(slot);
      slots.release(slot);
      at = finish(slot, status, slots.sentReal[slot]);
    } else if (slots.duplicates[slot] < MOST_DUPLICATES && results.hasRoomForMore()) {
      slots.duplicates[slot]++;
      at = add(slot, status, slots.sentReal[slot]);
    } else {
      counters.leftOut().increment();
      return;
    }
    slots.state[slot] = PingSlots.ANSWERED;
    results.measured(at, Math.max(0, rtt), error, ttl);
    results.fromTarget(at);
    counters.replies().increment();
  }

  /// An ICMP error came that quotes the ping with the number that only it has.
  ///
  /// @param at when the kernel received it; 0 if it did not say
  void unreachable(int slot, IcmpError error, long at, int ttl) {
    slots.unschedule(slot);
    slots.release(slot);
    slots.state[slot] = PingSlots.EXPIRED;
    int result = finish(slot, PingStatus.UNREACHABLE, slots.sentReal[slot]);
    results.icmpError(result, error);
    boolean stamped = slots.sentStamp[slot] != 0;
    long sent = stamped ? slots.sentStamp[slot] : slots.sentReal[slot];
    if (at != 0) {
      long width = stamped ? 0 : slots.sentWidth[slot];
      results.measured(result, Math.max(0, at - sent), width, ttl);
    }
  }

  /// An ICMP error came that quotes too little of the ping to be certain: anybody may have written
  /// it. It is the reason if no reply comes.
  void perhapsUnreachable(int slot, IcmpError error) {
    if (slots.suspected[slot] == null) {
      slots.suspected[slot] = error;
    }
  }

  /// The time of a ping is over.
  ///
  /// @param reason why its reply may have been lost here, or [PingResults#NO_REASON]
  void timedOut(int slot, int reason, long now) {
    IcmpError error = slots.suspected[slot];
    long sent = slots.sentReal[slot];
    if (reason != PingResults.NO_REASON) {
      results.because(finish(slot, PingStatus.UNKNOWN, sent), reason);
    } else if (error != null) {
      results.icmpError(finish(slot, PingStatus.UNREACHABLE, sent), error);
    } else {
      finish(slot, PingStatus.TIMEOUT, sent);
    }
    slots.state[slot] = PingSlots.EXPIRED;
    slots.schedule(slot, now + Math.clamp(slots.timeout[slot], LEAST_QUARANTINE, MOST_QUARANTINE));
  }

  /// Ends all pings, because the pinger is closed.
  void end() {
    for (int slot = 0; slot < slots.capacity; slot++) {
      byte state = slots.state[slot];
      if (state == PingSlots.DELAYED || state == PingSlots.READY || state == PingSlots.SENT) {
        long sent = state == PingSlots.SENT ? slots.sentReal[slot] : 0;
        results.because(finish(slot, PingStatus.UNKNOWN, sent), PingResults.CLOSED);
        slots.state[slot] = PingSlots.EXPIRED;
      }
    }
  }

  /// The final result of a ping.
  private int finish(int slot, PingStatus status, long sent) {
    outstanding--;
    credits.giveBack(slot);
    return add(slot, status, sent);
  }

  private int add(int slot, PingStatus status, long sent) {
    return results.add(slots.target[slot], slots.tag[slot], slots.waiter[slot], status, sent);
  }
}
