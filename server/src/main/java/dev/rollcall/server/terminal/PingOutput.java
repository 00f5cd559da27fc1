package dev.rollcall.server.terminal;

import dev.rollcall.icmp.PingResult;
import java.util.List;

/// How `rollcall ping` shows what it finds. It is called by one thread.
interface PingOutput {
  /// Before the first ping.
  void begin();

  /// Shows a result.
  ///
  /// @param number which of the targets, from 0 on
  /// @param sequence which of its pings, from 1 on
  /// @param tally with this result
  void result(int number, int sequence, PingResult result, PingTally tally);

  /// Some time has passed.
  void refresh(List<PingTally> tallies);

  /// After the last result.
  ///
  /// @param millis how long it took
  void end(List<PingTally> tallies, long millis);
}
