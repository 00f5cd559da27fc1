package dev.rollcall.server.monitor.routes;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.AnyCase;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.definition.ServiceReader;
import dev.rollcall.server.monitor.store.Service;
import dev.rollcall.server.monitor.store.ServiceChanges;
import dev.rollcall.server.monitor.store.ServiceStatus;
import dev.rollcall.server.monitor.store.ServiceStore;
import dev.rollcall.server.monitor.store.Slice;
import dev.rollcall.server.monitor.store.Tick;
import dev.rollcall.server.monitor.store.TickStore;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Circle;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.Durations;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `/url`: the URLs of an account or a team, in the paths, keys and answers of HTTP monitoring. A
/// URL is a service of theirs; its name is its text.
public final class UrlRoutes {
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_URL = 4_000;
  private static final int MOST_ROWS = 10_000;
  private static final int MOST_MINUTES = 100;
  private static final Duration SHORTEST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(MOST_MINUTES);

  /// Stands for no answer in time.
  private static final int NO_ANSWER = 408;

  private final ServiceStore services;
  private final ServiceChanges changes;
  private final ServiceReader reader;
  private final TickStore ticks;
  private final Duration statuses;
  private final Clock clock;

  /// @param reader reads services of accounts
  /// @param statuses how long statuses are shown
  public UrlRoutes(
      ServiceStore services,
      ServiceChanges changes,
      ServiceReader reader,
      TickStore ticks,
      Duration statuses,
      Clock clock) {
    this.services = services;
    this.changes = changes;
    this.reader = reader;
    this.ticks = ticks;
    this.statuses = statuses;
    this.clock = clock;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.post("/url", Access.ACCOUNT, this::create),
        Route.list("/url", Access.ACCOUNT, this::list),
        Route.get("/url/{id}", Access.ACCOUNT, this::show),
        Route.patch("/url/{id}", Access.ACCOUNT, this::change),
        Route.delete("/url/{id}", Access.ACCOUNT, this::delete),
        Route.list("/url/{id}/statuses", Access.ACCOUNT, this::statuses));
  }

  /// 201 with `{"ID","UserID","URL","Period"}`.
  private Answer create(Request request) {
    Scope scope = own(request);
    AnyCase body = AnyCase.of(request.json());
    String url = url(body.required("URL"));
    Duration period = body.value("Period").map(UrlRoutes::period).orElse(Duration.ofMinutes(1));
    ObjectNode definition = JsonNodeFactory.instance.objectNode();
    definition.put("url", url).put("interval", Durations.text(period));
    long id = created(scope, definition, url);
    return Answer.json(201, json -> write(json, scope, id, url, period)).naming(id);
  }

  /// The same URL may be there twice; names differ. A query is no part of the name, because names
  /// are in the log.
  private long created(Scope scope, ObjectNode definition, String url) {
    String bare = bare(url);
    String name = bare.substring(0, Math.min(bare.length(), LONGEST_NAME));
    for (int i = 0; i < 3; i++) {
      definition.put("name", name);
      switch (changes.create(scope, read(definition))) {
        case ServiceChanges.Done.Service(long id) -> {
          return id;
        }
        case ServiceChanges.Done.Full _ -> throw MonitorRoutes.full();
        case ServiceChanges.Done.TooMany(int most) -> throw MonitorRoutes.tooMany(most);
        case ServiceChanges.Done.InCircle(Circle circle) -> throw MonitorRoutes.inCircle(circle);
        case ServiceChanges.Done.NameTaken _ -> {
          String more = " #" + Long.toHexString(ThreadLocalRandom.current().nextLong() | 1L << 62);
          name = bare.substring(0, Math.min(bare.length(), LONGEST_NAME - more.length())) + more;
        }
      }
    }
    throw Refusal.of(409, "URL: is there already, with this name");
  }

  private static String bare(String url) {
    return url.replaceFirst("[?#].*", "");
  }

  private Answer list(Request request) {
    Scope scope = own(request);
    List<ServiceStatus> all = services.list(scope, new Slice(MOST_ROWS, 0));
    return Answer.json(
        200,
        json -> {
          json.writeStartArray();
          all.stream()
              .map(ServiceStatus::service)
              .filter(UrlRoutes::isUrl)
              .forEach(service -> write(json, scope, service));
          json.writeEndArray();
        });
  }

  private Answer show(Request request) {
    Scope scope = own(request);
    Service service = existing(request, scope);
    return Answer.json(200, json -> write(json, scope, service));
  }

  /// Keys that are given replace the previous values.
  private Answer change(Request request) {
    Scope scope = own(request);
    Service service = existing(request, scope);
    AnyCase body = AnyCase.of(request.json());
    ObjectNode definition =
        services.definition(scope, service.id()).orElseThrow(() -> unknown(request));
    Optional<String> url = body.text("URL").map(UrlRoutes::url);
    url.ifPresent(
        text -> {
          definition.put("url", text);
          if (service.name().startsWith(bare(service.url()))) {
            definition.put("name", service.name().replace(bare(service.url()), bare(text)));
          }
        });
    body.value("Period")
        .map(UrlRoutes::period)
        .ifPresent(period -> definition.put("interval", Durations.text(period)));
    switch (changes.replace(service.id(), read(definition))) {
      case ServiceChanges.Done.Service _ -> {}
      case ServiceChanges.Done.NameTaken _ ->
          throw Refusal.of(409, "URL: another service of this account has its name");
      case ServiceChanges.Done.Full _ -> throw MonitorRoutes.full();
      case ServiceChanges.Done.TooMany(int most) -> throw MonitorRoutes.tooMany(most);
      case ServiceChanges.Done.InCircle(Circle circle) -> throw MonitorRoutes.inCircle(circle);
    }
    Service changed = existing(request, scope);
    return Answer.json(200, json -> write(json, scope, changed));
  }

  private Answer delete(Request request) {
    changes.delete(existing(request, own(request)).id());
    return Envelope.ok();
  }

  /// `[{"Time": Unix seconds, "StatusCode"}]`, oldest first. What this server could not see itself
  /// has no row.
  private Answer statuses(Request request) {
    Scope scope = own(request);
    Service service = existing(request, scope);
    Instant now = clock.wall();
    Instant oldest = now.minus(statuses);
    Instant to = time(request, "to").orElseGet(() -> now.plusMillis(1));
    Instant from = time(request, "from").filter(oldest::isBefore).orElse(oldest);
    List<Tick> found =
        ticks.between(scope, service.id(), from, to, new Slice(MOST_ROWS, 0)).stream()
            .filter(tick -> tick.state() != State.UNKNOWN)
            .toList();
    return Answer.json(
        200,
        json -> {
          json.writeStartArray();
          found.forEach(
              tick ->
                  json.writeStartObject()
                      .writeNumberProperty("Time", tick.at().getEpochSecond())
                      .writeNumberProperty("StatusCode", tick.status().orElse(NO_ANSWER))
                      .writeEndObject());
          json.writeEndArray();
        });
  }

  private static Optional<Instant> time(Request request, String name) {
    OptionalLong seconds = request.queryNumber(name);
    return seconds.isPresent()
        ? Optional.of(Instant.ofEpochSecond(Math.min(seconds.getAsLong(), 1L << 36)))
        : Optional.empty();
  }

  /// Those of the account, or of the team for which the request acts. The URLs of an operator's
  /// account are those of the account too, not all there are.
  private static Scope own(Request request) {
    if (request.caller() instanceof Caller.User user) {
      return Scope.of(user.team().map(Caller.Membership::team).orElse(user.account()));
    }
    throw Refusal.of(403, "this needs an account");
  }

  private Service existing(Request request, Scope scope) {
    return services
        .find(scope, request.pathNumber("id"))
        .map(ServiceStatus::service)
        .filter(UrlRoutes::isUrl)
        .orElseThrow(() -> unknown(request));
  }

  private static Refusal unknown(Request request) {
    return Refusal.notFound("there is no URL " + request.path("id"));
  }

  private static boolean isUrl(Service service) {
    return service.origin() == Service.Origin.API
        && (service.url().startsWith("http://") || service.url().startsWith("https://"));
  }

  private ServiceDefinition read(ObjectNode definition) {
    Mistakes mistakes = new Mistakes();
    return reader
        .one(definition, "", mistakes)
        .orElseThrow(() -> Refusal.badRequest(mistakes.lines()));
  }

  private static String url(String text) {
    String url = text.strip();
    try {
      URI uri = new URI(url);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
        throw Refusal.badRequest(
            "URL: contains a user or password: POST /v1/services has keys for them");
      }
      if (uri.getRawAuthority() != null
          && (scheme.equals("http") || scheme.equals("https"))
          && url.length() <= LONGEST_URL) {
        return scheme + url.substring(scheme.length());
      }
    } catch (URISyntaxException e) {
      // the exception below says it
    }
    throw Refusal.badRequest("URL: is no absolute URL of http or https");
  }

  /// Whole minutes, or a duration such as `30s`.
  private static Duration period(JsonNode value) {
    if (value.isIntegralNumber() && value.canConvertToInt()) {
      int minutes = value.asInt();
      if (minutes >= 1 && minutes <= MOST_MINUTES) {
        return Duration.ofMinutes(minutes);
      }
    } else if (value.isString()) {
      try {
        Duration period = Durations.parse(value.stringValue());
        if (period.compareTo(SHORTEST) >= 0 && period.compareTo(LONGEST) <= 0) {
          return period;
        }
      } catch (IllegalArgumentException e) {
        // the exception below says it
      }
    }
    throw Refusal.badRequest(
        "Period: give minutes from 1 to 100, or a text from \"10s\" to \"100m\"");
  }

  private void write(JsonGenerator json, Scope scope, Service service) {
    Duration period =
        services
            .definition(scope, service.id())
            .map(definition -> Durations.parse(definition.path("interval").asString("1m")))
            .orElse(Duration.ofMinutes(1));
    write(json, scope, service.id(), service.url(), period);
  }

  private static void write(JsonGenerator json, Scope scope, long id, String url, Duration period) {
    json.writeStartObject()
        .writeNumberProperty("ID", id)
        .writeNumberProperty("UserID", scope.owner())
        .writeStringProperty("URL", url)
        .writeName("Period");
    if (period.toSeconds() % 60 == 0) {
      json.writeNumber(period.toMinutes());
    } else {
      json.writeString(Durations.text(period));
    }
    json.writeEndObject();
  }
}
