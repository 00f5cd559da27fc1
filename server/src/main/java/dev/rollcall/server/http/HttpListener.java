package dev.rollcall.server.http;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;

/// An open port and its routes. A program has several.
public final class HttpListener implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HttpListener.class.getName());

  private static final int BACKLOG = 1024;

  private final ServerSocket server;
  private final Dispatcher dispatcher;
  private final Connections connections;
  private final List<Route> routes;

  private HttpListener(
      ServerSocket server, Dispatcher dispatcher, Connections connections, List<Route> routes) {
    this.server = server;
    this.dispatcher = dispatcher;
    this.connections = connections;
    this.routes = routes;
  }

  /// Opens a port, and answers requests from now on.
  ///
  /// @throws CannotListen if the port cannot be opened; nothing stays open
  /// @throws IllegalArgumentException if two routes have the same method and path
  public static HttpListener open(
      Listening listening, List<Route> routes, Authenticators authenticators, RequestTimes times) {
    RouteTable table = new RouteTable(routes, listening.base(), times);
    Dispatcher dispatcher = new Dispatcher(table, listening, authenticators, times);
    ServerSocket server = bound(listening);
    Connections connections = new Connections(server, listening.limits(), dispatcher);
    connections.open();
    routes.forEach(
        route ->
            LOG.log(
                System.Logger.Level.DEBUG,
                "port {0,number,#} answers {1}",
                server.getLocalPort(),
                route));
    return new HttpListener(server, dispatcher, connections, List.copyOf(routes));
  }

  /// Loads the classes that read requests and write answers. Called on a separate thread while
  /// other parts of the program are opened.
  public static void load() {
    RequestReader.load();
    AnswerWriter.load();
  }

  /// The port, also if any free one was requested.
  public int port() {
    return server.getLocalPort();
  }

  /// How many pings, or connections that may have carried one, were rejected so far because there
  /// was no place for them, or because this program failed.
  public long turnedAway() {
    return connections.turnedAway();
  }

  /// All routes.
  public List<Route> routes() {
    return routes;
  }

  /// Answers as before, and ends each connection after its next answer, so that clients and load
  /// balancers make new ones, elsewhere if they can.
  public void drain() {
    dispatcher.drain();
  }

  /// Accepts no more connections, ends event streams at once, waits for requests under way (4 s, or
  /// as the limits say), and closes the port.
  @Override
  public void close() {
    dispatcher.close();
    connections.close();
  }

  private static ServerSocket bound(Listening listening) {
    try {
      return bound(
          new InetSocketAddress(InetAddress.getByName(listening.host()), listening.port()));
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
                  + "): the host must belong to this machine, and this user must be allowed to"
                  + " use the port; choose another with "
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

  private static ServerSocket bound(InetSocketAddress address) throws IOException {
    ServerSocket server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(address, BACKLOG);
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  private static CannotListen taken(Listening listening) {
    return new CannotListen(
        "port "
            + listening.port()
            + " is in use by another program: choose another with "
            + listening.setting());
  }
}
