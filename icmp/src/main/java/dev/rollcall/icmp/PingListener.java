package dev.rollcall.icmp;

/// Is told what became of pings. A pinger calls it on one thread of its own, so that it may take
/// its time: while it does, the pinger accepts no more pings than it can keep results of.
@FunctionalInterface
public interface PingListener {
  /// Is told a result.
  ///
  /// @param result what became of one ping
  void result(PingResult result);
}
