package dev.rollcall.server.monitor.routes;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Listing;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.monitor.definition.PublicDefinition;
import dev.rollcall.server.monitor.definition.ReferencedSecrets;
import dev.rollcall.server.monitor.definition.SchemeHint;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.definition.ServiceReader;
import dev.rollcall.server.monitor.store.EventStore;
import dev.rollcall.server.monitor.store.HourStore;
import dev.rollcall.server.monitor.store.LatencyPeriod;
import dev.rollcall.server.monitor.store.LatencyStore;
import dev.rollcall.server.monitor.store.PathStore;
import dev.rollcall.server.monitor.store.Service;
import dev.rollcall.server.monitor.store.ServiceChanges;
import dev.rollcall.server.monitor.store.ServiceStatus;
import dev.rollcall.server.monitor.store.ServiceStore;
import dev.rollcall.server.monitor.store.Slice;
import dev.rollcall.server.monitor.store.TickStore;
import dev.rollcall.server.monitor.store.Uptime;
import dev.rollcall.server.monitor.store.UptimeStore;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Circle;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The routes of the monitor: the four of go-service-healthcheck, and others.
public final class MonitorRoutes {
  private static final int MOST_ROWS = 1_000;
  private static final int MOST_TICKS = 10_000;
  private static final Duration USUAL_SPAN = Duration.ofHours(1);
  private static final Duration USUAL_SPAN_OF_LATENCY = Duration.ofDays(1);
  private static final Duration USUAL_STEP_OF_LATENCY = Duration.ofMinutes(5);
  private static final int MOST_STEPS = 10_000;
  private static final Duration LONGEST_STEP = Duration.ofDays(366);
  private static final long LAST_SECOND = 253_402_300_799L; // the year 9999

  /// The spans of time that the uptime of a service is told of.
  private static final SortedMap<String, Duration> UPTIMES =
      new TreeMap<>(Map.of("24h", Duration.ofDays(1), "30d", Duration.ofDays(30)));

  private static final Duration FULL_FOR = Duration.ofMinutes(1);

  private final ServiceStore services;
  private final ServiceChanges changes;
  private final ServiceReader reader;
  private final ServiceReader ofAccounts;
  private final EventStore events;
  private final TickStore ticks;
  private final HourStore hours;
  private final LatencyStore latencies;
  private final PathStore paths;
  private final UptimeStore uptimes;
  private final Clock clock;

  /// @param reader reads the definitions in bodies
  /// @param ofAccounts reads those of accounts
  public MonitorRoutes(Stores stores, ServiceReader reader, ServiceReader ofAccounts, Clock clock) {
    this.services = stores.services();
    this.changes = stores.changes();
    this.events = stores.events();
    this.ticks = stores.ticks();
    this.hours = stores.hours();
    this.latencies = stores.latencies();
    this.paths = stores.paths();
    this.uptimes = stores.uptimes();
    this.reader = reader;
    this.ofAccounts = ofAccounts;
    this.clock = clock;
  }

  /// The stores that the routes read and write.
  public record Stores(
      ServiceStore services,
      ServiceChanges changes,
      EventStore events,
      TickStore ticks,
      HourStore hours,
      LatencyStore latencies,
      PathStore paths,
      UptimeStore uptimes) {}

  /// All routes of the API of services.
  public List<Route> routes() {
    return List.of(
        Route.get("/v1/_internal/health", Access.PUBLIC, _ -> Envelope.ok()),
        Route.list("/v1/services", Access.PUBLIC, this::list),
        Route.post("/v1/services", Access.USER, this::create),
        Route.get("/v1/services/{id}", Access.PUBLIC, this::show),
        Route.patch("/v1/services/{id}", Access.USER, this::change),
        Route.delete("/v1/services/{id}", Access.USER, this::delete),
        Route.list("/v1/services/{id}/events", Access.PUBLIC, this::events),
        Route.list("/v1/services/{id}/ticks", Access.PUBLIC, this::ticks),
        Route.list("/v1/services/{id}/latency", Access.PUBLIC, this::latency),
        Route.list("/v1/services/{id}/paths", Access.USER, this::paths));
  }

  private Answer list(Request request) {
    Scope scope = request.scope();
    Listing listing = Listing.of(request, MOST_ROWS);
    return listing.answer(
        "services",
        services.list(scope, slice(listing)),
        MonitorJson::status,
        () -> services.count(scope));
  }

