package dev.rollcall.server.collector;

import dev.rollcall.server.address.Address;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Handler;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.Durations;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The health port of output_service, without its metrics.
final class CollectorHealth {
  private static final int DEFAULT = 100;
  private static final int MOST = 1000;

  private final String version;
  private final RotatingStore store;
  private final Supplier<CollectorStats> collected;
  private final Clock clock;
  private final Duration begun;

  CollectorHealth(
      String version, RotatingStore store, Supplier<CollectorStats> collected, Clock clock) {
    this.version = version;
    this.store = store;
    this.collected = collected;
    this.clock = clock;
    this.begun = clock.monotonic();
  }

  /// `GET /health` and `GET /ready`.
  List<Route> state() {
    return List.of(get("/health", this::health), get("/ready", this::ready));
  }

  /// `GET /stats` and `GET /recent`.
  List<Route> reading() {
    return List.of(get("/stats", this::stats), get("/recent", this::recent));
  }

  private static Route get(String path, Handler handler) {
    return Route.get(path, Access.PUBLIC, handler).withErrors(ErrorShape.PLAIN);
  }

  private Answer health(Request request) {
    boolean healthy = store.trouble().isEmpty();
    return Answer.json(
        200,
        json -> {
          json.writeStartObject()
              .writeStringProperty("status", healthy ? "healthy" : "unhealthy")
              .writeStringProperty("version", version)
              .writeStringProperty("uptime", Durations.ofGo(clock.monotonic().minus(begun)))
              .writeName("stats");
          CollectorJson.stats(json, collected.get());
          json.writeEndObject();
        });
  }

  private Answer ready(Request request) {
    Optional<String> trouble = store.trouble();
    return trouble.isPresent()
        ? ErrorShape.PLAIN.answer(503, List.of(trouble.get())).with("Retry-After", "1")
        : Answer.json(
            200,
            json ->
                json.writeStartObject().writeStringProperty("status", "ready").writeEndObject());
  }

  private Answer stats(Request request) {
    return Answer.json(200, json -> CollectorJson.stats(json, collected.get()));
  }

  private Answer recent(Request request) {
    int limit = request.query("limit").map(CollectorHealth::limit).orElse(DEFAULT);
    Optional<Address> ip = request.query("ip").map(CollectorHealth::address);
    List<RecentResults.Row> rows = new RecentResults(store).read(limit, ip);
    return Answer.json(200, json -> CollectorJson.recent(json, rows));
  }

  private static int limit(String text) {
    if (!text.matches("[+-]?\\d{1,1000}")) {
      throw Refusal.badRequest(
          "parameter 'limit' is '" + text + "': give a whole number, 1 to " + MOST);
    }
    BigInteger given = new BigInteger(text);
    return given.max(BigInteger.ONE).min(BigInteger.valueOf(MOST)).intValue();
  }

  private static Address address(String text) {
    return Address.parse(text)
        .orElseThrow(
            () ->
                Refusal.badRequest(
                    "parameter 'ip' is '" + text + "': give an IPv4 or IPv6 address"));
  }
}
