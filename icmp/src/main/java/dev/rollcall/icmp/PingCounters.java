package dev.rollcall.icmp;

import java.util.concurrent.atomic.LongAdder;

/// What a pinger counts; see [PingerStatistics].
record PingCounters(
    LongAdder sent,
    LongAdder notSent,
    LongAdder replies,
    LongAdder stale,
    LongAdder foreign,
    LongAdder receiveDrops,
    LongAdder leftOut) {
  PingCounters() {
    this(
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder());
  }

  PingerStatistics statistics() {
    return new PingerStatistics(
        sent.sum(),
        notSent.sum(),
        replies.sum(),
        stale.sum(),
        foreign.sum(),
        receiveDrops.sum(),
        leftOut.sum());
  }
}