  private Answer events(Request request) {
    Scope scope = request.scope();
    long id = existing(request);
    Listing listing = Listing.of(request, MOST_ROWS);
    return listing.answer(
        "events",
        events.of(scope, id, slice(listing)),
        MonitorJson::event,
        () -> events.count(scope, id));
  }

  private Answer ticks(Request request) {
    Scope scope = request.scope();
    long id = known(request);
    Span span = span(request, USUAL_SPAN);
    Instant from = span.from();
    Instant to = span.to();
    Optional<Duration> step = request.query("step").map(MonitorRoutes::step);
    Listing listing = Listing.of(request, MOST_TICKS);
    if (step.isPresent()) {
      Duration each = step.get();
      return listing.answer(
          "ticks",
          hours.sums(scope, id, from, to, each, slice(listing)),
          MonitorJson::sum,
          () -> hours.count(scope, id, from, to, each));
    }
    return listing.answer(
        "ticks",
        ticks.between(scope, id, from, to, slice(listing)),
        MonitorJson::tick,
        () -> ticks.count(scope, id, from, to));
  }

  private Answer latency(Request request) {
    long id = known(request);
    Span span = span(request, USUAL_SPAN_OF_LATENCY);
    Duration step = request.query("step").map(MonitorRoutes::step).orElse(USUAL_STEP_OF_LATENCY);
    long steps = Duration.between(span.from(), span.to()).dividedBy(step);
    if (steps > MOST_STEPS) {
      throw Refusal.badRequest(
          "parameter 'step' makes %d steps from 'from' to 'to', more than %d: give a longer one"
              .formatted(steps, MOST_STEPS));
    }
    List<LatencyPeriod> periods =
        latencies
            .between(request.scope(), id, span.from(), span.to(), step)
            .orElseThrow(
                () ->
                    Refusal.badRequest(
                        "service %d has more than %d ticks from 'from' to 'to': ask for a shorter time"
                            .formatted(id, LatencyStore.MOST_TICKS)));
    return Envelope.ok(
        json -> {
          json.writeStartObject().writeName("latency").writeStartObject();
          json.writeName("data").writeStartArray();
          periods.forEach(period -> MonitorJson.latency(json, period));
          json.writeEndArray().writeEndObject().writeEndObject();
        });
  }

  private Answer paths(Request request) {
    Scope scope = request.scope();
    long id = known(request);
    Listing listing = Listing.of(request, MOST_ROWS);
    return listing.answer(
        "paths",
        paths.list(scope, id, slice(listing)),
        MonitorJson::path,
        () -> paths.count(scope, id));
  }

  private record Span(Instant from, Instant to) {}

  /// The time from `from` to `to` of the query.
  ///
  /// @param usual its length if there is no `from`
  private Span span(Request request, Duration usual) {
    Instant to = instant(request, "to").orElseGet(() -> clock.wall().plusMillis(1));
    Instant from = instant(request, "from").orElseGet(() -> to.minus(usual));
    if (!from.isBefore(to)) {
      throw Refusal.badRequest("parameter 'from' is not before 'to'");
    }
    return new Span(from, to);
  }

  private Answer show(Request request) {
    return shown(request, 200, existing(request), Optional.empty());
  }

  private Answer create(Request request) {
    ServiceDefinition definition = read(request, request.json());
    return switch (changes.create(request.scope(), definition)) {
      case ServiceChanges.Done.Service(long id) ->
          shown(request, 201, id, SchemeHint.of(definition)).naming(id);
      case ServiceChanges.Done.NameTaken _ -> throw taken(definition);
      case ServiceChanges.Done.InCircle(Circle circle) -> throw inCircle(circle);
      case ServiceChanges.Done.Full _ -> throw full();
      case ServiceChanges.Done.TooMany(int most) -> throw tooMany(most);
    };
  }

  static Unavailable full() {
    return new Unavailable(
        "this server has no room for more services of accounts (accounts.services-of-all)",
        FULL_FOR);
  }

  static Refusal tooMany(int most) {
    return Refusal.of(409, "this account has " + most + " services: delete one first");
  }

  static Refusal inCircle(Circle circle) {
    return Refusal.badRequest("depends-on: " + circle.mistake());
  }

