package dev.rollcall.server.terminal;

import dev.rollcall.icmp.PingResult;
import java.io.PrintWriter;
import java.net.Inet4Address;
import java.util.List;
import java.util.Locale;

/// A line for each ping, as `ping` writes it.
final class PingLines implements PingOutput {
  /// From this error on, a time is shown with it.
  private static final long SHOWN_ERROR = 100_000;

  private final PingPlan plan;
  private final PrintWriter out;

  PingLines(PingPlan plan, PrintWriter out) {
    this.plan = plan;
    this.out = out;
  }

  @Override
  public void begin() {
    for (PingPlan.Target target : plan.targets()) {
      int header = target.address() instanceof Inet4Address ? 20 : 40;
      out.printf(
          "PING %s (%s) %d(%d) bytes of data.%n",
          target.name(), target.host(), plan.bytes() - 8, plan.bytes() + header);
    }
    out.flush();
  }

  @Override
  public void result(int number, int sequence, PingResult result, PingTally tally) {
    out.println(line(plan, plan.targets().get(number), sequence, result));
    out.flush();
  }

  private static String line(
      PingPlan plan, PingPlan.Target target, int sequence, PingResult result) {
    return switch (result.status()) {
      case REPLY -> reply(plan, target, sequence, result, "");
      case CORRUPT -> reply(plan, target, sequence, result, " (corrupt)");
      case DUPLICATE -> reply(plan, target, sequence, result, " (DUP!)");
      case LATE -> reply(plan, target, sequence, result, " (late)");
      case TIMEOUT -> "Request timeout for %s icmp_seq=%d".formatted(target.host(), sequence);
      case UNREACHABLE ->
          "From %s icmp_seq=%d %s"
              .formatted(
                  result.from() == null ? target.host() : HopNames.text(result.from()),
                  sequence,
                  capitals(result.reason()));
      case NOT_SENT ->
          "%s icmp_seq=%d not sent: ".formatted(target.host(), sequence) + result.reason();
      case UNKNOWN ->
          "%s icmp_seq=%d unknown: ".formatted(target.host(), sequence) + result.reason();
    };
  }

  private static String reply(
      PingPlan plan, PingPlan.Target target, int sequence, PingResult result, String note) {
    String error =
        result.errorNanos() < SHOWN_ERROR ? "" : " ±" + Rtts.millis(result.errorNanos()) + " ms";
    return "%d bytes from %s: icmp_seq=%d ttl=%d time=%s ms%s%s"
        .formatted(
            plan.bytes(),
            target.host(),
            sequence,
            result.ttl(),
            Rtts.millis(result.rttNanos()),
            error,
            note);
  }

  /// `destination host unreachable` as `ping` writes it.
  private static String capitals(String words) {
    StringBuilder text = new StringBuilder();
    for (String word : words.split(" ", -1)) {
      text.append(text.isEmpty() ? "" : " ")
          .append(word.substring(0, 1).toUpperCase(Locale.ROOT))
          .append(word.substring(1));
    }
    return text.toString();
  }

  @Override
  public void refresh(List<PingTally> tallies) {
    // each line is there at once
  }

  @Override
  public void end(List<PingTally> tallies, long millis) {
    for (int i = 0; i < tallies.size(); i++) {
      PingTally tally = tallies.get(i);
      out.printf("%n--- %s ping statistics ---%n", plan.targets().get(i).name());
      out.println(PingSummary.packets(tally) + ", time " + millis + "ms");
      PingSummary.times(tally.rtts).forEach(out::println);
    }
    out.flush();
  }
}
