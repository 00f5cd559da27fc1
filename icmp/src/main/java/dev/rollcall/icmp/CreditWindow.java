package dev.rollcall.icmp;

/// How many more pings may be sent so that the replies of all fit into the receive buffer, should
/// the loop stand still. A ping gives its credit back with its result, and after a while without
/// one: targets that never answer would else slow down everything.
final class CreditWindow {
  /// What a queued reply of up to 64 bytes takes of the receive buffer, as measured. For larger
  /// ones the kernel takes as much again as they have, at most.
  private static final int SMALL_REPLY = 832;

  private static final int SMALL = 64;

  private static final long AGE_NANOS = 100_000_000;

  private final PingSlots slots;
  private final int window;
  private final int[] order;
  private long first;
  private long last;
  private int taken;

  /// @param receiveBuffer in bytes, as the kernel counts; half of it is for what else arrives
  /// @param messageBytes the size of a reply
  CreditWindow(PingSlots slots, int receiveBuffer, int messageBytes) {
    this.slots = slots;
    int reply = SMALL_REPLY + 2 * Math.max(0, messageBytes - SMALL);
    this.window = Math.max(1, receiveBuffer / reply / 2);
    this.order = new int[slots.capacity];
  }

  int available(long now) {
    while (first < last) {
      int slot = order[(int) (first % order.length)];
      if (slots.credited[slot]) {
        if (now - slots.sentMonotonic[slot] < AGE_NANOS) {
          break;
        }
        giveBack(slot);
      }
      first++;
    }
    return window - taken;
  }

  void take(int slot) {
    if (last - first == order.length) {
      giveBack(order[(int) (first % order.length)]);
      first++;
    }
    order[(int) (last % order.length)] = slot;
    last++;
    slots.credited[slot] = true;
    taken++;
  }

  void giveBack(int slot) {
    if (slots.credited[slot]) {
      slots.credited[slot] = false;
      taken--;
    }
  }
}
