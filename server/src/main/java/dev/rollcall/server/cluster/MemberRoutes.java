package dev.rollcall.server.cluster;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Listing;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import java.time.Instant;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// `GET /v1/_internal/cluster`: the processes that share the database, and those that did so in the
/// last day.
final class MemberRoutes {
  private static final int MOST = 1_000;

  private final Cluster cluster;

  MemberRoutes(Cluster cluster) {
    this.cluster = cluster;
  }

  List<Route> routes() {
    return List.of(Route.list("/v1/_internal/cluster", Access.OPERATOR, this::list));
  }

  private Answer list(Request request) {
    Listing listing = Listing.of(request, MOST);
    Listing.Page page = listing.page();
    Cluster.Members members = cluster.members();
    return listing.answer(
        "processes",
        members.all().stream().skip(page.offset()).limit(page.limit()).toList(),
        (json, member) -> write(json, member, members.at(), cluster.ownId()),
        members.all()::size);
  }

  private static void write(JsonGenerator json, Member member, Instant at, long own) {
    json.writeStartObject()
        .writeNumberProperty("id", member.id())
        .writeStringProperty("name", member.name())
        .writeStringProperty("state", member.state(at).word())
        .writeNumberProperty("since", member.since(at).getEpochSecond())
        .writeBooleanProperty("this", member.id() == own)
        .writeStringProperty("version", member.version())
        .writeNumberProperty("schema", member.schema())
        .writeStringProperty("url", member.url())
        .writeBooleanProperty("runs_checks", member.runsChecks())
        .writeNumberProperty("started", member.started().getEpochSecond())
        .writeNumberProperty("last_seen", member.seen().getEpochSecond())
        .writeNumberProperty("checks", member.work().checks())
        .writeNumberProperty("deliveries", member.work().deliveries())
        .writeNumberProperty("waiting", member.work().waiting())
        .writeNumberProperty("clock_ahead_ms", member.clockAhead().toMillis());
    if (member.takenOver().isPresent()) {
      Member.TakenOver over = member.takenOver().get();
      json.writeName("taken_over")
          .writeStartObject()
          .writeNumberProperty("at", over.at().getEpochSecond())
          .writeStringProperty("by", over.by())
          .writeNumberProperty("rows", over.rows())
          .writeEndObject();
    }
    json.writeEndObject();
  }
}
