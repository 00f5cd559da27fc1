package dev.rollcall.server.http;

import io.helidon.common.Builder;
import io.helidon.common.buffers.BufferData;
import io.helidon.http.DirectHandler;
import io.helidon.http.Headers;
import io.helidon.http.HttpLogConfig;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The open connections of one listener: how they speak HTTP/1.1, and who closes those that are
/// overdue.
final class Connections implements ServerConnectionSelector, AutoCloseable {
  private static final int LONGEST_REQUEST_LINE = 8 * 1024;
  private static final int LARGEST_HEADER = 16 * 1024;
  private static final int MOST_HEADERS = 100;
  private static final long ROUND_MILLIS = 250;

  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Limits.Patience patience;
  private final Router router;
  private final Http1ConnectionSelector http1;

  Connections(Limits.Patience patience, HttpRouting routing) {
    this.patience = patience;
    this.router = Router.builder().addRouting(new Fixed(routing)).build();
    this.http1 =
        Http1ConnectionSelector.builder()
            .config(
                Http1Config.builder()
                    .maxPrologueLength(LONGEST_REQUEST_LINE)
                    .maxHeadersSize(LARGEST_HEADER)
                    .addReceiveListener(new HeaderCount())
                    .log(HttpLogConfig.builder().receiveLog(false).sendLog(false).build())
                    .sendKeepAliveHeader(false)
                    // path and query are checked where they are decoded, once
                    .validatePath(false)
                    .validatePrologue(false)
                    .build())
            .build();
  }

  /// Begins the watch.
  void open() {
    Thread.ofVirtual().name("http-deadlines").start(this::watch);
  }

  private void watch() {
    try {
      while (!closed.await(ROUND_MILLIS, TimeUnit.MILLISECONDS)) {
        long now = System.nanoTime();
        for (Connection connection : open) {
          if (connection.isOverdue(now)) {
            connection.cut();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Limits.Patience patience() {
    return patience;
  }

  Router router() {
    return router;
  }

  ServerConnection http(Connection connection) {
    return http1.connection(connection);
  }

  boolean add(Connection connection) {
    return closed.getCount() > 0 && open.add(connection);
  }

  void remove(Connection connection) {
    open.remove(connection);
  }

  /// Ends the watch, once every connection is closed.
  @Override
  public void close() {
    closed.countDown();
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http1.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http1.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http1.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    return new Connection(context, this);
  }

  private record Fixed(HttpRouting routing) implements Builder<Fixed, HttpRouting> {
    @Override
    public HttpRouting build() {
      return routing;
    }
  }

  private static final class HeaderCount implements Http1ConnectionListener {
    @Override
    public void headers(ConnectionContext context, Headers headers) {
      if (headers.size() > MOST_HEADERS) {
        throw RequestException.builder()
            .type(DirectHandler.EventType.BAD_REQUEST)
            .status(Status.create(431, "Request Header Fields Too Large"))
            .message("a request may have " + MOST_HEADERS + " headers")
            .build();
      }
    }
  }
}
