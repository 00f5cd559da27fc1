package dev.rollcall.server.terminal;

import dev.rollcall.icmp.PingResult;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/// A table with a row for each target, which a terminal shows anew in its place.
final class PingTable implements PingOutput {
  private static final String ROW = "%s %5s %5s %5s %8s %8s %8s %8s  %s";

  private final PingPlan plan;
  private final PrintWriter out;
  private final LiveTable table;

  PingTable(PingPlan plan, PrintWriter out) {
    this(plan, out, TerminalSize::now);
  }

  PingTable(PingPlan plan, PrintWriter out, Supplier<TerminalSize> size) {
    this.plan = plan;
    this.out = out;
    this.table = new LiveTable(out, size);
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
    table.show(rows(tallies));
  }

  private List<String> rows(List<PingTally> tallies) {
    List<String> names = plan.targets().stream().map(PingTable::name).toList();
    int width = table.nameColumn(names.stream().mapToInt(String::length).max().orElse(0));
    List<String> rows = new ArrayList<>();
    rows.add(
        ROW.formatted(
            Terminal.column("host", width),
            "sent",
            "recv",
            "loss",
            "min",
            "avg",
            "p99",
            "max",
            "last"));
    for (int i = 0; i < tallies.size(); i++) {
      rows.add(row(Terminal.column(names.get(i), width), tallies.get(i)));
    }
    return rows;
  }

  private static String name(PingPlan.Target target) {
    return target.name().equals(target.host())
        ? target.name()
        : target.name() + " (" + target.host() + ")";
  }

  private static String row(String name, PingTally tally) {
    RttHistogram rtts = tally.rtts;
    boolean any = rtts.total() > 0;
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
    table.end(rows(tallies));
    out.println();
    PingSummary.times(PingSummary.all(tallies)).forEach(out::println);
    out.flush();
  }
}
