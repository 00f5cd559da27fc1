package dev.rollcall.probes;

import dev.rollcall.probe.Phase;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.HttpMessageWriterFactory;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// One connection to an HTTP server, at first unconnected. It serves one exchange at a time, notes
/// when the first byte of the answer comes, and holds reading and writing to the attempt's
/// deadline.
final class HttpConnection extends ConnectionEndpoint {
  /// curl's bounds of a header: each line, its lines, all of it.
  private static final int LONGEST_LINE = 100 << 10;

  private static final int MOST_LINES = 5000;
  private static final int LONGEST_HEADER = 300 << 10;
  private static final int WEIGHT_OF_LINE = 128;

  /// The lines around a chunk are shorter together, and are not kept.
  private static final int LONGEST_CHUNK_LINE = 256;

  /// Small buffers, since thousands of answers are waited for at once.
  private static final Http1Config CONFIG =
      Http1Config.custom()
          .setBufferSize(2048)
          .setMaxLineLength(LONGEST_LINE)
          .setMaxHeaderCount(MOST_LINES)
          .build();

  private static final HttpMessageWriterFactory<ClassicHttpRequest> WRITERS =
      () -> RequestLines.create(CONFIG);
  private static final DefaultHttpResponseParserFactory PARSERS =
      new DefaultHttpResponseParserFactory(CONFIG, new AnswerLines(), null);
  private static final AnswerLength LENGTHS = new AnswerLength();

  private final Connections.Key key;
  private Exchange exchange;
  private Dialer.@Nullable Connection connection;
  private @Nullable Wire wire;
  private long idleUntil;
  private int header;
  private boolean chunked;

  HttpConnection(Connections.Key key, Exchange exchange) {
    this.key = key;
    this.exchange = exchange;
  }

  Connections.Key key() {
    return key;
  }

  /// Takes up `next` on this connection, which has served another before.
  void serve(Exchange next) {
    exchange = next;
    if (connection != null) {
      connection.socket().serve(next.progress());
      connection.certificateEnds().ifPresent(next.progress().attempt()::certificateEnds);
    }
    next.progress().at(key.target().toString());
    next.progress().connected();
    next.reuses();
  }

  void connected(Dialer.Connection made) throws IOException {
    connection = made;
    wire = new Wire();
    wire.bind(
        made.tls().isPresent()
            ? new Watched(made.tls().get(), made.socket())
            : new Watched(made.socket()));
  }

  /// Until when, on the clock of [System#nanoTime()], the connection may wait for its next use.
  long idleUntil() {
    return idleUntil;
  }

  void idleFor(Duration time) {
    idleUntil = System.nanoTime() + time.toNanos();
  }

  @Override
  public boolean isConnected() {
    return wire != null && wire.isOpen();
  }

  @Override
  public ClassicHttpResponse execute(
      String id, ClassicHttpRequest request, RequestExecutor executor, HttpContext context)
      throws IOException, HttpException {
    if (wire == null || connection == null) {
      throw new IOException("not connected");
    }
    exchange.progress().enter(Progress.Stage.SENDING);
    header = 0;
    chunked = false;
    if (!exchange.isWanted()) { // nothing that takes time may come between this and the bytes
      throw new IOException("not sent: it is no longer wanted");
    }
    return executor.execute(request, wire, context);
  }

  @Override
  @Deprecated
  public ClassicHttpResponse execute(
      String id, ClassicHttpRequest request, HttpRequestExecutor executor, HttpContext context) {
    throw new UnsupportedOperationException("HttpClient calls the method above since 5.4");
  }

  /// Nothing: the deadline of the attempt is the only timeout.
  @Override
  public void setSocketTimeout(Timeout timeout) {}

  @Override
  public void close(CloseMode mode) {
    close();
  }

  /// Ends the connection politely if nothing went wrong on it (HttpClient's connection has dropped
  /// and reset it by itself then).
  @Override
  public void close() {
    if (connection != null && isConnected()) {
      connection.tls().ifPresent(Dialer::closeQuietly);
    }
    if (connection != null) {
      Dialer.closeQuietly(connection.socket());
    }
    connection = null;
    wire = null;
  }

  /// Which bound `e` is about.
  static String bound(MessageConstraintException e) {
    String which = Failures.message(e);
    if (which.contains("line length")) {
      return "more than %,d bytes in one line".formatted(LONGEST_LINE);
    }
    return which.contains("header count")
        ? "more than %,d lines".formatted(MOST_LINES)
        : "more than %,d bytes".formatted(LONGEST_HEADER);
  }

  /// Notes that bytes of the answer have come.
  private void received(byte[] bytes, int offset, int count) throws IOException {
    Progress progress = exchange.progress();
    if (progress.stage() != Progress.Stage.BODY) {
      header += count;
      if (header > LONGEST_HEADER) {
        throw new MessageConstraintException("header");
      }
      exchange.memory().take(weight(bytes, offset, count));
    }
    if (progress.stage() == Progress.Stage.WAITING) {
      progress.took(Phase.FIRST_BYTE);
      progress.hear();
      progress.enter(Progress.Stage.HEADER);
    }
  }

  /// Lines behind the last chunk have the bounds of a header, and its weight.
  private void behindContent(int length, int together) throws IOException {
    if (together > LONGEST_HEADER) {
      throw new MessageConstraintException("header");
    }
    if (together > LONGEST_CHUNK_LINE) {
      exchange.memory().take(2L * length + WEIGHT_OF_LINE);
    }
  }

  /// What these bytes of a header take: each as a character, and something for each line.
  private static int weight(byte[] bytes, int offset, int count) {
    int weight = 2 * count;
    for (int i = offset; i < offset + count; i++) {
      if (bytes[i] == '\n') {
        weight += WEIGHT_OF_LINE;
      }
    }
    return weight;
  }

  private final class Wire extends DefaultBHttpClientConnection {
    Wire() {
      super(CONFIG, null, null, LENGTHS, null, WRITERS, PARSERS);
    }

    @Override
    protected void bind(SocketHolder holder) throws IOException {
      super.bind(holder);
    }

    /// Nothing: HttpClient asks for it with each request, at the price of four system calls, and
    /// only to have it at hand.
    @Override
    public @Nullable EndpointDetails getEndpointDetails() {
      return null;
    }

    @Override
    protected InputStream createContentInputStream(
        long length, SessionInputBuffer buffer, InputStream in) {
      chunked = length == ContentLengthStrategy.CHUNKED;
      return chunked
          ? new ChunkedInputStream(
              new ChunkLines(buffer, HttpConnection.this::behindContent), in, CONFIG)
          : super.createContentInputStream(length, buffer, in);
    }

    @Override
    public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
      if (exchange.progress().stage() == Progress.Stage.SENDING) {
        exchange.progress().enter(Progress.Stage.WAITING);
      }
      return super.receiveResponseHeader();
    }
  }

  private final class Watched extends SocketHolder {
    Watched(Socket socket) {
      super(socket);
    }

    Watched(SSLSocket tls, Socket socket) {
      super(tls, socket);
    }

    @Override
    protected InputStream getInputStream(Socket socket) throws IOException {
      return new FilterInputStream(super.getInputStream(socket)) {
        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          int count = super.read(bytes, offset, length);
          if (count > 0) {
            received(bytes, offset, count);
          } else if (count < 0 && chunked) {
            // HttpCore takes the end of the connection for the last line
            throw new TruncatedChunkException("the last chunk is missing or cut");
          }
          return count;
        }
      };
    }
  }
}
