package dev.rollcall.icmp;

import dev.rollcall.icmp.TraceSlots.Slot;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Sends the probes that traces ask for, at the rate and gaps that are allowed, and keeps when
/// their time is over. For the thread of a [TracerLoop].
final class ProbeSender {
  /// Is told what sending did to a trace.
  interface Told {
    /// Packets were sent.
    void sent(int count);

    /// A probe was refused, or may not be sent: the trace may be done.
    void changed(Slot slot);
  }

  /// A probe whose router may not be asked yet.
  private record Deferred(TracerChannel channel, long number, long at) {}

  private static final long BLOCKED_NANOS = 1_000_000;

  /// Set in the number of a probe whose turn at its router has been taken.
  private static final long HAS_TURN = 1L << 62;

  private final TracerOptions options;
  private final PingClock clock;
  private final TraceSlots slots;
  private final TraceMemory memory;
  private final Told told;
  private final TracePace pace;
  private final TokenBucket tokens;
  private final ProbeQueue timeouts = new ProbeQueue();
  private final PriorityQueue<Deferred> deferred =
      new PriorityQueue<>(Comparator.comparingLong(Deferred::at));
  private final long[] batch;
  private final long timeoutNanos;
  private long now;

  /// @param tokens how many probes may be sent
  /// @param most the most probes that one call sends
  ProbeSender(
      TracerOptions options,
      PingClock clock,
      TokenBucket tokens,
      TraceSlots slots,
      TraceMemory memory,
      Told told,
      int most) {
    this.options = options;
    this.clock = clock;
    this.slots = slots;
    this.memory = memory;
    this.told = told;
    this.pace = new TracePace(options.routerGap().toNanos());
    this.now = clock.monotonic();
    this.tokens = tokens;
    this.batch = new long[most];
    this.timeoutNanos = options.timeout().toNanos();
  }

  /// The gaps between probes to the same routers.
  TracePace pace() {
    return pace;
  }

  /// Sends what may be sent now.
  ///
  /// @param receiver is told what is read meanwhile
  /// @return whether there was anything
  boolean send(TracerChannel channel, TracerChannel.Receiver receiver, long time) {
    now = time;
    ProbeQueue queue = channel.queue();
    boolean any = false;
    while (!queue.isEmpty()) {
      int most = Math.min(channel.batch(), tokens.available(now));
      int count = 0;
      while (count < most && !queue.isEmpty()) {
        long number = queue.number();
        queue.remove();
        if (write(channel, count, number)) {
          batch[count++] = number & ~HAS_TURN;
        }
      }
      if (count == 0) {
        return any;
      }
      any = true;
      if (!send(channel, count, receiver)) {
        return true;
      }
      now = clock.monotonic();
    }
    return any;
  }

  /// @return whether the probe is to be sent now
  private boolean write(TracerChannel channel, int place, long number) {
    Slot slot = slots.of(number & ~HAS_TURN);
    int ttl = TraceSlots.ttl(number);
    int index = TraceSlots.index(number);
    if (slot == null || slot.trip() == null || !slot.run().isWanted(ttl, index)) {
      return false;
    }
    if ((number & HAS_TURN) == 0) {
      long wait = pace.turn(ttl, now);
      if (wait > timeoutNanos) {
        slot.run().skip(ttl, index, now, memory);
        told.changed(slot);
        return false;
      }
      if (wait > 0) {
        deferred.add(new Deferred(channel, number | HAS_TURN, now + wait));
        return false;
      }
    }
    int flow = slot.run().probes().flow(ttl, index);
    channel.write(
        place,
        number & ~HAS_TURN,
        slot.trip().target(),
        flow,
        slots.flowNumber(slot, flow),
        ttl,
        index,
        slot.run().probes().octets(ttl, index));
    return true;
  }

  /// @return whether more may be sent
  private boolean send(TracerChannel channel, int count, TracerChannel.Receiver receiver) {
    int done = 0;
    while (done < count) {
      long monotonic = clock.monotonic();
      long before = clock.real();
      int result = channel.send(done, count - done, receiver);
      if (result > 0) {
        long width = Math.max(0, clock.real() - before);
        for (int i = 0; i < result; i++) {
          long at = width * (2L * i + 1) / (2L * result);
          sent(batch[done + i], before + at, monotonic);
        }
        tokens.take(result);
        told.sent(result);
        done += result;
      } else if (result == 0) {
        for (int i = done; i < count; i++) {
          channel.queue().add(batch[i] | HAS_TURN, 0);
        }
        return false;
      } else {
        refused(batch[done], -result);
        done++;
      }
    }
    return true;
  }

  private void sent(long number, long real, long monotonic) {
    Slot slot = slots.of(number);
    if (slot != null) {
      slot.run().probes().sent(TraceSlots.ttl(number), TraceSlots.index(number), real, monotonic);
      timeouts.add(number, monotonic + timeoutNanos);
    }
  }

  private void refused(long number, int errno) {
    Slot slot = slots.of(number);
    if (slot == null) {
      return;
    }
    int ttl = TraceSlots.ttl(number);
    int index = TraceSlots.index(number);
    if (errno == Linux.EMSGSIZE && options.discoverMtu()) {
      slot.run().tooBig(ttl, index, 0, 0, 0, now, memory);
    } else {
      slot.run().notSent(ttl, index, Linux.errorText(errno), now, memory);
    }
    told.changed(slot);
  }

  /// Probes whose routers may be asked now wait to be sent again.
  void resume(long time) {
    for (Deferred next = deferred.peek();
        next != null && next.at() - time <= 0;
        next = deferred.peek()) {
      deferred.remove();
      next.channel().queue().add(next.number(), 0);
    }
  }

  /// Tells traces which of their probes have not been answered in time.
  void expire(long time) {
    while (!timeouts.isEmpty() && timeouts.other() - time <= 0) {
      long number = timeouts.number();
      timeouts.remove();
      Slot slot = slots.of(number);
      if (slot != null) {
        slot.run().timedOut(TraceSlots.ttl(number), TraceSlots.index(number), time, memory);
        told.changed(slot);
      }
    }
  }

  /// Nanoseconds until there is something to do; -1 if that does not depend on time.
  long untilNext(List<TracerChannel> channels, long time) {
    long wait = timeouts.isEmpty() ? -1 : Math.max(0, timeouts.other() - time);
    Deferred next = deferred.peek();
    if (next != null) {
      wait = sooner(wait, Math.max(0, next.at() - time));
    }
    for (TracerChannel channel : channels) {
      if (!channel.queue().isEmpty()) {
        wait = sooner(wait, channel.isFull() ? BLOCKED_NANOS : tokens.untilNext());
      }
    }
    return wait;
  }

  private static long sooner(long a, long b) {
    return a < 0 ? b : Math.min(a, b);
  }
}
