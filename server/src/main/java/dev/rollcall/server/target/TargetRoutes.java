package dev.rollcall.server.target;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.target.Admitted.Reason;
import dev.rollcall.server.time.Clock;
import inet.ipaddr.IPAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/// The routes of the pool.
final class TargetRoutes {
  private static final int LARGEST_BODY = 1024 * 1024;
  private static final int MOST_ROWS = 1_000;
  private static final int DEFAULT_ROWS = 100;
  private static final int MOST_NOT_ADDED = 100;
  private static final long LONGEST_WAIT = 60;
  private static final Pattern NODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private final PoolStore store;
  private final Admission admission;
  private final HostLookup hostLookup;
  private final TargetMetrics metrics;
  private final Clock clock;

  TargetRoutes(
      PoolStore store,
      Admission admission,
      HostLookup hostLookup,
      TargetMetrics metrics,
      Clock clock) {
    this.store = store;
    this.admission = admission;
    this.hostLookup = hostLookup;
    this.metrics = metrics;
    this.clock = clock;
  }

  List<Route> routes() {
    return Stream.of(
            Route.post("/hops", Access.SENDER, this::hops).withBodyLimit(LARGEST_BODY),
            Route.post("/targets", Access.OPERATOR, this::targets).withBodyLimit(LARGEST_BODY),
            Route.list("/targets", Access.PUBLIC, this::list),
            Route.delete("/targets/{ip}", Access.OPERATOR, this::delete),
            Route.get("/next", Access.SENDER, this::next).withoutHead(),
            Route.post("/next", Access.SENDER, this::refuse).withBodyLimit(LARGEST_BODY))
        .map(route -> route.withErrors(ErrorShape.PLAIN))
        .toList();
  }

  private Answer hops(Request request) {
    Intake intake = Intake.hops(request.json());
    return intake
        .refusal()
        .orElseGet(() -> entered(intake, admission.enter(intake.newcomers()), Map.of()));
  }

  private Answer targets(Request request) throws InterruptedException {
    Intake intake = Intake.targets(request.json(), hostLookup);
    return intake
        .refusal()
        .orElseGet(
            () -> {
              Admitted admitted = admission.enter(intake.newcomers());
              return entered(intake, admitted, admitted.notAdded());
            });
  }

  /// @param shown why addresses were not added, for a person; a collector has no use for it
  private static Answer entered(
      Intake intake, Admitted admitted, Map<Reason, List<IPAddress>> shown) {
    return Answer.json(
        200,
        json -> {
          json.writeStartObject()
              .writeStringProperty("status", "ok")
              .writeNumberProperty("received", intake.received())
              .writeNumberProperty("added", admitted.added());
          if (!shown.isEmpty()) {
            json.writeName("not_added").writeStartArray();
            shown.forEach((reason, ips) -> notAdded(json, reason, ips));
            json.writeEndArray();
          }
          json.writeEndObject();
        });
  }

  private static void notAdded(JsonGenerator json, Reason reason, List<IPAddress> ips) {
    json.writeStartObject()
        .writeStringProperty("reason", reason.phrase())
        .writeNumberProperty("count", ips.size());
    json.writeName("ips").writeStartArray();
    ips.stream().limit(MOST_NOT_ADDED).map(Addresses::text).forEach(json::writeString);
    json.writeEndArray().writeEndObject();
  }

  private Answer delete(Request request) {
    String text = request.path("ip");
    IPAddress address =
        Addresses.parse(text)
            .orElseThrow(() -> Refusal.badRequest("'" + shown(text) + "' is no IP address"));
    if (!store.remove(List.of(address)).getFirst()) {
      throw Refusal.notFound("there is no target " + Addresses.text(address));
    }
    metrics.deleted();
    return Answer.json(
        200, json -> json.writeStartObject().writeStringProperty("status", "ok").writeEndObject());
  }

