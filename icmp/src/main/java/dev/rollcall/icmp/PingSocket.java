package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// The socket of one shard for one family, and the pings that it has on their way: sends, receives,
/// and decides what became of each. It belongs to the thread of the shard.
///
/// The time of sending and of receiving are stamps of the kernel where it gives them, so that a
/// pause of the JVM does not show. Where there is none of sending, the moments before and after the
/// call that sent are read, and how far they are apart is the error. If the wall clock was set
/// between sending and receiving, which the monotonic clock shows, the time is measured with the
/// latter.
final class PingSocket {
  private static final int RECEIVE = 64;
  private static final int RECEIVE_ROUNDS = 64;
  private static final int MOST_TRIES = 4;

  /// How far the two clocks may drift apart before it means that one was set.
  private static final long STEP_NANOS = 1_000_000;

  private static final long LEAST_QUARANTINE = 1_000_000_000L;
  private static final long LONGEST_FLOOD = 1_000_000_000L;
  private static final long MOST_QUARANTINE = 10_000_000_000L;

  /// What a looped packet has in front of our message, at most.
  private static final int LINK_AND_IP = 128;

  private final Libc libc;
  private final IcmpSocket socket;
  private final int descriptor;
  private final IpFamily family;
  private final boolean raw;
  private final int id;
  private final PingClock clock;
  private final EchoMessage echo;
  private final PingResults results;
  private final PingCounters counters;
  private final boolean stamps;
  private final int batchSize;
  private final SendBatch sending;
  private final ReceiveBatch receiving;
  private final ReceiveBatch errors;
  private final CreditWindow credits;
  private final int[] ready;
  private int firstReady;
  private int readyCount;
  private int outstanding;
  private boolean full;
  private long emptyAt;
  private long drops;
  private long droppedAt;
  private boolean dropped;
  private boolean flooded;
  private long floodedSince;

  final PingSlots slots;

  PingSocket(Libc libc, Arena arena, IcmpSocket socket, PingShard.Parts parts) {
    this.libc = libc;
    this.socket = socket;
    this.descriptor = socket.socket().descriptor();
    this.family = socket.socket().family();
    this.raw = socket.raw();
    this.id = socket.id();
    this.clock = parts.clock();
    this.echo = parts.echo();
    this.results = parts.results();
    this.counters = parts.counters();
    this.stamps = parts.sendStamps();
    this.batchSize = parts.batchSize();
    long now = clock.monotonic();
    slots = new PingSlots(parts.options().inFlight(), now);
    sending = new SendBatch(arena, family, batchSize, echo.bytes());
    receiving = new ReceiveBatch(arena, RECEIVE, echo.bytes() + LINK_AND_IP);
    errors = new ReceiveBatch(arena, RECEIVE, echo.bytes() + LINK_AND_IP);
    credits = new CreditWindow(slots, socket.receiveBuffer());
    ready = new int[slots.capacity];
    emptyAt = now;
    drops = socket.socket().receiveDrops();
    if (stamps) {
      socket.stampSending();
    }
  }

  int descriptor() {
    return descriptor;
  }

  /// Whether pings wait for their result.
  boolean isBusy() {
    return outstanding > 0;
  }

  int readyCount() {
    return readyCount;
  }

  /// Whether the send buffer was full at the last attempt to send.
  boolean isFull() {
    return full;
  }

  /// How many pings the receive buffer has room for the replies of.
  int credit(long now) {
    return credits.available(now);
  }

  /// Accepts a ping.
  ///
  /// @param at when it may be sent, by the monotonic clock
  void accept(
      InetAddress target,
      long high,
      long low,
      int scope,
      long tag,
      long timeout,
      PingQueue.@Nullable Waiter waiter,
      long now,
      long at) {
    int slot = slots.allocate();
    slots.target[slot] = target;
    slots.high[slot] = high;
    slots.low[slot] = low;
    slots.scope[slot] = scope;
    slots.tag[slot] = tag;
    slots.timeout[slot] = timeout;
    slots.waiter[slot] = waiter;
    outstanding++;
    if (at - now <= 0) {
      makeReady(slot);
    } else {
      slots.state[slot] = PingSlots.DELAYED;
      slots.schedule(slot, at);
    }
  }

