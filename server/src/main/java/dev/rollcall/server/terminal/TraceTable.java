package dev.rollcall.server.terminal;

import dev.rollcall.icmp.HopNode;
import dev.rollcall.icmp.Trace;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// A table with a row for each hop, as `mtr` has it.
final class TraceTable implements TraceOutput {
  private static final String ROW = "%3s %s %6s %5s %8s %8s %8s %8s %8s  %s";

  private final TracePlan plan;
  private final PrintWriter out;
  private final boolean live;
  private final LiveTable table;

  /// @param live whether the table is shown anew after each trace, at the same place of a terminal
  TraceTable(TracePlan plan, PrintWriter out, boolean live) {
    this(plan, out, live, TerminalSize::now);
  }

  TraceTable(TracePlan plan, PrintWriter out, boolean live, Supplier<TerminalSize> size) {
    this.plan = plan;
    this.out = out;
    this.live = live;
    this.table = new LiveTable(out, size);
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
      table.show(rows(statistics));
    }
  }

  @Override
  public void end(TraceStatistics statistics) throws InterruptedException {
    List<String> rows = rows(statistics);
    if (live) {
      table.end(rows);
    } else {
      rows.forEach(row -> out.println(row.stripTrailing()));
      out.flush();
    }
  }

  private List<String> rows(TraceStatistics statistics) throws InterruptedException {
    List<List<String>> hosts = new ArrayList<>();
    for (TraceStatistics.AtTtl hop : statistics.hops()) {
      List<String> names = new ArrayList<>();
      for (InetAddress address : hop.addresses()) {
        names.add(live ? plan.shownNow(address) : plan.shown(address));
      }
      hosts.add(names.isEmpty() ? List.of("(no answer)") : names);
    }
    int longest = hosts.stream().flatMap(List::stream).mapToInt(String::length).max().orElse(0);
    int width = live ? table.nameColumn(longest) : Math.max(44, longest);
    List<String> rows = new ArrayList<>();
    rows.add(
        ROW.formatted(
            "",
            Terminal.column("host", width),
            "loss",
            "sent",
            "last",
            "avg",
            "best",
            "worst",
            "jitter",
            ""));
    for (int i = 0; i < hosts.size(); i++) {
      List<String> names = hosts.get(i);
      rows.add(row(i, Terminal.column(names.getFirst(), width), statistics));
      names.stream().skip(1).forEach(name -> rows.add("    " + name));
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
