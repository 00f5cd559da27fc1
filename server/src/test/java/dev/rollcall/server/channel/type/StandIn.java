package dev.rollcall.server.channel.type;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A receiver that refuses what the real one refuses, by its documentation.
final class StandIn implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// The rules of a receiver.
  @FunctionalInterface
  interface Rules {
    /// Returns what is wrong with a request; empty if it is accepted.
    Optional<String> refuse(Call call);
  }

  /// A request.
  record Call(String method, String path, HttpExchange exchange, String body) {
    JsonNode json() {
      return JSON.readTree(body);
    }

    String header(String name) {
      return String.valueOf(exchange.getRequestHeaders().getFirst(name));
    }
  }

  private final HttpServer server;
  private final List<Call> accepted = new CopyOnWriteArrayList<>();
  private volatile Optional<Said> said = Optional.empty();

  private record Said(int status, String body, String header, String value) {}

  /// @param accepts the answer to what is right: status and body
  StandIn(int accepts, String body, Rules rules) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            Call call =
                new Call(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange,
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            if (said.isPresent()) {
              exchange.getResponseHeaders().add(said.get().header(), said.get().value());
              answer(exchange, said.get().status(), said.get().body());
              return;
            }
            Optional<String> wrong = refused(rules, call);
            if (wrong.isEmpty()) {
              accepted.add(call);
            }
            answer(exchange, wrong.isPresent() ? 400 : accepts, wrong.orElse(body));
          }
        });
    server.start();
  }

  /// A rule that fails is a refusal that says so: the server would close the connection without an
  /// answer.
  private static Optional<String> refused(Rules rules, Call call) {
    try {
      return rules.refuse(call);
    } catch (RuntimeException | StackOverflowError e) {
      return Optional.of("the rule failed: " + e);
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, status == 204 || bytes.length == 0 ? -1 : bytes.length);
    if (status != 204 && bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// Answers everything in this way from now on.
  void say(int status, String body, String header, String value) {
    said = Optional.of(new Said(status, body, header, value));
  }

  List<Call> accepted() {
    return List.copyOf(accepted);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
