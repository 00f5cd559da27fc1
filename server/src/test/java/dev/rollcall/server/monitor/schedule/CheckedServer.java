package dev.rollcall.server.monitor.schedule;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server that is checked. It counts what it was asked, and what it said.
final class CheckedServer implements AutoCloseable {
  /// The statuses that it answered, in order.
  final List<Integer> answered = new CopyOnWriteArrayList<>();

  /// The paths that it was asked for.
  final Set<String> asked = ConcurrentHashMap.newKeySet();

  /// The paths that answer with 500 whatever [#answer] says.
  final Set<String> down = ConcurrentHashMap.newKeySet();

  /// The status of its answers.
  volatile int answer = 200;

  /// Runs before it answers.
  volatile Runnable answering = () -> {};

  private final HttpServer server;

  CheckedServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          int status = down.contains(path) ? 500 : answer;
          answered.add(status);
          asked.add(path);
          answering.run();
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
  }

  /// Where it is, without a scheme: `//127.0.0.1:PORT/NAME`.
  String address(String name) {
    return "//127.0.0.1:" + server.getAddress().getPort() + "/" + name;
  }

  /// A service that is checked here, five times a second.
  ServiceDefinition service(String name) {
    return MonitorDatabase.definition(name, "http:" + address(name), "200ms");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
