package dev.rollcall.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.probe.HealthHandler;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.Prober;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/// A program as a user may write it: the server of the JDK, and `/_health` with 20 probes. Every
/// other path answers how often the first probe was checked.
///
/// Arguments: the port, and the milliseconds that the first probe takes; the others return at once.
final class HealthServer {
  static final int PROBES = 20;

  private HealthServer() {}

  public static void main(String[] arguments) throws IOException {
    Duration slow = Duration.ofMillis(Long.parseLong(arguments[1]));
    LongAdder checks = new LongAdder();
    Prober prober = new Prober();
    prober.add(
        Probe.of(
            "probe 0",
            attempt -> {
              checks.increment();
              if (slow.isPositive()) {
                Thread.sleep(slow);
              }
            }));
    for (int i = 1; i < PROBES; i++) {
      prober.add(Probe.of("probe " + i, attempt -> {}));
    }
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
    HttpServer server = HttpServer.create(address, 1024);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", HealthHandler.of(prober, exchange -> send(exchange, checks.sum())));
    server.start();
  }

  private static void send(HttpExchange exchange, long number) throws IOException {
    try (exchange) {
      byte[] body = Long.toString(number).getBytes(StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
