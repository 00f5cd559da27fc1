package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Routes on a port of their own, and ways to ask them: a client, and bytes over a socket.
public final class Served implements AutoCloseable {
  final PrometheusRegistry registry = new PrometheusRegistry();
  final HttpListener listener;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Served(List<Route> routes, Listening listening, Authenticators authenticators) {
    this.listener =
        HttpListener.open(listening, routes, authenticators, new RequestTimes(registry));
  }

  public static Listening anywhere() {
    return Listening.on("127.0.0.1", 0, "--port");
  }

  /// Who is at this machine is the operator, and everybody may send.
  static Authenticators fromThisMachine() {
    return authenticators(Optional.empty(), Set.of(), Optional.empty());
  }

  /// As the program asks who called, without a key.
  static Authenticators authenticators(
      Optional<String> token, Set<String> hosts, Optional<Predicate<InetAddress>> networks) {
    StaticToken known = new StaticToken(token);
    Authenticator senders = Authenticator.firstOf(new SenderNetworks(networks), known);
    return new Authenticators(
        Authenticator.firstOf(known, new Loopback(hosts)),
        token.isPresent() ? known : senders,
        senders);
  }

  public static Served routes(Route... routes) {
    return new Served(List.of(routes), anywhere(), fromThisMachine());
  }

  public static Served routes(Listening listening, Route... routes) {
    return new Served(List.of(routes), listening, fromThisMachine());
  }

  static Served routes(Authenticators authenticators, Route... routes) {
    return new Served(List.of(routes), anywhere(), authenticators);
  }

  static Served routes(Listening listening, Authenticators authenticators, Route... routes) {
    return new Served(List.of(routes), listening, authenticators);
  }

  public URI at(String target) {
    return URI.create("http://127.0.0.1:" + listener.port() + target);
  }

  public HttpResponse<String> get(String target, String... headers)
      throws IOException, InterruptedException {
    return send("GET", target, BodyPublishers.noBody(), headers);
  }

  public HttpResponse<String> post(String target, String body, String... headers)
      throws IOException, InterruptedException {
    return send("POST", target, BodyPublishers.ofString(body), headers);
  }

  public HttpResponse<String> send(
      String method, String target, BodyPublisher body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at(target)).method(method, body).timeout(Duration.ofMinutes(1));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  public HttpClient client() {
    return client;
  }

  Socket connect() throws IOException {
    return connect("127.0.0.1");
  }

  /// Connects from that address of this machine.
  Socket connect(String from) throws IOException {
    Socket socket =
        new Socket(
            InetAddress.getLoopbackAddress(), listener.port(), InetAddress.getByName(from), 0);
    socket.setSoTimeout(20_000);
    return socket;
  }

  /// Sends bytes as they are, and reads until the server closes.
  String raw(String bytes) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  @Override
  public void close() {
    listener.close();
    client.close();
  }
}
