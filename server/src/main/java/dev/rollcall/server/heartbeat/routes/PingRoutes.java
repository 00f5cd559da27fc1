package dev.rollcall.server.heartbeat.routes;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Ping;
import dev.rollcall.server.heartbeat.ping.JobOutput;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.heartbeat.ping.PingSignal;
import dev.rollcall.server.heartbeat.store.HeartbeatLog;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Handler;
import dev.rollcall.server.http.Method;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// The routes for pings, those of runs with a start and an end included.
public final class PingRoutes {
  private static final String PAUSED = "recorded, but paused: no next call is expected";
  private static final String WAITING = "recorded, and waits for the database";
  private static final int KEPT_OUTPUT = 10_000;
  private static final Duration FULL_AGAIN = Duration.ofMinutes(1);
  private static final Pattern EXIT_CODE = Pattern.compile("-?[1-9][0-9]{0,9}");
  private static final Set<Method> ANY = Set.of(Method.GET, Method.POST);
  private static final Set<Method> REMOVING = Set.of(Method.GET, Method.POST, Method.DELETE);

  private final Function<HeartbeatChange, PingOutcome> changes;
  private final HeartbeatLog log;
  private final Duration tolerance;
  private final Clock clock;

  /// @param changes applies a change, and returns after its commit
  /// @param tolerance how far the clock of a job may be ahead of the server's
  public PingRoutes(
      Function<HeartbeatChange, PingOutcome> changes,
      HeartbeatLog log,
      Duration tolerance,
      Clock clock) {
    this.changes = changes;
    this.log = log;
    this.tolerance = tolerance;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        route(ANY, "/ping", this::ping).believing(),
        route(REMOVING, "/ping/remove", this::removeNamed)
            .withoutHead(), // a HEAD request must not remove
        route(ANY, "/ping/{name}", request -> call(request, new PingSignal.Success())).believing(),
        route(Set.of(Method.DELETE), "/ping/{name}", request -> remove(request, path(request))),
        route(ANY, "/ping/{name}/{signal}", request -> call(request, signal(request))).believing());
  }

  private Route route(Set<Method> methods, String path, Handler handler) {
    return Route.of(methods, path, Access.PING, handler)
        .withBodyLimit(Route.ANY_BODY)
        .withErrors(PingErrors.SHAPE);
  }

  /// The ping of the contract: it always states when the next one is expected.
  private Answer ping(Request request) throws IOException {
    String name = PingParameters.name(request::query);
    Expectation expectation = PingParameters.requiredTerms(request::query);
    return call(request, name, new PingSignal.Success(), Optional.of(expectation));
  }

  /// A ping with the name in the path. If it states no terms, the last stated terms hold.
  private Answer call(Request request, PingSignal signal) throws IOException {
    return call(request, path(request), signal, PingParameters.terms(request::query));
  }

  private Answer call(Request request, String name, PingSignal signal, Optional<Expectation> terms)
      throws IOException {
    Optional<Instant> moment =
        PingParameters.timestamp(request::query, clock.wall().plus(tolerance));
    Optional<String> run = PingParameters.run(request::query);
    Output output = request.method() == Method.POST ? Output.of(request) : Output.NONE;
    HeartbeatChange.Said said =
        run.isEmpty() && output.output().isEmpty()
            ? HeartbeatChange.Said.NOTHING
            : new HeartbeatChange.Said(run, output.output());
    return switch (changes.apply(
        new Ping(new HeartbeatName(request.owner(), name), signal, terms, moment, said))) {
      case PingOutcome.Recorded(Instant next, boolean paused) ->
          recorded(Optional.of(next), paused ? PAUSED : "recorded", output.note());
      case PingOutcome.Waiting(Optional<Instant> next) -> recorded(next, WAITING, output.note());
      case PingOutcome.Stale(Instant last) -> stale(last);
      case PingOutcome.NoTerms _ -> throw PingParameters.noTerms();
      case PingOutcome.Full(long most) ->
          throw new Unavailable(
              "there are "
                  + most
                  + " heartbeats, which is the maximum (heartbeat.most): nothing was recorded",
              FULL_AGAIN);
      case PingOutcome.AccountFull(long most) ->
          throw Refusal.of(409, "this account has " + most + " heartbeats: remove one first");
      case PingOutcome.OwnerGone _ ->
          throw Refusal.of(401, "the account or team of this token is deleted");
      case PingOutcome.Unknown _ -> throw unknown();
      case PingOutcome.Changed _, PingOutcome.Declared _, PingOutcome.InCircle _ ->
          throw new IllegalStateException("a call is recorded or not");
    };
  }

  private Answer removeNamed(Request request) {
    if (request.method() == Method.DELETE && request.query("name").isEmpty()) {
      return remove(request, "remove"); // a job of that name
    }
    return remove(request, PingParameters.name(request::query));
  }

  private Answer remove(Request request, String name) {
    HeartbeatName key = new HeartbeatName(request.owner(), name);
    return switch (changes.apply(new HeartbeatChange.Removal(key))) {
      case PingOutcome.Changed _ -> {
        log.removed(key, request.client().getHostAddress());
        yield Answer.json(200, "{\"status\":\"ok\",\"message\":\"removed\"}".getBytes(US_ASCII));
      }
      case PingOutcome.Unknown _ -> throw unknown();
      case PingOutcome.Declared _ -> throw declared();
      case PingOutcome.Recorded _,
          PingOutcome.Waiting _,
          PingOutcome.Stale _,
          PingOutcome.NoTerms _,
          PingOutcome.Full _,
          PingOutcome.AccountFull _,
          PingOutcome.OwnerGone _,
          PingOutcome.InCircle _ ->
          throw new IllegalStateException("a removal is no call");
    };
  }

  static Refusal unknown() {
    return Refusal.notFound("there is no heartbeat of that name");
  }

  static Refusal declared() {
    return Refusal.of(409, "this heartbeat is declared in the configuration file: change it there");
  }

  private static Answer recorded(Optional<Instant> next, String message, String note) {
    // This is written for every ping, and nothing in it needs escaping.
    String expected = next.map(at -> ",\"next_ping_at\":" + at.getEpochSecond()).orElse("");
    String more = note.isEmpty() ? "" : ",\"output\":\"" + note + "\"";
    return Answer.json(
        200,
        ("{\"status\":\"ok\",\"message\":\"" + message + "\"" + expected + more + "}")
            .getBytes(US_ASCII));
  }

  private static Answer stale(Instant last) {
    return Answer.json(
        409,
        json ->
            json.writeStartObject()
                .writeStringProperty("status", "error")
                .writeStringProperty(
                    "message",
                    "parameter 'timestamp' is earlier than the last recorded heartbeat: "
                        + last.getEpochSecond())
                .writeStringProperty("parameter", "timestamp")
                .writeNumberProperty("last_ping_at", last.getEpochSecond())
                .writeEndObject());
  }

  private static String path(Request request) {
    return PingParameters.name(request.path("name"));
  }

  private static PingSignal signal(Request request) {
    String signal = request.path("signal");
    return switch (signal) {
      case "start" -> new PingSignal.Start();
      case "fail" -> new PingSignal.Failure(OptionalLong.empty());
      case "0" -> new PingSignal.Success();
      default -> {
        if (!EXIT_CODE.matcher(signal).matches() || !isExitCode(Long.parseLong(signal))) {
          throw Refusal.notFound(
              "there is nothing at this path: end it in start, fail or an exit code"
                  + " (0 to 255, or 32 bits)");
        }
        yield new PingSignal.Failure(OptionalLong.of(Long.parseLong(signal)));
      }
    };
  }

  /// Windows has exit codes of 32 bits, which are written with a sign or without.
  private static boolean isExitCode(long code) {
    return code >= Integer.MIN_VALUE && code <= 0xffff_ffffL;
  }

  /// The beginning of what a run printed.
  ///
  /// @param note what the answer says of it; may be empty
  private record Output(Optional<JobOutput> output, String note) {
    static final Output NONE = new Output(Optional.empty(), "");
    private static final String CUT = "cut to the first " + KEPT_OUTPUT + " bytes";
    private static final String UNREADABLE =
        "not kept: it does not have the coding that the headers state, or another than gzip";

    /// What cannot be read of a body does not matter: it is the request that is the call.

    static Output of(Request request) throws IOException {
      try {
        return of(request.bodyStream()); // the server reads the rest of it
      } catch (Refusal e) {
        return new Output(Optional.empty(), UNREADABLE);
      }
    }

    private static Output of(InputStream body) throws IOException {
      byte[] first = body.readNBytes(KEPT_OUTPUT);
      if (first.length == 0) {
        return NONE;
      }
      boolean cut = body.read() >= 0;
      return new Output(Optional.of(new JobOutput(first)), cut ? CUT : "");
    }
  }
}
