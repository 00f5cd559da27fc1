package dev.rollcall.server.terminal;

import dev.rollcall.icmp.Hop;
import dev.rollcall.icmp.HopInterface;
import dev.rollcall.icmp.HopLabel;
import dev.rollcall.icmp.HopNode;
import dev.rollcall.icmp.Trace;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A line of JSON for each trace; and, if there were several, one for all of them.
final class TraceJson implements TraceOutput {
  private final TracePlan plan;
  private final PrintWriter out;

  TraceJson(TracePlan plan, PrintWriter out) {
    this.plan = plan;
    this.out = out;
  }

  @Override
  public void begin() {
    // each line names its target
  }

  @Override
  public void answered(int ttl, HopNode node) {
    // a line is a whole trace
  }

  @Override
  public void finished(Trace trace, TraceStatistics statistics) throws InterruptedException {
    ObjectNode json = object("trace");
    json.put("method", word(trace.method()));
    json.put("started_at", trace.startedAt().toString());
    json.put("took_ms", trace.took().toNanos() / 1e6);
    json.put("reached", trace.reached());
    json.put("end", word(trace.end()));
    if (!trace.reason().isEmpty()) {
      json.put("reason", trace.reason());
    }
    ArrayNode hops = json.putArray("hops");
    for (Hop hop : trace.hops()) {
      hop(hop, hops.addObject());
    }
    out.println(json);
    out.flush();
  }

  private ObjectNode object(String type) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", type);
    json.put("host", plan.name());
    json.put("address", HopNames.text(plan.target()));
    return json;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private void hop(Hop hop, ObjectNode json) throws InterruptedException {
    json.put("ttl", hop.ttl());
    json.put("state", word(hop.state()));
    json.put("sent", hop.sent());
    json.put("answered", hop.answered());
    if (plan.options().discoverMtu()) {
      json.put("octets", hop.octets());
    }
    ArrayNode nodes = json.putArray("nodes");
    for (HopNode node : hop.nodes()) {
      node(node, nodes.addObject());
    }
  }

  private void node(HopNode node, ObjectNode json) throws InterruptedException {
    address(node.address(), json);
    ArrayNode rtts = json.putArray("rtts_ms");
    node.rtts().forEach(rtt -> rtts.add(rtt.toNanos() / 1e6));
    node.error().ifPresent(error -> json.put("error", word(error)));
    node.mtu().ifPresent(mtu -> json.put("mtu", mtu));
    if (plan.options().multipath()) {
      node.flows().forEach(json.putArray("flows")::add);
    }
    if (!node.labels().isEmpty()) {
      ArrayNode labels = json.putArray("mpls");
      for (HopLabel label : node.labels()) {
        labels
            .addObject()
            .put("label", label.label())
            .put("tc", label.trafficClass())
            .put("bottom", label.bottom())
            .put("ttl", label.ttl());
      }
    }
    if (!node.interfaces().isEmpty()) {
      ArrayNode interfaces = json.putArray("interfaces");
      node.interfaces().forEach(each -> hopInterface(each, interfaces.addObject()));
    }
  }

  private static void hopInterface(HopInterface each, ObjectNode json) {
    json.put("role", word(each.role()));
    each.index().ifPresent(index -> json.put("index", index));
    each.address().ifPresent(address -> json.put("address", HopNames.text(address)));
    each.name().ifPresent(name -> json.put("name", name));
    each.mtu().ifPresent(mtu -> json.put("mtu", mtu));
  }

  private void address(InetAddress address, ObjectNode json) throws InterruptedException {
    json.put("address", HopNames.text(address));
    String name = plan.names().name(address);
    if (!name.isEmpty()) {
      json.put("name", name);
    }
    plan.numbers().of(address).ifPresent(number -> json.put("as", number));
  }

  @Override
  public void end(TraceStatistics statistics) throws InterruptedException {
    if (statistics.traces() < 2) {
      return;
    }
    ObjectNode json = object("summary");
    json.put("traces", statistics.traces());
    ArrayNode hops = json.putArray("hops");
    List<TraceStatistics.AtTtl> all = statistics.hops();
    for (int i = 0; i < all.size(); i++) {
      TraceStatistics.AtTtl hop = all.get(i);
      ObjectNode one = hops.addObject();
      one.put("ttl", i + 1);
      ArrayNode addresses = one.putArray("nodes");
      for (InetAddress address : hop.addresses()) {
        address(address, addresses.addObject());
      }
      one.put("sent", hop.sent());
      one.put("loss_percent", hop.lossPercent());
      one.put("limits", statistics.limits(i));
      RttHistogram rtts = hop.rtts();
      if (rtts.total() > 0) {
        one.putObject("rtt_ms")
            .put("min", rtts.least() / 1e6)
            .put("avg", rtts.mean() / 1e6)
            .put("max", rtts.most() / 1e6)
            .put("p50", rtts.quantile(0.5) / 1e6)
            .put("p99", rtts.quantile(0.99) / 1e6)
            .put("jitter", hop.jitter() / 1e6);
      }
    }
    out.println(json);
    out.flush();
  }
}
