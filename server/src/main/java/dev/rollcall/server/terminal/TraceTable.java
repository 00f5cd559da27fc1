package dev.rollcall.server.terminal;

import dev.rollcall.icmp.HopNode;
import dev.rollcall.icmp.Trace;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// A table with a row for each hop, as `mtr` has it.
final class TraceTable implements TraceOutput {
  private static final String ROW = "%3s %-44s %6s %5s %8s %8s %8s %8s %8s  %s";

  private final TracePlan plan;
  private final PrintWriter out;
  private final boolean live;
  private int shown;

  /// @param live whether the table is shown anew after each trace, at the same place of a terminal
  TraceTable(TracePlan plan, PrintWriter out, boolean live) {
    this.plan = plan;
    this.out = out;
    this.live = live;
  }

  @Override
  public void begin() {
    out.println(plan.title());
    out.flush();
  }

  @Override
  public void answered(int ttl, HopNode node) {
    // the table is made of whole traces
  }

  @Override
  public void finished(Trace trace, TraceStatistics statistics) throws InterruptedException {
    if (live) {
      show(statistics);
    }
  }

  @Override
  public void end(TraceStatistics statistics) throws InterruptedException {
    if (live) {
      out.print("\r" + Terminal.CLEAR_BELOW);
      out.flush();
    } else {
      show(statistics);
    }
  }

  private void show(TraceStatistics statistics) throws InterruptedException {
    List<String> rows = rows(statistics);
    if (shown > 0) {
      out.print(Terminal.up(shown));
    }
    for (String row : rows) {
      out.print(row.stripTrailing() + (live ? "\033[K\n" : "\n"));
    }
    shown = rows.size();
    out.flush();
  }

  private List<String> rows(TraceStatistics statistics) throws InterruptedException {
    List<String> rows = new ArrayList<>();
    rows.add(
        ROW.formatted("", "host", "loss", "sent", "last", "avg", "best", "worst", "jitter", ""));
    for (int i = 0; i < statistics.hops().size(); i++) {
      TraceStatistics.AtTtl hop = statistics.hops().get(i);
      boolean first = true;
      for (InetAddress address : hop.addresses()) {
        rows.add(first ? row(i, plan.shown(address), statistics) : "    " + plan.shown(address));
        first = false;
      }
      if (first) {
        rows.add(row(i, "(no answer)", statistics));
      }
    }
    return rows;
  }

  private static String row(int index, String host, TraceStatistics statistics) {
    TraceStatistics.AtTtl hop = statistics.hops().get(index);
    RttHistogram rtts = hop.rtts();
    boolean any = rtts.total() > 0;
    return ROW.formatted(
        index + 1 + ".",
        host,
        PingSummary.percent(hop.lossPercent()),
        hop.sent(),
        any ? Rtts.millis((double) hop.last()) : "-",
        any ? Rtts.millis(rtts.mean()) : "-",
        any ? Rtts.millis((double) rtts.least()) : "-",
        any ? Rtts.millis((double) rtts.most()) : "-",
        any ? Rtts.millis(hop.jitter()) : "-",
        any && statistics.limits(index) ? "limits its answers" : "");
  }
}
