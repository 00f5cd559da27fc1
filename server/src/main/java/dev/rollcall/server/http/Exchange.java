package dev.rollcall.server.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.util.Optional;

/// One request and its answer on their way through the [Dispatcher].
final class Exchange {
  private static final System.Logger LOG = System.getLogger(Exchange.class.getName());
  private static final Header NO_SNIFF =
      HeaderValues.createCached("X-Content-Type-Options", "nosniff");

  private static final Header GZIP =
      HeaderValues.createCached(HeaderNames.CONTENT_ENCODING, "gzip");

  final Connection connection;
  final RoutingRequest request;
  private final RoutingResponse response;

  RequestTimes.Series times;
  ErrorShape errors;
  RequestBody body;
  Optional<EventStream> stream = Optional.empty();
  Status status = Status.OK_200;
  private boolean whole = true;

  Exchange(
      Connection connection,
      RoutingRequest request,
      RoutingResponse response,
      RequestTimes.Series times,
      ErrorShape errors) {
    this.connection = connection;
    this.request = request;
    this.response = response;
    this.times = times;
    this.errors = errors;
    this.body = new RequestBody(request, Route.DEFAULT_BODY);
  }

  /// The way to a route has been found.
  void leadsTo(RouteTable.Target target) {
    times = target.times();
    body = new RequestBody(request, target.route().bodyLimit());
    connection.requestBegins(target.route().bodyLimit());
  }

  String remote() {
    return request.remotePeer().host();
  }

  /// What the caller would like to be answered with, as its headers say.
  String accept() {
    return request.headers().contains(HeaderNames.ACCEPT)
        ? String.join(",", request.headers().get(HeaderNames.ACCEPT).allValues())
        : "";
  }

  /// `GET /v1/services`: without the query.
  @Override
  public String toString() {
    return request.prologue().method().text() + " " + request.prologue().uriPath().rawPath();
  }

  boolean takesGzip() {
    return request.headers().contains(HeaderNames.ACCEPT_ENCODING)
        && Compressed.takesGzip(request.headers().get(HeaderNames.ACCEPT_ENCODING).allValues());
  }

  private boolean isHead() {
    return request.prologue().method().equals(io.helidon.http.Method.HEAD);
  }

  /// Sends an answer; `last` where the connection shall serve no other request after it.
  ///
  /// @throws CloseConnectionException when it could not be sent to its end
  void send(Answer answer, boolean last, EventStreams streams) {
    send(answer.encoded(takesGzip()), last, streams, body.skipRest());
  }

  private void send(Answer answer, boolean last, EventStreams streams, boolean bodyRead) {
    whole = bodyRead;
    status = answer.status();
    response.status(status);
    response.header(NO_SNIFF);
    for (Header header : answer.headers()) {
      response.header(header);
    }
    if (stream.isPresent() && stream.get().compresses()) {
      response.header(GZIP);
    }
    if (last || !whole) {
      response.header(HeaderValues.CONNECTION_CLOSE);
    }
    try {
      switch (answer.body()) {
        case Answer.Body.Whole all -> sendWhole(all.bytes.length, all.bytes);
        case Answer.Body.Either(Compressed either) ->
            sendWhole(either.plain().length, either.plain());
        case Answer.Body.Streamed(Answer.Writer writer) -> sendStreamed(writer);
        case Answer.Body.Events events -> sendEvents(events, streams);
      }
    } catch (CloseConnectionException e) {
      throw e;
    } catch (InterruptedException e) {
      throw new CloseConnectionException("the listener is closing", e);
    } catch (IOException | RuntimeException e) {
      // the status has been sent: all that is left is to break off, so that the client notices
      LOG.log(Level.ERROR, "failed half way through the answer to " + this, e);
      throw new CloseConnectionException("the answer broke off", e);
    }
  }

  /// Makes the connection ready for its next request.
  ///
  /// @throws CloseConnectionException where there shall be none
  void end() {
    if (!whole) {
      connection.linger();
    }
    if (response.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
      throw new CloseConnectionException("that was the last answer");
    }
    connection.requestEnds();
  }

  private void sendWhole(long length, byte[] bytes) {
    if (isHead()) {
      response.headers().contentLength(length);
      response.send();
    } else {
      response.send(bytes);
    }
  }

  private void sendStreamed(Answer.Writer writer) throws IOException {
    if (isHead()) {
      Count count = new Count();
      writer.write(count);
      sendWhole(count.bytes, new byte[0]);
      return;
    }
    try (OutputStream out = response.outputStream()) {
      writer.write(out);
    }
    response.commit();
  }

  private void sendEvents(Answer.Body.Events events, EventStreams streams)
      throws IOException, InterruptedException {
    if (isHead()) {
      sendWhole(0, new byte[0]);
      return;
    }
    EventStream opened = stream.orElseThrow();
    connection.streamBegins();
    try (OutputStream out = response.outputStream()) {
      streams.run(opened, events.opened(), out);
    }
    response.commit();
  }

  private static final class Count extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] b, int offset, int length) {
      bytes += length;
    }
  }
}
