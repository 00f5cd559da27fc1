package dev.rollcall.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.jetty.http.DateGenerator;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/// One request and its answer on their way through the [Dispatcher].
final class Exchange {
  private static final System.Logger LOG = System.getLogger(Exchange.class.getName());
  private static final HttpField NO_SNIFF =
      new PreEncodedHttpField("X-Content-Type-Options", "nosniff");

  private static final HttpField GZIP =
      new PreEncodedHttpField(HttpHeader.CONTENT_ENCODING, "gzip");

  /// `Date`, written once a second.
  private record Today(long second, HttpField field) {
    static Today at(long second) {
      String text = DateGenerator.formatDate(Instant.ofEpochSecond(second));
      return new Today(second, new PreEncodedHttpField(HttpHeader.DATE, text));
    }
  }

  private static volatile Today today = Today.at(0);

  final Connection connection;
  final RequestHead head;
  final InetAddress client;
  private final RequestReader reader;
  private final AnswerWriter writer;

  RequestTimes.Series times;
  ErrorShape errors;
  RequestBody body;
  Optional<EventStream> stream = Optional.empty();
  int status = 200;
  RequestSlots.Slot slot = RequestSlots.Slot.NONE;
  private boolean whole = true;
  private boolean called;

  /// @param client who called, through whatever proxies
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

  /// The way to a route has been found.
  void leadsTo(RouteTable.Target target) {
    times = target.times();
    called = target.route().access() == Access.PING;
    body = new RequestBody(head, reader, writer, target.route().bodyLimit());
    connection.requestBegins(target.route().bodyLimit());
  }

  /// It could not be answered, for whatever reason of ours: it may have been the call of a job.
  void failed() {
    if (called) {
      connection.turnsAway();
    }
  }

  String remote() {
    return client.getHostAddress();
  }

  /// What the caller would like to be answered with, as its headers say.
  String accept() {
    return String.join(",", head.headers("Accept"));
  }

  boolean takesGzip() {
    return head.fields().contains(HttpHeader.ACCEPT_ENCODING)
        && Compressed.takesGzip(head.headers("Accept-Encoding"));
  }

  /// `GET /v1/services`: without the query.
  @Override
  public String toString() {
    return head.toString();
  }

  /// Sends an answer; `last` where the connection shall serve no other request after it.
  ///
  /// @throws ConnectionEnded when it could not be sent to its end
  void send(Answer answer, boolean last, EventStreams streams) {
    send(answer.encoded(takesGzip()), last, streams, body.skipRest());
  }

  private void send(Answer answer, boolean last, EventStreams streams, boolean bodyRead) {
    whole = bodyRead;
    connection.answerBegins();
    status = answer.status();
    boolean persistent = !last && whole && head.isPersistent();
    HttpFields.Mutable fields = fields(answer);
    if (stream.isPresent() && stream.get().compresses()) {
      fields.add(GZIP);
    }
    AnswerWriter.Head answered =
        new AnswerWriter.Head(status, fields, head.version(), head.isHead(), persistent);
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
      // the status has been sent: all that is left is to break off, so that the client notices
      LOG.log(Level.ERROR, "failed half way through the answer to " + this, e);
      throw new ConnectionEnded("the answer broke off");
    }
  }

  static HttpFields.Mutable fields(Answer answer) {
    HttpFields.Mutable fields = HttpFields.build(answer.headers().size() + 2);
    fields.add(date());
    fields.add(NO_SNIFF);
    for (HttpField field : answer.headers()) {
      fields.add(field);
    }
    return fields;
  }

  private static HttpField date() {
    long second = System.currentTimeMillis() / 1000;
    Today last = today;
    if (last.second() != second) {
      last = Today.at(second);
      today = last;
    }
    return last.field();
  }

  /// Makes the connection ready for its next request.
  ///
  /// @return false where there shall be none
  boolean end() {
    if (!whole) {
      connection.linger();
    }
    return !writer.wasLast();
  }

  private void sendStreamed(AnswerWriter.Head answered, Answer.Writer content) throws IOException {
    if (head.isHead()) {
      Count count = new Count();
      content.write(count);
      writer.sendHead(answered, count.bytes);
      return;
    }
    // not closed where writing fails: the end would look like a good one
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
    OutputStream out = writer.stream(answered);
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
