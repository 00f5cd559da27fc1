package dev.rollcall.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.Optional;

/// One request and its answer in the [Dispatcher].
final class Exchange {
  private static final System.Logger LOG = System.getLogger(Exchange.class.getName());

  final Connection connection;
  final RequestHead head;
  final InetAddress client;
  private final RequestReader reader;
  private final AnswerWriter writer;

  RequestTimes.Series times;
  ErrorShape errors;
  RequestBody body;
  Optional<Request> request = Optional.empty();
  Optional<EventStream> stream = Optional.empty();
  int status = 200;
  RequestSlots.Slot slot = RequestSlots.Slot.NONE;
  private boolean whole = true;
  private boolean restLater;
  private boolean called;

  /// @param client the address of the client, possibly reported by a proxy
  Exchange(
      Connection connection,
      RequestHead head,
      InetAddress client,
      RequestReader reader,
      AnswerWriter writer,
      RequestTimes.Series times,
      ErrorShape errors) {
    this.connection = connection;
    this.head = head;
    this.client = client;
    this.reader = reader;
    this.writer = writer;
    this.times = times;
    this.errors = errors;
    this.body = new RequestBody(head, reader, writer, Route.DEFAULT_BODY);
  }

  /// The route was found.
  void leadsTo(RouteTable.Target target) {
    times = target.times();
    called = target.route().access() == Access.PING;
    body = new RequestBody(head, reader, writer, target.route().bodyLimit());
    connection.requestBegins(target.route().bodyLimit());
  }

  /// The request could not be answered because of us. It may have been a ping.
  void failed() {
    if (called) {
      connection.turnsAway();
    }
  }

  String remote() {
    return client.getHostAddress();
  }

  /// All values of `Accept`.
  String accept() {
    return String.join(",", head.headers("Accept"));
  }

  boolean takesGzip() {
    return head.hasAcceptEncoding() && Compressed.takesGzip(head.headers("Accept-Encoding"));
  }

  /// `GET /v1/services`: without the query.
  @Override
  public String toString() {
    return head.toString();
  }

  /// Sends an answer.
  ///
  /// @param last whether the connection ends after it
  /// @throws ConnectionEnded if it could not be sent completely
  void send(Answer answer, boolean last, EventStreams streams) {
    restLater = body.canWait();
    send(answer.encoded(takesGzip()), last, streams, restLater || body.skipRest());
  }

  private void send(Answer answer, boolean last, EventStreams streams, boolean bodyRead) {
    whole = bodyRead;
    connection.answerBegins();
    status = answer.status();
    boolean persistent = !last && whole && head.isPersistent();
    boolean compresses = stream.map(EventStream::compresses).orElse(false);
    AnswerWriter.Head answered = AnswerWriter.Head.of(answer, head, compresses, persistent);
    try {
      switch (answer.body()) {
        case Answer.Body.Whole all -> writer.send(answered, all.bytes);
        case Answer.Body.Either(Compressed either) -> writer.send(answered, either.plain());
        case Answer.Body.Streamed(Answer.Writer content, long _) -> sendStreamed(answered, content);
        case Answer.Body.InPieces(ChunkedJson chunkedJson) -> sendPieces(answered, chunkedJson);
        case Answer.Body.Events events -> sendEvents(answered, events, streams);
      }
    } catch (ConnectionEnded e) {
      throw e;
    } catch (InterruptedException e) {
      throw new ConnectionEnded("the listener is closing");
    } catch (IOException | RuntimeException e) {
      // the status was sent already: the broken connection shows the client that the answer is
      // incomplete
      LOG.log(Level.ERROR, "failed half way through the answer to " + this, e);
      throw new ConnectionEnded("the answer broke off");
    }
  }

  /// Prepares the connection for its next request.
  ///
  /// @return false if there must be none
  boolean end() {
    if (restLater) {
      whole = !writer.wasLast() && body.skipRest();
    }
    if (!whole) {
      connection.linger();
    }
    return whole && !writer.wasLast();
  }

  private void sendStreamed(AnswerWriter.Head answered, Answer.Writer content) throws IOException {
    if (head.isHead()) {
      Count count = new Count();
      content.write(count);
      writer.sendHead(answered, count.bytes);
      return;
    }
    // not closed after a failure: the answer would look complete
    OutputStream out = writer.stream(answered);
    content.write(out);
    out.close();
  }

  private void sendPieces(AnswerWriter.Head answered, ChunkedJson chunkedJson)
      throws IOException, InterruptedException {
    if (head.isHead()) {
      writer.sendHead(answered, -1); // how long it is, is not known before it is made
      return;
    }
    OutputStream out = writer.stream(answered);
    while (chunkedJson.hasNext()) {
      out.write(chunkedJson.next());
      out.flush();
    }
    out.close();
  }

  private void sendEvents(
      AnswerWriter.Head answered, Answer.Body.Events events, EventStreams streams)
      throws IOException, InterruptedException {
    if (head.isHead()) {
      writer.sendHead(answered, -1);
      return;
    }
    EventStream opened = stream.orElseThrow();
    connection.streamBegins();
    reader.shrink();
    OutputStream out = writer.events(answered);
    streams.run(opened, events.opened(), out);
    out.close();
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
