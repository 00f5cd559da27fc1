package dev.rollcall.server.terminal;

import dev.rollcall.icmp.Hop;
import dev.rollcall.icmp.HopError;
import dev.rollcall.icmp.HopInterface;
import dev.rollcall.icmp.HopLabel;
import dev.rollcall.icmp.HopNode;
import dev.rollcall.icmp.HopState;
import dev.rollcall.icmp.Trace;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A line for each hop, as `traceroute` writes it, as soon as it and all before it are known.
final class TraceLines implements TraceOutput {
  private final TracePlan plan;
  private final PrintWriter out;
  private final Map<Integer, List<HopNode>> answers = new TreeMap<>();
  private int printed;
  private int target = Integer.MAX_VALUE;

  TraceLines(TracePlan plan, PrintWriter out) {
    this.plan = plan;
    this.out = out;
  }

  @Override
  public void begin() {
    out.println(plan.title());
    out.flush();
  }

  @Override
  public void answered(int ttl, HopNode node) throws InterruptedException {
    answers.computeIfAbsent(ttl, _ -> new ArrayList<>()).add(node);
    if (node.address().equals(plan.target())) {
      target = Math.min(target, ttl);
    }
    if (plan.options().multipath()) {
      return; // more may come for each hop until the end
    }
    List<HopNode> next = answers.get(printed + 1);
    while (next != null && next.size() == plan.options().samples() && printed < target) {
      line(printed + 1, next, next.size(), HopState.ANSWERED);
      printed++;
      next = answers.get(printed + 1);
    }
  }

  @Override
  public void finished(Trace trace, TraceStatistics statistics) throws InterruptedException {
    for (Hop hop : trace.hops()) {
      if (hop.ttl() > printed) {
        line(hop.ttl(), hop.nodes(), hop.sent(), hop.state());
      }
    }
    printed = 0;
    target = Integer.MAX_VALUE;
    answers.clear();
    String end = end(trace);
    if (!end.isEmpty()) {
      out.println(end);
    }
    out.flush();
  }

  private static String end(Trace trace) {
    int last = trace.hops().size();
    return switch (trace.end()) {
      case REACHED -> "";
      case UNREACHABLE -> trace.reason();
      case LOOP -> "the packets go round in circles from hop " + last + " on";
      case SILENCE -> "nothing answers any more";
      case MAX_TTL -> "not reached within " + last + " hops";
      case NOT_SENT -> "not sent: " + trace.reason();
      case INTERRUPTED -> "interrupted";
    };
  }

  @Override
  public void end(TraceStatistics statistics) {
    // all is said
  }

  private void line(int ttl, List<HopNode> nodes, int sent, HopState state)
      throws InterruptedException {
    StringBuilder line = new StringBuilder("%2d ".formatted(ttl));
    InetAddress before = null;
    int answered = 0;
    for (HopNode node : nodes) {
      if (!node.address().equals(before)) {
        if (before != null && plan.options().multipath()) {
          line.append("\n   "); // several routers are what it is about: one below the other
        }
        line.append(' ').append(plan.shown(node.address())).append(notes(node));
        before = node.address();
      }
      for (Duration rtt : node.rtts()) {
        line.append("  ").append(Rtts.millis((double) rtt.toNanos())).append(" ms");
        answered++;
      }
      node.error().ifPresent(error -> line.append(mark(error)));
    }
    line.append(" *".repeat(Math.max(0, sent - answered)));
    if (state == HopState.RATE_LIMITED) {
      line.append("  (limits its answers)");
    }
    out.println(line);
    out.flush();
  }

  /// What extensions say, in the form of `traceroute -e`, and the MTU.
  private static String notes(HopNode node) {
    StringBuilder notes = new StringBuilder();
    for (HopLabel label : node.labels()) {
      notes.append(
          " <MPLS:L=%d,E=%d,S=%d,T=%d>"
              .formatted(label.label(), label.trafficClass(), label.bottom() ? 1 : 0, label.ttl()));
    }
    for (HopInterface each : node.interfaces()) {
      notes.append(" <").append(role(each.role()));
      each.index().ifPresent(index -> notes.append(' ').append(index));
      each.address().ifPresent(address -> notes.append(' ').append(HopNames.text(address)));
      each.name().ifPresent(name -> notes.append(" \"").append(name).append('"'));
      each.mtu().ifPresent(mtu -> notes.append(" mtu=").append(mtu));
      notes.append('>');
    }
    node.mtu().ifPresent(mtu -> notes.append(" <next link: mtu=").append(mtu).append('>'));
    return notes.toString();
  }

  private static String role(HopInterface.Role role) {
    return switch (role) {
      case INCOMING -> "INC";
      case INCOMING_PART -> "SUB";
      case OUTGOING -> "OUT";
      case NEXT_HOP -> "NXT";
    };
  }

  private static String mark(HopError error) {
    return switch (error) {
      case NETWORK -> " !N";
      case HOST -> " !H";
      case PROTOCOL -> " !P";
      case PORT -> "";
      case PROHIBITED -> " !X";
      case OTHER -> " !";
    };
  }
}
