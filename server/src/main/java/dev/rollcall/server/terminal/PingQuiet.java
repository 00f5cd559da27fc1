package dev.rollcall.server.terminal;

import dev.rollcall.icmp.PingResult;
import java.util.List;

/// Shows only how it begins and ends.
final class PingQuiet implements PingOutput {
  private final PingOutput whole;

  /// @param whole what would show everything
  PingQuiet(PingOutput whole) {
    this.whole = whole;
  }

  @Override
  public void begin() {
    whole.begin();
  }

  @Override
  public void result(int number, int sequence, PingResult result, PingTally tally) {
    // is in the tallies
  }

  @Override
  public void refresh(List<PingTally> tallies) {
    // nothing to show yet
  }

  @Override
  public void end(List<PingTally> tallies, long millis) {
    whole.end(tallies, millis);
  }
}