  private void makeReady(int slot) {
    slots.state[slot] = PingSlots.READY;
    ready[(firstReady + readyCount) % ready.length] = slot;
    readyCount++;
  }

  /// Sends up to `most` of the pings that are ready.
  ///
  /// @return how many were sent or could not be sent
  int send(int most, long now) {
    int left = Math.min(Math.min(most, readyCount), credits.available(now));
    int done = 0;
    full = false;
    while (done < left && !full) {
      done += sendBatch(Math.min(left - done, batchSize));
    }
    return done;
  }

  private int sendBatch(int count) {
    for (int i = 0; i < count; i++) {
      int slot = ready[(firstReady + i) % ready.length];
      long at = sending.offset(i);
      echo.write(
          sending.data(),
          at,
          family,
          id,
          slot,
          slots.generation[slot],
          raw && family == IpFamily.V4);
      sending.address(i, echo.bytes(), slots.high[slot], slots.low[slot], slots.scope[slot], 0, 0);
    }
    int done = 0;
    int tries = 0;
    while (done < count && !full) {
      long monotonic = clock.monotonic();
      long before = clock.real();
      int result = sending.send(libc, descriptor, done, count - done);
      if (result > 0) {
        sent(done, result, before, clock.real(), monotonic);
        done += result;
        tries = 0;
      } else if (result == -Linux.EAGAIN) {
        full = true;
      } else if ((readErrors() > 0 && tries < MOST_TRIES) || tries == 0) {
        tries++; // it was the error of an earlier packet, which the kernel tells with any call
      } else {
        notSent(ready[(firstReady + done) % ready.length], -result);
        done++;
        tries = 0;
      }
    }
    firstReady = (firstReady + done) % ready.length;
    readyCount -= done;
    return done;
  }

  private void sent(int first, int count, long before, long after, long monotonic) {
    long width = Math.max(0, after - before);
    for (int i = 0; i < count; i++) {
      int slot = ready[(firstReady + first + i) % ready.length];
      slots.state[slot] = PingSlots.SENT;
      slots.sentReal[slot] = before + width * (2L * i + 1) / (2L * count);
      slots.sentWidth[slot] = (int) Math.min(width, Integer.MAX_VALUE);
      slots.sentMonotonic[slot] = monotonic;
      slots.sentOffset[slot] = before - monotonic;
      slots.sentStamp[slot] = 0;
      credits.take(slot);
      slots.schedule(slot, monotonic + slots.timeout[slot]);
    }
    counters.sent().add(count);
  }

  private void notSent(int slot, int reason) {
    counters.notSent().increment();
    int at = finish(slot, PingStatus.NOT_SENT, 0);
    results.because(at, reason);
    slots.state[slot] = PingSlots.EXPIRED;
    slots.release(slot);
  }

  /// The final result of a ping.
  private int finish(int slot, PingStatus status, long sent) {
    outstanding--;
    credits.giveBack(slot);
    return results.add(slots.target[slot], slots.tag[slot], slots.waiter[slot], status, sent);
  }

  /// Receives all that there is.
  ///
  /// @param exactly whether to ask once more after fewer messages came than were asked for: an
  ///   error of another packet may have cut them short
  /// @return whether nothing is left
  boolean receive(boolean exactly) {
    int failures = 0;
    for (int round = 0; round < RECEIVE_ROUNDS; round++) {
      int count = receiving.receive(libc, descriptor, 0);
      long real = clock.real();
      long monotonic = clock.monotonic();
      if (count == -Linux.EAGAIN) {
        emptyAt = monotonic;
        return true;
      }
      if (count < 0) {
        readErrors();
        failures++;
        if (failures > MOST_TRIES) {
          return false;
        }
      }
      for (int i = 0; i < count; i++) {
        received(i, real, monotonic);
      }
      if (count >= 0 && count < RECEIVE && !exactly) {
        emptyAt = monotonic;
        return true;
      }
    }
    return false;
  }