  /// Given fields replace the previous ones; fields that are null get their default.
  private Answer change(Request request) {
    long id = ofTheApi(request);
    JsonNode given = request.json();
    if (!(given instanceof ObjectNode fields)) {
      throw Refusal.badRequest("the body is no object: write {\"key\": value}");
    }
    ObjectNode merged = services.definition(request.scope(), id).orElseThrow(() -> unknown(id));
    fields.properties().forEach(field -> merged.set(field.getKey(), field.getValue()));
    ServiceDefinition definition = read(request, merged);
    return switch (changes.replace(id, definition)) {
      case ServiceChanges.Done.Service _ -> shown(request, 200, id, SchemeHint.of(definition));
      case ServiceChanges.Done.NameTaken _ -> throw taken(definition);
      case ServiceChanges.Done.InCircle(Circle circle) -> throw inCircle(circle);
      case ServiceChanges.Done.Full _ -> throw full();
      case ServiceChanges.Done.TooMany(int most) -> throw tooMany(most);
    };
  }

  private Answer delete(Request request) {
    changes.delete(ofTheApi(request));
    return Envelope.ok();
  }

  /// The service as in the list, with its whole definition without secrets.
  ///
  /// @param hint a better URL for the check, after a change
  private Answer shown(Request request, int status, long id, Optional<String> hint) {
    ServiceStatus shown = services.find(request.scope(), id).orElseThrow(() -> unknown(id));
    Caller caller = request.caller();
    boolean mayChange =
        caller.isOperator() || caller instanceof Caller.User || caller instanceof Caller.Team;
    ObjectNode definition =
        services
            .definition(request.scope(), id)
            .map(ReferencedSecrets::hidden)
            .orElseThrow(() -> unknown(id));
    AlertKeys keys = AlertKeys.stored(definition);
    Map<String, Uptime> uptime = new LinkedHashMap<>();
    UPTIMES.forEach(
        (name, span) -> uptime.put(name, uptimes.of(shown.service(), keys, span, clock.wall())));
    Optional<Instant> certificate = services.certificateEnds(request.scope(), id);
    return Envelope.of(
        status,
        json -> {
          json.writeStartObject().writeName("service").writeStartObject().writeName("data");
          MonitorJson.whole(json, shown, uptime, definition, certificate, mayChange, hint);
          json.writeEndObject().writeEndObject();
        });
  }

  private long existing(Request request) {
    long id = request.pathNumber("id");
    if (!services.exists(request.scope(), id)) {
      throw unknown(id);
    }
    return id;
  }

  /// The same for what may be a few seconds old.
  private long known(Request request) {
    long id = request.pathNumber("id");
    if (!services.existed(request.scope(), id)) {
      throw unknown(id);
    }
    return id;
  }

  private long ofTheApi(Request request) {
    long id = request.pathNumber("id");
    Service service = services.find(request.scope(), id).orElseThrow(() -> unknown(id)).service();
    return switch (service.origin()) {
      case API -> id;
      case FILE ->
          throw Refusal.of(
              409, "service " + id + " is defined in the configuration file: change it there");
      case DERIVED ->
          throw Refusal.of(
              409,
              "service "
                  + id
                  + " comes from the /_health at "
                  + PublicDefinition.url(service.url())
                  + ": it is removed when the report no longer names it");
    };
  }

  private ServiceDefinition read(Request request, JsonNode body) {
    Mistakes mistakes = new Mistakes();
    ServiceReader reading = request.scope().owner() == Scope.OPERATOR ? reader : ofAccounts;
    return reading.one(body, "", mistakes).orElseThrow(() -> Refusal.badRequest(mistakes.lines()));
  }

  private static Refusal unknown(long id) {
    return Refusal.notFound("there is no service " + id);
  }

  private static Refusal taken(ServiceDefinition definition) {
    return Refusal.of(409, "name: another service is called \"" + definition.name() + "\"");
  }

  private static Slice slice(Listing listing) {
    return Slice.ofPage(listing.page().number(), listing.page().limit());
  }

  private static Optional<Instant> instant(Request request, String name) {
    OptionalLong seconds = request.queryNumber(name);
    if (seconds.isPresent() && seconds.getAsLong() > LAST_SECOND) {
      throw Refusal.badRequest("parameter '" + name + "' is no time: give Unix seconds");
    }
    return seconds.isPresent()
        ? Optional.of(Instant.ofEpochSecond(seconds.getAsLong()))
        : Optional.empty();
  }

  /// Seconds, or a duration such as `5m`.
  private static Duration step(String text) {
    try {
      Duration step = Durations.parse(text.matches("[0-9]+") ? text + "s" : text);
      if (step.compareTo(Duration.ofSeconds(1)) >= 0 && step.compareTo(LONGEST_STEP) <= 0) {
        return step;
      }
    } catch (IllegalArgumentException e) {
      // the exception below says it
    }
    throw Refusal.badRequest(
        "parameter 'step' is '" + text + "': give seconds or a duration such as 5m, 1s to 366d");
  }
}
