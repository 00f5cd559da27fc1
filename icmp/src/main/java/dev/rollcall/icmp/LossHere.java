package dev.rollcall.icmp;

import org.jspecify.annotations.Nullable;

/// Why a reply may have been lost on this machine: then silence says nothing about the target.
///
/// The receive buffer was full, there were more messages than could be read, the clock jumped, or
/// there is no way to the target any more. For one thread.
final class LossHere implements AutoCloseable {
  private static final long LONGEST_FLOOD = 1_000_000_000L;

  private final NativeSocket socket;
  private final PingCounters counters;
  private final OwnRoute route;
  private long drops;
  private long droppedAt;
  private boolean dropped;
  private boolean flooded;
  private long floodedSince;

  LossHere(NativeSocket socket, PingCounters counters, OwnRoute route) {
    this.socket = socket;
    this.counters = counters;
    this.route = route;
    this.drops = socket.receiveDrops();
  }

  /// Notes whether everything was received that had come. A reply in the receive buffer is in time,
  /// so pings end only then. But a flood of messages must not keep all of them without a result:
  /// after a second they count as lost here.
  ///
  /// @return whether pings may end
  boolean mayEnd(boolean everythingReceived, long now) {
    if (everythingReceived) {
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

  /// Asks the kernel what it has discarded. To be called before pings time out.
  void countDrops(long now) {
    long count = socket.receiveDrops();
    if (count != drops) {
      counters.receiveDrops().add(Math.max(0, count - drops));
      drops = count;
      droppedAt = now;
      dropped = true;
    }
  }

  /// Why the reply to a ping may have been lost here.
  ///
  /// @param clockJumpedAt when the clocks jumped last, or null
  /// @return [PingResults#NO_REASON], another reason, or an error number
  int reason(PingSlots slots, int slot, @Nullable Long clockJumpedAt) {
    long sent = slots.sentMonotonic[slot];
    if (dropped && sent - droppedAt <= 0) {
      return PingResults.DROPPED;
    }
    if (clockJumpedAt != null && sent - clockJumpedAt <= 0) {
      return PingResults.CLOCK;
    }
    return route.error(slots.high[slot], slots.low[slot], slots.scope[slot]);
  }

  @Override
  public void close() {
    route.close();
  }
}