  private void received(int i, long real, long monotonic) {
    MemorySegment data = receiving.data();
    long at = receiving.offset(i);
    int length = receiving.length(i);
    if (raw && family == IpFamily.V4 && length > 0) {
      int header = (data.get(ValueLayout.JAVA_BYTE, at) & 0xf) * 4;
      at += header;
      length -= header;
    }
    if (length < EchoMessage.HEADER
        || !EchoMessage.isReply(data, at, family)
        || EchoMessage.id(data, at) != id) {
      counters.foreign().increment();
      return;
    }
    long identity = echo.identity(data, at, length);
    int slot = (int) (identity >>> 32);
    if (identity == EchoMessage.NONE || slot >= slots.capacity) {
      counters.foreign().increment();
    } else if (slots.generation[slot] != (int) identity) {
      counters.stale().increment();
    } else if (receiving.high(i) != slots.high[slot] || receiving.low(i) != slots.low[slot]) {
      counters.foreign().increment();
    } else {
      receiving.readControl(i);
      replied(slot, echo.isWhole(data, at, length, identity), real, monotonic);
    }
  }

  private void replied(int slot, boolean whole, long real, long monotonic) {
    byte state = slots.state[slot];
    PingStatus status;
    if (state == PingSlots.SENT) {
      status = whole ? PingStatus.REPLY : PingStatus.CORRUPT;
    } else if (state == PingSlots.EXPIRED) {
      status = PingStatus.LATE;
    } else if (state == PingSlots.ANSWERED) {
      status = PingStatus.DUPLICATE;
    } else {
      counters.foreign().increment(); // it was not sent yet
      return;
    }
    if (stamps && slots.sentStamp[slot] == 0) {
      readErrors(); // the stamp of sending is on its way
      if (slots.state[slot] != state) {
        return;
      }
    }
    if (status.isFinal()) {
      slots.unschedule(slot);
      slots.release(slot);
    } else if (results.room() <= 0) {
      counters.leftOut().increment();
      return;
    }
    slots.state[slot] = PingSlots.ANSWERED;
    long stamp = receiving.stamp();
    boolean clockSet =
        Math.abs(real - monotonic - slots.sentOffset[slot]) > STEP_NANOS || stamp == 0;
    long rtt;
    long error;
    if (clockSet) {
      rtt = monotonic - slots.sentMonotonic[slot];
      error = Math.clamp(monotonic - emptyAt, 0, rtt) + slots.sentWidth[slot];
    } else if (slots.sentStamp[slot] != 0) {
      rtt = stamp - slots.sentStamp[slot];
      error = 0;
    } else {
      rtt = stamp - slots.sentReal[slot];
      error = slots.sentWidth[slot];
    }
    int at = status.isFinal() ? finish(slot, status, slots.sentReal[slot]) : more(slot, status);
    results.measured(at, Math.max(0, rtt), error, receiving.ttl());
    results.fromTarget(at);
    counters.replies().increment();
  }

  private int more(int slot, PingStatus status) {
    return results.add(
        slots.target[slot], slots.tag[slot], slots.waiter[slot], status, slots.sentReal[slot]);
  }

  /// Reads the error queue: ICMP errors, and stamps of sending.
  ///
  /// @return how many there were
  int readErrors() {
    int total = 0;
    for (int round = 0; round < RECEIVE_ROUNDS; round++) {
      int count = errors.receive(libc, descriptor, Linux.MSG_ERRQUEUE);
      if (count <= 0) {
        return total;
      }
      for (int i = 0; i < count; i++) {
        errors.readControl(i);
        if (errors.origin() == Linux.SO_EE_ORIGIN_TIMESTAMPING) {
          stampOfSending(i);
        } else if (errors.origin() != Linux.SO_EE_ORIGIN_LOCAL) {
          icmpError(i);
        }
      }
      total += count;
      if (count < RECEIVE) {
        return total;
      }
    }
    return total;
  }

  /// The packet comes back with all its headers, so our message is what it ends with.
  private void stampOfSending(int i) {
    int length = errors.length(i);
    if (length < echo.bytes()) {
      return;
    }
    long at = errors.offset(i) + length - echo.bytes();
    long identity = echo.identity(errors.data(), at, echo.bytes());
    int slot = (int) (identity >>> 32);
    if (identity != EchoMessage.NONE
        && slot < slots.capacity
        && slots.generation[slot] == (int) identity) {
      slots.sentStamp[slot] = errors.stamp();
    }
  }

