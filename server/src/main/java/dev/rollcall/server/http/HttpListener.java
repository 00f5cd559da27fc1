package dev.rollcall.server.http;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.http.HttpGenerator;
import org.eclipse.jetty.http.HttpParser;

/// One open port and the routes it answers. A program has several, each with routes of its own.
public final class HttpListener implements AutoCloseable {
  /// Jetty's parser warns of what strangers send; held here, or the setting would be collected.
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  private static final System.Logger LOG = System.getLogger(HttpListener.class.getName());

  private static final int BACKLOG = 1024;

  static {
    JETTY.setLevel(Level.OFF);
  }

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

  /// Opens a port and answers on it from now on.
  ///
  /// @throws CannotListen where the port cannot be had; nothing stays open
  /// @throws IllegalArgumentException where two routes answer the same method and path
  public static HttpListener open(
      Listening listening, List<Route> routes, Authenticators authenticators, RequestTimes times) {
    RouteTable table = new RouteTable(routes, times);
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

  /// Loads what requests are read and answered with, on a thread of its own while other parts of a
  /// program are opened.
  public static void load() {
    HttpParser.CACHE.size();
    HttpGenerator.CONTINUE_100_INFO.getStatus();
  }

  /// The port, also where a free one was asked for.
  public int port() {
    return server.getLocalPort();
  }

  /// How many calls of jobs, or connections over which one may have been on its way, were turned
  /// away so far as there was no place for them, or as this program failed.
  public long turnedAway() {
    return connections.turnedAway();
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