  private Answer next(Request request) {
    String node =
        node(
            request
                .query("node")
                .orElseThrow(
                    () ->
                        Refusal.badRequest(
                            "parameter 'node' is missing: give the name of the node")));
    int limit = limit(request);
    OptionalLong done = request.queryNumber("done");
    IntakeResult intakeResult = store.hand(limit, done);
    metrics.handed(node, intakeResult);
    long wait = wait(intakeResult, limit);
    return Answer.json(
            200,
            json -> {
              json.writeStartObject();
              if (!intakeResult.targets().isEmpty()) {
                json.writeNumberProperty("lease", intakeResult.lease());
                json.writeNumberProperty("lease_until", intakeResult.until().getEpochSecond());
                json.writeNumberProperty(
                    "lease_seconds",
                    Duration.between(clock.wall(), intakeResult.until()).toSeconds());
              }
              json.writeNumberProperty("retry_after", wait);
              json.writeName("targets").writeStartArray();
              for (IPAddress address : intakeResult.targets()) {
                json.writeStartObject()
                    .writeStringProperty("ip", Addresses.text(address))
                    .writeEndObject();
              }
              json.writeEndArray().writeEndObject();
            })
        .with("Cache-Control", "no-store");
  }

  private Answer refuse(Request request) {
    Refusals refusals = Refusals.read(request.json());
    int refused = store.refuse(refusals);
    metrics.refused(refusals.node(), refused);
    return Answer.json(
        200,
        json ->
            json.writeStartObject()
                .writeStringProperty("status", "ok")
                .writeNumberProperty("refused", refused)
                .writeEndObject());
  }

  /// @throws Refusal (400) if the text is no name of a node
  static String node(String text) {
    if (!NODE.matcher(text).matches()) {
      throw Refusal.badRequest("'node' is no name: give 1 to 64 letters, digits, '.', '_' and '-'");
    }
    return text;
  }

  /// Whole seconds until the next target is due; 0 if more are due now. At most a minute, as
  /// targets may be added meanwhile.
  private long wait(IntakeResult intakeResult, int limit) {
    if (intakeResult.targets().size() == limit) {
      return 0;
    }
    long millis =
        intakeResult
            .nextDue()
            .map(next -> Duration.between(clock.wall(), next).toMillis())
            .orElse(LONGEST_WAIT * 1000);
    return Math.clamp((millis + 999) / 1000, 0, LONGEST_WAIT);
  }

  private Answer list(Request request) {
    OptionalLong page = request.queryNumber("page");
    boolean paged = page.isPresent() || request.query("limit").isPresent();
    int limit = paged ? limit(request) : MOST_ROWS;
    long number = Math.min(page.orElse(1), Integer.MAX_VALUE);
    List<Target> rows = store.list(limit, (number - 1) * limit);
    Optional<Long> total = paged ? Optional.of(store.members()) : Optional.empty();
    return Answer.json(
        200,
        json -> {
          json.writeStartObject().writeName("targets").writeStartObject();
          json.writeName("data").writeStartArray();
          rows.forEach(row -> row(json, row));
          json.writeEndArray();
          total.ifPresent(
              all ->
                  json.writeName("pagination")
                      .writeStartObject()
                      .writeNumberProperty("page", number)
                      .writeNumberProperty("limit", limit)
                      .writeNumberProperty("total", all)
                      .writeEndObject());
          json.writeEndObject().writeEndObject();
        });
  }

  private static void row(JsonGenerator json, Target target) {
    json.writeStartObject()
        .writeStringProperty("ip", Addresses.text(target.address()))
        .writeStringProperty("origin", target.origin().word());
    target.name().ifPresent(name -> json.writeStringProperty("name", name));
    json.writeNumberProperty("added_at", target.added().getEpochSecond());
    Json.seconds(json, "measured_at", target.measured());
    json.writeNumberProperty("due_at", target.due().getEpochSecond()).writeEndObject();
  }

  /// A larger limit is reduced to the maximum.
  private static int limit(Request request) {
    return (int) Math.min(request.queryNumber("limit").orElse(DEFAULT_ROWS), MOST_ROWS);
  }

  private static String shown(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "..." : text;
  }
}
