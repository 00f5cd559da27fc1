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

  /// What a looped packet has in front of our message, at most.
  private static final int LINK_AND_IP = 128;

  private final Libc libc;
  private final IcmpSocket socket;
  private final int descriptor;
  private final IpFamily family;
  private final boolean raw;
  private final PingClock clock;
  private final EchoMessage echo;
  private final PingCounters counters;
  private final boolean stamps;
  private final int batchSize;
  private final SendBatch sending;
  private final ReceiveBatch receiving;
  private final PingErrorQueue errors;
  private final PingOutcomes outcomes;
  private final LossHere lossHere;
  private final CreditWindow credits;
  private final int[] ready;
  private int firstReady;
  private int readyCount;
  private boolean full;
  private long emptyAt;

  final PingSlots slots;

  PingSocket(Libc libc, Arena arena, IcmpSocket socket, PingShard.Parts parts) {
    this.libc = libc;
    this.socket = socket;
    this.descriptor = socket.socket().descriptor();
    this.family = socket.socket().family();
    this.raw = socket.raw();
    this.clock = parts.clock();
    this.echo = parts.echo();
    this.counters = parts.counters();
    this.stamps = parts.sendStamps();
    this.batchSize = parts.batchSize();
    long now = clock.monotonic();
    slots = new PingSlots(parts.options().inFlight(), now);
    sending = new SendBatch(arena, family, batchSize, echo.bytes());
    receiving = new ReceiveBatch(arena, RECEIVE, echo.bytes() + LINK_AND_IP);
    credits = new CreditWindow(slots, socket.receiveBuffer(), echo.bytes());
    outcomes = new PingOutcomes(slots, parts.results(), counters, credits);
    errors = new PingErrorQueue(libc, arena, socket, parts, outcomes, echo.bytes() + LINK_AND_IP);
    lossHere = new LossHere(socket.socket(), counters, new OwnRoute(libc, arena, family));
    ready = new int[slots.capacity];
    emptyAt = now;
    if (stamps) {
      socket.stampSending();
    }
  }

  int descriptor() {
    return descriptor;
  }

  /// Whether pings wait for their result.
  boolean isBusy() {
    return outcomes.outstanding() > 0;
  }

  int readyCount() {
    return readyCount;
  }

  /// Whether the last attempt to send was held up: the send buffer was full, or errors of other
  /// packets came faster than they were read.
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
    int slot = outcomes.accept(target, high, low, scope, tag, timeout, waiter);
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
          socket.id(),
          slot,
          slots.generation[slot],
          raw && family == IpFamily.V4);
      sending.address(i, echo.bytes(), slots.high[slot], slots.low[slot], slots.scope[slot], 0, 0);
    }
    int done = 0;
    int ofOthers = 0;
    boolean again = false;
    while (done < count && !full) {
      long monotonic = clock.monotonic();
      long before = clock.real();
      int result = sending.send(libc, descriptor, done, count - done);
      if (result > 0) {
        sent(done, result, before, clock.real(), monotonic);
        done += result;
        again = false;
      } else if (result == -Linux.EAGAIN) {
        full = true;
      } else if (errors.read() > 0) { // of an earlier packet: the kernel tells it with any call
        ofOthers++;
        full = ofOthers > MOST_TRIES; // they come faster than they are read
      } else if (again) {
        outcomes.notSent(ready[(firstReady + done) % ready.length], -result);
        done++;
        again = false;
      } else {
        again = true;
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
      long at = before + width * (2L * i + 1) / (2L * count);
      outcomes.sent(slot, at, width, monotonic, before - monotonic);
    }
    counters.sent().add(count);
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
        errors.read();
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
        || EchoMessage.id(data, at) != socket.id()) {
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
    PingStatus status = outcomes.meaning(slot, whole);
    if (status == null) {
      counters.foreign().increment();
      return;
    }
    if (stamps && slots.sentStamp[slot] == 0) {
      errors.read(); // the stamp of sending is on its way
      if (status != outcomes.meaning(slot, whole)) {
        return;
      }
    }
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
    outcomes.replied(slot, status, rtt, error, receiving.ttl());
  }

  /// Reads the error queue.
  void readErrors() {
    errors.read();
  }

  /// Ends what is due: times out pings, makes those ready whose turn it is, gives slots back.
  ///
  /// @param clockJumpedAt when the clocks jumped last, or null
  void expire(long now, @Nullable Long clockJumpedAt) {
    if (slots.untilDue(now) != 0 || !lossHere.mayEnd(receive(true), now)) {
      return;
    }
    boolean counted = false;
    for (int slot = slots.due(now); slot >= 0; slot = slots.due(now)) {
      switch (slots.state[slot]) {
        case PingSlots.DELAYED -> makeReady(slot);
        case PingSlots.SENT -> {
          if (!counted) {
            lossHere.countDrops(now);
            counted = true;
          }
          outcomes.timedOut(slot, lossHere.reason(slots, slot, clockJumpedAt), now);
        }
        default -> slots.release(slot);
      }
    }
  }

  /// Ends all pings, because the pinger is closed.
  void end() {
    outcomes.end();
  }

  void close() {
    lossHere.close();
    socket.socket().close();
  }
}
