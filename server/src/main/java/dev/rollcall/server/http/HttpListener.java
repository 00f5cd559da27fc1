package dev.rollcall.server.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncoding;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.service.registry.GlobalServiceRegistry;
import io.helidon.service.registry.ServiceRegistryConfig;
import io.helidon.service.registry.ServiceRegistryManager;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/// One open port and the routes it answers. A program has several, each with routes of its own.
public final class HttpListener implements AutoCloseable {
  /// Helidon tells about itself at every start; held here, or the setting would be collected.
  private static final Logger HELIDON = Logger.getLogger("io.helidon");

  private static final System.Logger LOG = System.getLogger(HttpListener.class.getName());

  private static final Duration NEVER = Duration.ofDays(365);

  static {
    HELIDON.setLevel(Level.WARNING);
    // everything is given to Helidon by hand: searching the class path for more is half its
    // start-up
    GlobalServiceRegistry.registry(
        ServiceRegistryManager.create(
                ServiceRegistryConfig.builder()
                    .discoverServices(false)
                    .discoverServicesFromServiceLoader(false)
                    .build())
            .registry());
  }

  private final WebServer server;
  private final Dispatcher dispatcher;
  private final Connections connections;
  private final List<Route> routes;

  private HttpListener(
      WebServer server, Dispatcher dispatcher, Connections connections, List<Route> routes) {
    this.server = server;
    this.dispatcher = dispatcher;
    this.connections = connections;
    this.routes = routes;
  }

  /// Opens a port and answers on it from now on.
  ///
  /// @throws CannotListen where the port cannot be had; nothing stays open
  /// @throws IllegalArgumentException where two routes answer the same method and path
  public static HttpListener open(
      Listening listening, List<Route> routes, Management management, RequestTimes times) {
    RouteTable table = new RouteTable(routes, times);
    InetSocketAddress address = available(listening);
    Dispatcher dispatcher = new Dispatcher(table, listening, new Callers(management), times);
    Connections connections = new Connections(listening.limits().patience(), dispatcher);
    WebServer server = server(listening, address, connections);
    server.start();
    if (!server.isRunning()) {
      throw taken(listening);
    }
    connections.open();
    routes.forEach(
        route ->
            LOG.log(
                System.Logger.Level.DEBUG, "port {0,number,#} answers {1}", server.port(), route));
    return new HttpListener(server, dispatcher, connections, List.copyOf(routes));
  }

  /// Loads what a listener is made of, by making one that is never opened: a third of a program's
  /// start, for a thread of its own while other parts are read and opened.
  public static void load() {
    Listening nowhere = Listening.on("localhost", 0, "");
    RequestTimes times = new RequestTimes(new PrometheusRegistry());
    Callers nobody = new Callers(Management.fromThisMachine());
    Dispatcher dispatcher =
        new Dispatcher(new RouteTable(List.of(), times), nowhere, nobody, times);
    server(
        nowhere,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        new Connections(nowhere.limits().patience(), dispatcher));
  }

  private static WebServer server(
      Listening listening, InetSocketAddress address, Connections connections) {
    return WebServer.builder()
        .bindAddress(address)
        .shutdownHook(false)
        .featuresDiscoverServices(false)
        .protocolsDiscoverServices(false)
        .addConnectionSelector(connections)
        .maxTcpConnections(listening.limits().connections())
        .shutdownGracePeriod(listening.limits().patience().stop())
        // Connection watches idleness itself
        .idleConnectionTimeout(NEVER)
        .idleConnectionPeriod(NEVER)
        .mediaContext(MediaContext.builder().mediaSupportsDiscoverServices(false).build())
        .contentEncoding(
            ContentEncodingContext.builder()
                .contentEncodingsDiscoverServices(false)
                .addContentEncoding(new Untouched())
                .build())
        .directHandlers(directHandlers(listening.errors()))
        .build();
  }

  /// The port, also where a free one was asked for.
  public int port() {
    return server.port();
  }

  /// Every route, as it was given.
  public List<Route> routes() {
    return routes;
  }

  /// Accepts nothing more, ends event streams at once, waits for the requests under way (4 s, or
  /// what the limits say), and closes.
  @Override
  public void close() {
    dispatcher.close();
    server.stop();
    connections.close();
  }

  /// Helidon only logs that it cannot bind, so it is tried beforehand.
  private static InetSocketAddress available(Listening listening) {
    try (ServerSocketChannel trial = ServerSocketChannel.open()) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getByName(listening.host()), listening.port());
      trial.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      trial.bind(address);
      return address;
    } catch (UnknownHostException e) {
      throw new CannotListen(
          "host '" + listening.host() + "' is unknown: give a name or an address of this machine");
    } catch (BindException e) {
      throw String.valueOf(e.getMessage()).contains("in use")
          ? taken(listening)
          : new CannotListen(
              "cannot listen on "
                  + listening.host()
                  + " port "
                  + listening.port()
                  + " ("
                  + e.getMessage()
                  + "): the host has to be of this machine, and the port free to use; choose another with "
                  + listening.setting());
    } catch (IOException e) {
      throw new CannotListen(
          "cannot listen on "
              + listening.host()
              + " port "
              + listening.port()
              + " ("
              + e.getMessage()
              + "): choose another with "
              + listening.setting());
    }
  }

  private static CannotListen taken(Listening listening) {
    return new CannotListen(
        "port "
            + listening.port()
            + " is taken by another program: choose another with "
            + listening.setting());
  }

  /// What cannot even be read as a request is answered in the listener's shape as well.
  private static DirectHandlers directHandlers(ErrorShape shape) {
    DirectHandler inShape =
        (request, type, status, headers, message) -> {
          boolean theirs = status.code() < 500;
          String reason =
              status.code() == Status.HTTP_VERSION_NOT_SUPPORTED_505.code()
                  ? "HTTP/1.1 is spoken here, and no other version"
                  : theirs && message != null && !message.isBlank()
                      ? message
                      : status.reasonPhrase();
          return DirectHandler.TransportResponse.builder()
              .status(status)
              .header(HeaderNames.CONTENT_TYPE, "application/json")
              .header(HeaderNames.create("X-Content-Type-Options"), "nosniff")
              .entity(Json.bytes(json -> shape.write(json, status.code(), List.of(reason))))
              .keepAlive(false)
              .build();
        };
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(type, inShape);
    }
    return handlers.build();
  }

  /// Leaves bodies as they come: [RequestBody] decompresses them within the route's limit.
  private static final class Untouched implements ContentEncoding {
    @Override
    public Set<String> ids() {
      return Set.of("gzip", "identity");
    }

    @Override
    public boolean supportsEncoding() {
      return false;
    }

    @Override
    public boolean supportsDecoding() {
      return true;
    }

    @Override
    public ContentDecoder decoder() {
      return ContentDecoder.NO_OP;
    }

    @Override
    public ContentEncoder encoder() {
      return ContentEncoder.NO_OP;
    }

    @Override
    public String name() {
      return "untouched";
    }

    @Override
    public String type() {
      return "untouched";
    }
  }
}
