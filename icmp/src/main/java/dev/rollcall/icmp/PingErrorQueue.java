package dev.rollcall.icmp;

import java.lang.foreign.Arena;

/// The error queue of a socket that pings: ICMP errors about its packets, and the kernel's stamps
/// of sending. For one thread.
final class PingErrorQueue {
  private static final int AT_ONCE = 64;
  private static final int MOST_ROUNDS = 64;

  /// What is quoted up to the end of our number.
  private static final int CERTAIN = EchoMessage.HEADER + 16;

  private final Libc libc;
  private final int descriptor;
  private final IpFamily family;
  private final int id;
  private final EchoMessage echo;
  private final PingSlots slots;
  private final PingOutcomes outcomes;
  private final PingCounters counters;
  private final ReceiveBatch errors;

  /// @param bytes as much of a message as is kept
  PingErrorQueue(
      Libc libc,
      Arena arena,
      IcmpSocket socket,
      PingShard.Parts parts,
      PingOutcomes outcomes,
      int bytes) {
    this.libc = libc;
    this.descriptor = socket.socket().descriptor();
    this.family = socket.socket().family();
    this.id = socket.id();
    this.echo = parts.echo();
    this.outcomes = outcomes;
    this.slots = outcomes.slots;
    this.counters = parts.counters();
    this.errors = new ReceiveBatch(arena, AT_ONCE, bytes);
  }

  /// Reads all that there is.
  ///
  /// @return how many messages
  int read() {
    int total = 0;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      int count = errors.receive(libc, descriptor, Linux.MSG_ERRQUEUE);
      if (count <= 0) {
        return total;
      }
      for (int i = 0; i < count; i++) {
        errors.readControl(i);
        if (errors.origin() == Linux.SO_EE_ORIGIN_TIMESTAMPING) {
          stampOfSending(i);
        } else if (errors.origin() != Linux.SO_EE_ORIGIN_LOCAL && !icmpError(i)) {
          counters.foreign().increment();
        }
      }
      total += count;
      if (count < AT_ONCE) {
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
  ///
  /// @return whether it is about a ping that waits for its reply
  private boolean icmpError(int i) {
    long at = errors.offset(i);
    int length = errors.length(i);
    if (length < EchoMessage.HEADER
        || !EchoMessage.isRequest(errors.data(), at, family)
        || EchoMessage.id(errors.data(), at) != id) {
      return false;
    }
    int slot = EchoMessage.sequence(errors.data(), at);
    boolean certain = length >= CERTAIN;
    if (slot >= slots.capacity
        || slots.state[slot] != PingSlots.SENT
        || errors.high(i) != slots.high[slot]
        || errors.low(i) != slots.low[slot]
        || (certain && echo.identity(errors.data(), at, length) != slots.identity(slot))) {
      return false;
    }
    if (IcmpErrors.ends(family, errors.type())) {
      IcmpError error =
          new IcmpError(
              errors.type(),
              errors.code(),
              errors.offenderIsV6(),
              errors.offenderHigh(),
              errors.offenderLow());
      if (certain) {
        outcomes.unreachable(slot, error, errors.stamp(), errors.ttl());
      } else {
        outcomes.perhapsUnreachable(slot, error);
      }
    }
    return true;
  }
}
