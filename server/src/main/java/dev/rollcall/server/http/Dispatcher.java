package dev.rollcall.server.http;

import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Leads a request to its route and the answer back; every request passes here once. It takes the
/// place of Helidon's own routing, which matches patterns anew for each request and answers in
/// text.
final class Dispatcher implements HttpRouting {
  private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());
  private static final System.Logger ACCESS = System.getLogger("dev.rollcall.access");
  private static final HttpSecurity UNUSED = HttpSecurity.create();
  private static final Duration TOLD_EVERY = Duration.ofSeconds(10);

  private final RouteTable routes;
  private final Callers callers;
  private final ErrorShape errors;
  private final RequestTimes.Series strayTimes;
  private final EventStreams streams;
  private final Semaphore places;
  private final boolean accessLog;
  private final AtomicLong told = new AtomicLong(System.nanoTime() - TOLD_EVERY.toNanos());
  private final AtomicLong untold = new AtomicLong();
  private volatile boolean closing;

  Dispatcher(RouteTable routes, Listening listening, Callers callers, RequestTimes times) {
    this.routes = routes;
    this.callers = callers;
    this.errors = listening.errors();
    this.strayTimes = times.of("other", "none");
    this.streams = new EventStreams(listening.limits());
    this.places = new Semaphore(listening.limits().requests());
    this.accessLog = listening.accessLog();
  }

  @Override
  public void route(ConnectionContext context, RoutingRequest request, RoutingResponse response) {
    long start = System.nanoTime();
    Connection connection = (Connection) context;
    connection.requestBegins(Route.DEFAULT_BODY);
    Exchange exchange = new Exchange(connection, request, response, strayTimes, errors);
    if (!places.tryAcquire()) {
      exchange.send(
          unavailable(shape(exchange), "too many requests at once", Duration.ofSeconds(1)),
          true,
          streams);
      exchange.end();
      return;
    }
    try {
      Answer answer = answer(exchange);
      if (answer.body() instanceof Answer.Body.Events) {
        exchange.stream = streams.open(exchange.remote(), exchange.takesGzip());
        if (exchange.stream.isPresent()) {
          places.release();
        } else {
          answer =
              unavailable(
                  shape(exchange), "too many event streams are open", Duration.ofSeconds(10));
        }
      }
      exchange.send(answer, closing, streams);
    } finally {
      long took = System.nanoTime() - start;
      if (exchange.stream.isPresent()) {
        streams.close(exchange.stream.get());
      } else {
        places.release();
        exchange.times.took(exchange.status.code(), took);
      }
      if (accessLog) {
        log(exchange, took);
      }
    }
    exchange.end();
  }

  private Answer answer(Exchange exchange) {
    try {
      RouteTable.Found found = find(exchange.request.prologue().uriPath().rawPath());
      exchange.errors = found.endpoint().errors();
      String asked = exchange.request.prologue().method().text();
      if (asked.equals("OPTIONS")) {
        return Answer.empty(204).with("Allow", found.endpoint().allow());
      }
      Optional<RouteTable.Target> target = found.endpoint().target(asked);
      if (target.isEmpty()) {
        throw Refusal.of(405, asked + " is not possible here, only " + found.endpoint().allow())
            .with("Allow", found.endpoint().allow());
      }
      exchange.leadsTo(target.get());
      Route route = target.get().route();
      exchange.errors = route.errors();
      Request request =
          new Request(exchange.request, Method.named(asked).orElseThrow(), found, exchange.body);
      admit(route, request);
      exchange.body.checkDeclared();
      return route.handler().handle(request);
    } catch (Refusal e) {
      return e.answer(shape(exchange));
    } catch (Unavailable e) {
      tell(exchange, e);
      return e.answer(shape(exchange));
    } catch (CloseConnectionException | RequestException e) {
      throw e;
    } catch (InterruptedException e) {
      throw new CloseConnectionException("the listener is closing", e);
    } catch (Throwable e) {
      String id = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
      LOG.log(Level.ERROR, "failed to answer " + exchange + " (id " + id + ")", e);
      return shape(exchange)
          .answer(500, List.of("an error inside the server; its log says more about id " + id));
    }
  }

  /// How an error is written: a browser sees a page where pages are, and JSON where the API is.
  private ErrorShape shape(Exchange exchange) {
    boolean api = routes.isOfApi(exchange.request.prologue().uriPath().rawPath());
    return exchange.errors.asked(api ? "" : exchange.accept());
  }

  /// One line in ten seconds, with how many it stands for: while the database is away, each request
  /// is one.
  private void tell(Exchange exchange, Unavailable e) {
    long now = System.nanoTime();
    long last = told.get();
    untold.incrementAndGet();
    if (now - last >= TOLD_EVERY.toNanos() && told.compareAndSet(last, now)) {
      long others = untold.getAndSet(0) - 1;
      LOG.log(
          Level.WARNING,
          () ->
              "answered "
                  + exchange
                  + " with 503"
                  + (others > 0 ? ", as " + others + " others since this was last told" : "")
                  + ": "
                  + e.reason(),
          e);
    }
  }

  private RouteTable.Found find(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) <= ' ' || raw.charAt(i) >= 127) {
        throw Refusal.badRequest("the path has a character that has to be percent-encoded");
      }
    }
    if (!raw.startsWith("/")) {
      throw Refusal.badRequest("the request target does not begin with /");
    }
    return routes.find(raw).orElseThrow(() -> Refusal.notFound("there is nothing at " + raw));
  }

  private void admit(Route route, Request request) {
    Caller caller =
        switch (route.access()) {
          case PUBLIC -> new Caller.Operator();
          case CALLER -> callers.caller(request);
          case WRITER -> callers.writer(request);
          case MANAGEMENT -> callers.of(request);
        };
    switch (caller) {
      case Caller.Operator() -> {}
      case Caller.Unknown(String reason) ->
          throw Refusal.of(401, reason).with("WWW-Authenticate", "Bearer realm=\"rollcall\"");
      case Caller.Doubtful(String reason) -> throw Refusal.of(403, reason);
    }
  }

  private static void log(Exchange exchange, long nanos) {
    // the path alone: names and tokens travel in queries
    ACCESS.log(
        Level.INFO,
        () ->
            exchange.remote()
                + " "
                + exchange
                + " "
                + exchange.status.code()
                + " "
                + nanos / 1000
                + " us");
  }

  private static Answer unavailable(ErrorShape shape, String reason, Duration retryAfter) {
    return new Unavailable(reason, retryAfter).answer(shape);
  }

  /// Ends every event stream, and every connection with the answer it is waiting for.
  void close() {
    closing = true;
    streams.end();
  }

  @Override
  public HttpSecurity security() {
    return UNUSED;
  }
}