  /// The message is our own, as far as the error quotes it.
  private void icmpError(int i) {
    long at = errors.offset(i);
    int length = errors.length(i);
    if (length < EchoMessage.HEADER
        || !EchoMessage.isRequest(errors.data(), at, family)
        || EchoMessage.id(errors.data(), at) != id) {
      counters.foreign().increment();
      return;
    }
    int slot = EchoMessage.sequence(errors.data(), at);
    if (slot >= slots.capacity
        || slots.state[slot] != PingSlots.SENT
        || errors.high(i) != slots.high[slot]
        || errors.low(i) != slots.low[slot]
        || !quotes(at, length, slot)) {
      counters.foreign().increment();
    } else if (IcmpErrors.ends(family, errors.type())) {
      slots.unschedule(slot);
      slots.release(slot);
      slots.state[slot] = PingSlots.EXPIRED;
      int result = finish(slot, PingStatus.UNREACHABLE, slots.sentReal[slot]);
      results.icmpError(
          result,
          errors.type(),
          errors.code(),
          errors.offenderIsV6(),
          errors.offenderHigh(),
          errors.offenderLow());
      long sent = slots.sentStamp[slot] == 0 ? slots.sentReal[slot] : slots.sentStamp[slot];
      long width = slots.sentStamp[slot] == 0 ? slots.sentWidth[slot] : 0;
      if (errors.stamp() != 0) {
        results.measured(result, Math.max(0, errors.stamp() - sent), width, errors.ttl());
      }
    }
  }

  /// Whether the quote is of this ping: routers may quote no more than the ICMP header.
  private boolean quotes(long at, int length, int slot) {
    long identity = echo.identity(errors.data(), at, length);
    return length < EchoMessage.HEADER + 16
        || identity == (((long) slot << 32) | (slots.generation[slot] & 0xffff_ffffL));
  }

  /// Ends what is due: times out pings, makes those ready whose turn it is, gives slots back.
  ///
  /// @param clockJumpedAt when the clocks jumped last, or null
  void expire(long now, @Nullable Long clockJumpedAt) {
    if (slots.untilDue(now) != 0 || !everythingReceived(now)) {
      return;
    }
    boolean counted = false;
    for (int slot = slots.due(now); slot >= 0; slot = slots.due(now)) {
      switch (slots.state[slot]) {
        case PingSlots.DELAYED -> makeReady(slot);
        case PingSlots.SENT -> {
          if (!counted) {
            countDrops(now);
            counted = true;
          }
          timeOut(slot, now, clockJumpedAt);
        }
        default -> slots.release(slot);
      }
    }
  }

  /// A reply in the receive buffer is in time. But a flood of messages must not keep all pings
  /// without a result: after a second they count as lost here.
  private boolean everythingReceived(long now) {
    if (receive(true)) {
      flooded = false;
      return true;
    }
    if (!flooded) {
      flooded = true;
      floodedSince = now;
    }
    if (now - floodedSince < LONGEST_FLOOD) {
      return false;
    }
    dropped = true;
    droppedAt = now;
    return true;
  }

  private void countDrops(long now) {
    long count = socket.socket().receiveDrops();
    if (count != drops) {
      counters.receiveDrops().add(Math.max(0, count - drops));
      drops = count;
      droppedAt = now;
      dropped = true;
    }
  }

  private void timeOut(int slot, long now, @Nullable Long clockJumpedAt) {
    long sent = slots.sentMonotonic[slot];
    int reason = PingResults.NO_REASON;
    if (dropped && sent - droppedAt <= 0) {
      reason = PingResults.DROPPED;
    } else if (clockJumpedAt != null && sent - clockJumpedAt <= 0) {
      reason = PingResults.CLOCK;
    }
    PingStatus status = reason == PingResults.NO_REASON ? PingStatus.TIMEOUT : PingStatus.UNKNOWN;
    results.because(finish(slot, status, slots.sentReal[slot]), reason);
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

  void close() {
    socket.socket().close();
  }
}
