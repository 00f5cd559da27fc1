package dev.rollcall.server.terminal;

import dev.rollcall.icmp.PingResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/// A table with a row for each target, which a terminal shows anew in its place.
final class PingTable implements PingOutput {
  private static final String ROW = "%-32s %6s %6s %6s %9s %9s %9s %9s  %s";

  private final PingPlan plan;
  private final PrintWriter out;
  private boolean shown;

  PingTable(PingPlan plan, PrintWriter out) {
    this.plan = plan;
    this.out = out;
  }

  @Override
  public void begin() {
    // the first refresh shows it
  }

  @Override
  public void result(int number, int sequence, PingResult result, PingTally tally) {
    // the next refresh shows it
  }

  @Override
  public void refresh(List<PingTally> tallies) {
    if (shown) {
      out.print(Terminal.up(tallies.size() + 1));
    }
    shown = true;
    row(ROW.formatted("host", "sent", "recv", "loss", "min", "avg", "p99", "max", "last"));
    for (int i = 0; i < tallies.size(); i++) {
      row(row(plan.targets().get(i), tallies.get(i)));
    }
    out.flush();
  }

  /// A line, without what was there before.
  private void row(String text) {
    out.print(text + "\033[K\n");
  }

  private static String row(PingPlan.Target target, PingTally tally) {
    RttHistogram rtts = tally.rtts;
    boolean any = rtts.total() > 0;
    String name =
        target.name().equals(target.host())
            ? target.name()
            : target.name() + " (" + target.host() + ")";
    return String.format(
        Locale.ROOT,
        ROW,
        name,
        tally.sent(),
        tally.received(),
        PingSummary.percent(tally.lossPercent()),
        any ? Rtts.millis(rtts.least()) : "-",
        any ? Rtts.millis(rtts.mean()) : "-",
        any ? Rtts.millis(rtts.quantile(0.99)) : "-",
        any ? Rtts.millis(rtts.most()) : "-",
        tally.state());
  }

  @Override
  public void end(List<PingTally> tallies, long millis) {
    refresh(tallies);
    out.println(Terminal.CLEAR_BELOW);
    PingSummary.times(PingSummary.all(tallies)).forEach(out::println);
    out.flush();
  }
}
