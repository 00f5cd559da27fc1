package dev.rollcall.server.outbox;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Limits how many deliveries are being sent to each receiver: at most 8 in this process.
final class ReceiverLimits {
  static final int MOST = 8;

  private final Map<String, Integer> underWay = new ConcurrentHashMap<>();

  private final Map<String, Integer> channels = new ConcurrentHashMap<>();

  /// Counts one more channel to a receiver.
  void join(String receiver) {
    channels.merge(receiver, 1, Integer::sum);
  }

  /// Counts one channel less.
  void leave(String receiver) {
    channels.computeIfPresent(receiver, (_, many) -> many == 1 ? null : many - 1);
  }

  /// How many places a channel may have at the receiver. Channels share them, so that a channel
  /// with many deliveries does not block another.
  int share(String receiver) {
    return Math.max(1, MOST / channels.getOrDefault(receiver, 1));
  }

  /// Takes up to `wanted` places at a receiver, and returns how many it got.
  int take(String receiver, int wanted) {
    int[] got = new int[1];
    underWay.compute(
        receiver,
        (_, taken) -> {
          int before = taken == null ? 0 : taken;
          got[0] = Math.min(wanted, MOST - before);
          int now = before + got[0];
          return now == 0 ? null : now;
        });
    return got[0];
  }

  void give(String receiver, int places) {
    underWay.computeIfPresent(receiver, (_, taken) -> taken - places == 0 ? null : taken - places);
  }

  int underWay() {
    return underWay.values().stream().mapToInt(Integer::intValue).sum();
  }
}
