package dev.rollcall.server.terminal;

import dev.rollcall.icmp.PingResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A line of JSON for each result, and at the end one for each target.
final class PingJson implements PingOutput {
  private final PingPlan plan;
  private final PrintWriter out;

  PingJson(PingPlan plan, PrintWriter out) {
    this.plan = plan;
    this.out = out;
  }

  @Override
  public void begin() {
    // results name their target
  }

  @Override
  public void result(int number, int sequence, PingResult result, PingTally tally) {
    ObjectNode json = object(number, "result");
    json.put("seq", sequence);
    json.put("status", result.status().name().toLowerCase(Locale.ROOT));
    if (result.sentNanos() > 0) {
      json.put("sent_at", result.sentAt().toString());
    }
    if (result.rttNanos() >= 0) {
      json.put("rtt_ms", result.rttNanos() / 1e6);
      json.put("error_ms", result.errorNanos() / 1e6);
    }
    if (result.ttl() >= 0) {
      json.put("ttl", result.ttl());
    }
    if (result.from() != null) {
      json.put("from", HopNames.text(result.from()));
    }
    if (result.icmpType() >= 0) {
      json.put("icmp_type", result.icmpType());
      json.put("icmp_code", result.icmpCode());
    }
    if (!result.reason().isEmpty()) {
      json.put("reason", result.reason());
    }
    out.println(json);
    out.flush();
  }

  private ObjectNode object(int number, String what) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", what);
    json.put("host", plan.targets().get(number).name());
    json.put("address", plan.targets().get(number).host());
    return json;
  }

  @Override
  public void refresh(List<PingTally> tallies) {
    // each line is there at once
  }

  @Override
  public void end(List<PingTally> tallies, long millis) {
    for (int i = 0; i < tallies.size(); i++) {
      PingTally tally = tallies.get(i);
      ObjectNode json = object(i, "summary");
      json.put("sent", tally.sent());
      json.put("received", tally.received());
      json.put("duplicates", tally.duplicates());
      json.put("late", tally.late());
      json.put("corrupt", tally.corrupt());
      json.put("unreachable", tally.errors());
      json.put("not_sent", tally.notSent());
      json.put("unknown", tally.unknown());
      json.put("awaited", tally.awaited());
      json.put("loss_percent", tally.lossPercent());
      RttHistogram rtts = tally.rtts;
      if (rtts.total() > 0) {
        ObjectNode times = json.putObject("rtt_ms");
        times.put("min", rtts.least() / 1e6);
        times.put("avg", rtts.mean() / 1e6);
        times.put("max", rtts.most() / 1e6);
        times.put("mdev", rtts.deviation() / 1e6);
        times.put("p50", rtts.quantile(0.5) / 1e6);
        times.put("p90", rtts.quantile(0.9) / 1e6);
        times.put("p99", rtts.quantile(0.99) / 1e6);
      }
      out.println(json);
    }
    out.flush();
  }
}
