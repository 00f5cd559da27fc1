package dev.rollcall.server.http;

import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Passes each request to its route, and sends the answer.
final class Dispatcher {
  private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());
  private static final System.Logger ACCESS = System.getLogger("dev.rollcall.access");

  /// Answers up to this size do not count against the memory: the connections need more.
  private static final int SMALL = 16 * 1024;

  private final RouteTable routes;
  private final Authenticators authenticators;
  private final ErrorShape errors;
  private final RequestTimes.Series strayTimes;
  private final EventStreams streams;
  private final RequestSlots slots;
  private final Proxies proxies;
  private final BasePath base;
  private final boolean accessLog;
  private final RepeatedWarning unavailable = new RepeatedWarning();
  private volatile boolean closing;

  Dispatcher(
      RouteTable routes, Listening listening, Authenticators authenticators, RequestTimes times) {
    this.routes = routes;
    this.authenticators = authenticators;
    this.errors = listening.errors();
    this.strayTimes = times.of("other", "none");
    this.streams = new EventStreams(listening.limits());
    this.slots = new RequestSlots(listening.limits());
    this.proxies = listening.proxies();
    this.base = listening.base();
    this.accessLog = listening.accessLog();
  }

  /// Answers one request.
  ///
  /// @return whether another may follow on the connection
  /// @throws ConnectionEnded if the answer could not be sent completely
  boolean serve(
      Connection connection, RequestHead asked, RequestReader reader, AnswerWriter writer) {
    long start = System.nanoTime();
    RequestHead head = base.restored(asked);
    connection.requestBegins(Route.DEFAULT_BODY);
    InetAddress client = proxies.client(connection.remote().getAddress(), head);
    Exchange exchange = new Exchange(connection, head, client, reader, writer, strayTimes, errors);
    try {
      Answer answer = answer(exchange);
      exchange.body.release();
      if (answer.body() instanceof Answer.Body.Events) {
        Request request = exchange.request.orElseThrow();
        exchange.stream =
            streams.open(exchange.remote(), exchange.takesGzip(), request::isStillOfCaller);
        exchange.slot.close();
        exchange.slot = RequestSlots.Slot.NONE;
        if (exchange.stream.isEmpty()) {
          answer =
              unavailable(
                  shape(exchange), "too many event streams are open", Duration.ofSeconds(10));
        }
      }
      send(exchange, answer);
    } finally {
      exchange.body.release();
      exchange.slot.close();
      long took = System.nanoTime() - start;
      if (exchange.stream.isPresent()) {
        streams.close(exchange.stream.get());
      } else {
        exchange.times.took(exchange.status, took);
      }
      if (accessLog) {
        log(exchange, took);
      }
    }
    return exchange.end();
  }

  /// Sends an answer if there is enough memory for it.
  private void send(Exchange exchange, Answer answer) {
    long bytes = answer.size();
    bytes = bytes > SMALL ? bytes : 0;
    try {
      MemoryBudget.OF_HEAP.take(bytes);
    } catch (Unavailable e) {
      logUnavailable(exchange, e);
      exchange.send(e.answer(shape(exchange)), closing, streams);
      return;
    }
    try {
      if (answer.body() instanceof Answer.Body.Streamed) {
        sendStreamed(exchange, answer);
      } else {
        exchange.send(answer, closing, streams);
      }
    } finally {
      MemoryBudget.OF_HEAP.giveBack(bytes);
    }
  }

  private void sendStreamed(Exchange exchange, Answer answer) {
    Optional<RequestSlots.Slot> place = slots.stream(exchange.client);
    if (place.isEmpty()) {
      Answer none =
          unavailable(shape(exchange), "too many long answers at once", Duration.ofSeconds(5));
      exchange.send(none, closing, streams);
      return;
    }
    try (RequestSlots.Slot _ = place.get()) {
      exchange.send(answer, closing, streams);
    }
  }

  /// Answers something that is no request. It is not logged, as anybody can send any amount of it.
  void refuse(MalformedRequest malformedRequest, AnswerWriter writer) {
    Answer answer = errors.answer(malformedRequest.status(), List.of(malformedRequest.reason()));
    writer.send(
        AnswerWriter.Head.ofLast(answer),
        answer.body() instanceof Answer.Body.Whole whole ? whole.bytes : new byte[0]);
  }

  private Answer answer(Exchange exchange) {
    try {
      String asked = exchange.head.method();
      if (exchange.head.path().equals("*")) {
        return Answer.empty(204).with("Allow", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
      }
      RouteTable.Found found = find(exchange.head.path());
      exchange.errors = found.endpoint().errors();
      if (asked.equals("OPTIONS")) {
        return Answer.empty(204).with("Allow", found.endpoint().allow());
      }
      Optional<RouteTable.Target> target = found.endpoint().target(asked);
      if (target.isEmpty() && !Method.isKnown(asked)) {
        return shape(exchange).answer(501, List.of("there is no method " + asked));
      }
      if (target.isEmpty()) {
        throw Refusal.of(405, asked + " is not possible here, only " + found.endpoint().allow())
            .with("Allow", found.endpoint().allow());
      }
      exchange.leadsTo(target.get());
      Route route = target.get().route();
      exchange.errors = route.errors();
      Request request =
          new Request(
              exchange.head,
              Method.named(asked).orElseThrow(),
              found,
              exchange.body,
              exchange.connection.remote().getAddress(),
              exchange.client,
              authenticators.of(route));
      exchange.request = Optional.of(request);
      admit(route.access(), request);
      exchange.body.checkDeclared();
      exchange.slot = slots.take(route, exchange.connection, exchange.client);
      try (RequestSlots.Slot _ = slots.turn(route, request)) {
        return route.handler().handle(request);
      }
    } catch (Refusal e) {
      return e.answer(shape(exchange));
    } catch (Unavailable e) {
      exchange.body.refuse();
      logUnavailable(exchange, e);
      return e.answer(shape(exchange));
    } catch (ConnectionEnded e) {
      throw e;
    } catch (InterruptedException e) {
      throw new ConnectionEnded("the listener is closing");
    } catch (Throwable e) {
      exchange.failed();
      String id = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
      LOG.log(Level.ERROR, "failed to answer " + exchange + " (id " + id + ")", e);
      return shape(exchange)
          .answer(500, List.of("an internal error; the log has details for id " + id));
    }
  }

  /// How an error is written: as JSON on paths of the API, elsewhere as a page for browsers.
  private ErrorShape shape(Exchange exchange) {
    boolean api = routes.isOfApi(exchange.head.path());
    return exchange.errors.asked(api ? "" : exchange.accept());
  }

  /// While the database is unavailable, every request is one.
  private void logUnavailable(Exchange exchange, Unavailable e) {
    unavailable
        .next()
        .ifPresent(
            others ->
                LOG.log(
                    Level.WARNING,
                    "answered "
                        + exchange
                        + " with 503"
                        + (others > 0
                            ? ", and " + others + " other requests since the last such line"
                            : "")
                        + ": "
                        + e.reason(),
                    e.getCause()));
  }

  private RouteTable.Found find(String raw) {
    return routes.find(raw).orElseThrow(() -> nothing(raw));
  }

  private Refusal nothing(String raw) {
    String reason = "there is nothing at " + raw;
    return Refusal.notFound(
        base.contains(raw) ? reason : reason + ": all paths begin with " + base.text());
  }

  /// @throws Refusal (401 or 403) if the caller may not call such a route
  private static void admit(Access access, Request request) {
    if (access == Access.PUBLIC) {
      return; // anyone may call it
    }
    switch (request.finding()) {
      case Authenticator.Finding.Known(Caller caller) -> {
        if (!access.admits(caller, request.method())) {
          throw Refusal.of(403, access.reasonAgainst(caller, request.method()));
        }
        refuseOtherSites(access, caller, request);
      }
      case Authenticator.Finding.Unknown(String reason) -> throw unauthorized(access, reason);
      case Authenticator.Finding.Doubtful(String reason) -> throw Refusal.of(403, reason);
      case Authenticator.Finding.Nothing() ->
          throw unauthorized(
              access,
              switch (access) {
                    case OPERATOR -> "the management token";
                    case ACCOUNT -> "a token of POST /login, or an API token,";
                    case PUBLIC, PING, SENDER, USER -> "the token";
                  }
                  + " is required: Authorization: Bearer <token>");
    }
  }

  /// Some calls of senders change something with GET. Browsers send the cookie of an account with
  /// each of them, also if a page of another site makes them.
  private static void refuseOtherSites(Access access, Caller caller, Request request) {
    boolean senders = access == Access.PING || access == Access.SENDER;
    if (senders && caller instanceof Caller.User && request.otherSite().isPresent()) {
      throw Refusal.of(403, "the request comes from a page of another site");
    }
  }

  private static Refusal unauthorized(Access access, String reason) {
    return access == Access.PING // what is missing is the key, not a token
        ? Refusal.of(401, reason)
        : Refusal.unauthorized(reason);
  }

  private static void log(Exchange exchange, long nanos) {
    // only the path: queries contain names and tokens
    ACCESS.log(
        Level.INFO,
        () ->
            exchange.remote()
                + " "
                + exchange
                + " "
                + exchange.status
                + " "
                + nanos / 1000
                + " us");
  }

  private static Answer unavailable(ErrorShape shape, String reason, Duration retryAfter) {
    return new Unavailable(reason, retryAfter).answer(shape);
  }

  /// Ends each connection after its next answer.
  void drain() {
    closing = true;
  }

  /// Ends all event streams, and each connection after the answer that it is waiting for.
  void close() {
    drain();
    streams.end();
  }
}
