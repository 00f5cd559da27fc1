package dev.rollcall.server.group;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Listing;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Subject;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/// `/v1/groups`: the groups with a rule, and how they stand.
final class GroupRoutes {
  private static final int MOST = 1_000;

  private final Function<Scope, List<GroupReport>> reports;

  GroupRoutes(Function<Scope, List<GroupReport>> reports) {
    this.reports = reports;
  }

  List<Route> routes() {
    return List.of(Route.list("/v1/groups", Access.USER, this::list));
  }

  private Answer list(Request request) {
    Listing listing = Listing.of(request, MOST);
    Listing.Page page = listing.page();
    List<GroupReport> rows = reports.apply(request.scope());
    return listing.answer(
        "groups",
        rows.stream().skip(page.offset()).limit(page.limit()).toList(),
        GroupRoutes::write,
        rows::size);
  }

  private static void write(JsonGenerator json, GroupReport report) {
    Evaluation evaluation = report.evaluation();
    Group group = report.group();
    json.writeStartObject()
        .writeNumberProperty("id", group.id())
        .writeStringProperty("name", group.name())
        .writeStringProperty("rule", group.definition().rule().text())
        .writeStringProperty("state", group.state().word())
        .writeNumberProperty("since", group.since().getEpochSecond());
    for (Member.State state : Member.State.values()) {
      json.writeNumberProperty(state.word(), evaluation.count(state));
    }
    json.writeName("members").writeStartArray();
    report.members().forEach(member -> write(json, member));
    json.writeEndArray().writeName("uptime").writeStartObject();
    uptime(json, "24h", report.day());
    uptime(json, "30d", report.month());
    json.writeEndObject().writeEndObject();
  }

  private static void write(JsonGenerator json, Member member) {
    Subject subject = member.subject();
    json.writeStartObject()
        .writeStringProperty(
            "subject", Subject.Type.CODEC.word(subject.type()) + ":" + subject.name())
        .writeStringProperty("state", member.state().word())
        .writeEndObject();
  }

  /// As services have it.
  private static void uptime(JsonGenerator json, String span, Uptime uptime) {
    json.writeName(span).writeStartObject();
    percent(json, "percent", uptime.percent());
    percent(json, "without_maintenance", uptime.withoutMaintenance());
    json.writeEndObject();
  }

  private static void percent(JsonGenerator json, String name, OptionalDouble percent) {
    json.writeName(name);
    if (percent.isPresent()) {
      Json.number(json, percent.getAsDouble());
    } else {
      json.writeNull();
    }
  }
}
