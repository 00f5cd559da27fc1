package dev.rollcall.server.terminal;

import dev.rollcall.icmp.PingResult;
import dev.rollcall.icmp.PingStatus;
import java.io.PrintWriter;
import java.util.List;

/// A line for each target that replies, at its first reply, and at the end how many did.
final class PingSweep implements PingOutput {
  private final PingPlan plan;
  private final PrintWriter out;

  PingSweep(PingPlan plan, PrintWriter out) {
    this.plan = plan;
    this.out = out;
  }

  @Override
  public void begin() {
    // targets say themselves that they are there
  }

  @Override
  public void result(int number, int sequence, PingResult result, PingTally tally) {
    if (result.status() == PingStatus.REPLY && tally.received() == 1) {
      out.printf(
          "%s is alive (%s ms)%n",
          plan.targets().get(number).host(), Rtts.millis(result.rttNanos()));
    }
  }

  @Override
  public void refresh(List<PingTally> tallies) {
    out.flush();
  }

  @Override
  public void end(List<PingTally> tallies, long millis) {
    int alive = 0;
    int unreachable = 0;
    int notSent = 0;
    int awaited = 0;
    int notAsked = 0;
    for (PingTally tally : tallies) {
      if (tally.received() > 0) {
        alive++;
      } else if (tally.errors() > 0) {
        unreachable++;
      } else if (tally.notSent() > 0) {
        notSent++;
      } else if (tally.awaited() > 0) {
        awaited++;
      } else if (tally.sent() == 0) {
        notAsked++;
      }
    }
    out.printf(
        "%n%d targets: %d alive, %d unreachable, %d not sent, %d silent%s%s, time %dms%n",
        tallies.size(),
        alive,
        unreachable,
        notSent,
        tallies.size() - alive - unreachable - notSent - awaited - notAsked,
        PingSummary.counted(", ", awaited, " not answered yet"),
        PingSummary.counted(", ", notAsked, " not asked"),
        millis);
    PingSummary.times(PingSummary.all(tallies)).forEach(out::println);
    out.flush();
  }
}
