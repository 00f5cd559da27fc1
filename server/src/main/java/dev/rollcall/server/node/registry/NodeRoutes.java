package dev.rollcall.server.node.registry;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Listing;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.node.NodeSettings;
import dev.rollcall.server.node.NodeStatus;
import java.time.Instant;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// `/v1/nodes`: the reports of nodes, and their list.
final class NodeRoutes {
  private static final int LARGEST_REPORT = 4 * 1024;

  private final Nodes nodes;

  NodeRoutes(Nodes nodes) {
    this.nodes = nodes;
  }

  List<Route> routes() {
    return List.of(
        Route.list("/v1/nodes", Access.USER, this::list),
        Route.post("/v1/nodes/{name}", Access.SENDER, this::report).withBodyLimit(LARGEST_REPORT),
        Route.delete("/v1/nodes/{name}", Access.OPERATOR, this::remove));
  }

  private Answer list(Request request) {
    Listing listing = Listing.of(request, Nodes.MOST);
    Listing.Page page = listing.page();
    List<KnownNode> rows = nodes.all(request.scope());
    return listing.answer(
        "nodes",
        rows.stream().skip(page.offset()).limit(page.limit()).toList(),
        NodeRoutes::write,
        rows::size);
  }

  private static void write(JsonGenerator json, KnownNode node) {
    NodeStatus status = node.status();
    json.writeStartObject()
        .writeNumberProperty("id", node.id())
        .writeStringProperty("name", node.name())
        .writeStringProperty("state", node.state().word())
        .writeNumberProperty("since", node.since().getEpochSecond())
        .writeBooleanProperty("registered", node.registered())
        .writeNumberProperty("last_seen", node.lastSeen().getEpochSecond())
        .writeStringProperty("version", status.version())
        .writeNumberProperty("rate", status.rate());
    json.writeName("packets_per_second");
    Json.number(json, status.packetsPerSecond());
    json.writeNumberProperty("spool_batches", status.spoolBatches())
        .writeNumberProperty("spool_bytes", status.spoolBytes())
        .writeNumberProperty("dropped", status.dropped())
        .writeNumberProperty("clock_offset_ms", node.clockOffset().toMillis())
        .writeEndObject();
  }

  /// Who shows a token registers the node with it. Without one, a node is listed, but not
  /// registered, and nobody without a token speaks for one that is registered.
  private Answer report(Request request) {
    String name = name(request);
    NodeStatus status = ReportReader.read(request.json());
    Caller caller = request.caller();
    Nodes.Accepted accepted = nodes.report(name, status, caller.isOperator());
    return switch (accepted) {
      case LISTED -> {
        Instant now = nodes.now();
        yield Answer.json(
            200,
            json -> {
              json.writeStartObject().writeName("data").writeStartObject();
              json.writeStringProperty("now", now.toString());
              json.writeEndObject().writeEndObject();
            });
      }
      case OF_ANOTHER ->
          throw Refusal.of(
              403, "node '" + name + "' is registered: report it with its token, or another name");
      case TOO_MANY ->
          throw Refusal.of(
              409, "there are " + Nodes.MOST + " nodes: remove one with DELETE /v1/nodes/{name}");
    };
  }

  private Answer remove(Request request) {
    String name = name(request);
    if (!nodes.remove(name)) {
      throw Refusal.notFound("there is no node '" + name + "'");
    }
    return Answer.empty(204);
  }

  private static String name(Request request) {
    String name = request.path("name");
    if (!NodeSettings.isName(name)) {
      throw Refusal.badRequest(
          "the name of the node is none: give 1 to 64 letters, digits, '.', '_' and '-'");
    }
    return name;
  }
}
