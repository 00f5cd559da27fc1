package dev.rollcall.server.httpclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.HttpAnswer;
import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.HttpSettings;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.address.PublicResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpClientTest {
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch end = new CountDownLatch(1);
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private HttpServer other;

  @BeforeEach
  void listen() throws IOException {
    server = listening();
    other = listening();
  }

  private HttpServer listening() throws IOException {
    HttpServer made =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    made.setExecutor(threads);
    made.createContext("/", this::answer);
    made.start();
    return made;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    String path = exchange.getRequestURI().getPath();
    requests.add("%s %s %s %s".formatted(exchange.getRequestMethod(), path, type, body));
    switch (path) {
      case "/here" -> redirect(exchange, "/end");
      case "/loop" -> redirect(exchange, "/loop");
      case "/elsewhere" -> redirect(exchange, uri(other, "/end"));
      case "/busy" -> {
        exchange.getResponseHeaders().add("Retry-After", "7");
        send(exchange, 429, "wait");
      }
      case "/long" -> send(exchange, 200, "ä".repeat(100_000));
      case "/slow" -> {
        exchange.sendResponseHeaders(202, 0);
        exchange.getResponseBody().write('x');
        exchange.getResponseBody().flush();
        awaitEnd();
      }
      case "/silent" -> awaitEnd();
      default -> {
        exchange.getResponseHeaders().add("X-Id", "17");
        send(exchange, 410, "gone: " + path);
      }
    }
    exchange.close();
  }

  private static void redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().add("Location", to);
    send(exchange, 307, "moved");
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void awaitEnd() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    other.stop(0);
    threads.shutdownNow();
  }

  private static String uri(HttpServer of, String path) {
    return "http://127.0.0.1:" + of.getAddress().getPort() + path;
  }

  private HttpQuestion to(String path) {
    return HttpQuestion.of(uri(server, path));
  }

  private static HttpAnswer send(HttpQuestion request) throws Exception {
    return send(request, HttpClient.DEFAULT, LONGEST);
  }

  private static HttpAnswer send(HttpQuestion request, HttpSettings settings, Duration longest)
      throws Exception {
    try (HttpClient client = new HttpClient(Resolver.system(), settings, longest)) {
      return client.send(request);
    }
  }

  private static ProbeFailure failure(HttpQuestion request) {
    return catchThrowableOfType(ProbeFailure.class, () -> send(request, HttpClient.DEFAULT, SHORT));
  }

  @Test
  void returnsWhateverIsAnswered() throws Exception {
    HttpAnswer answer = send(to("/any"));
    assertThat(answer.status()).isEqualTo(410);
    assertThat(answer.header("x-id")).contains("17");
    assertThat(answer.body()).isEqualTo("gone: /any");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE"})
  void sendsAnyMethodWithABody(String method) throws Exception {
    send(to("/json").method(method).header("Content-Type", "application/json").body("{\"ä\":1}"));
    assertThat(requests).containsExactly(method + " /json application/json {\"ä\":1}");
  }

  @Test
  void readsHowLongToWait() throws Exception {
    assertThat(HttpClient.retryAfter(send(to("/busy")), NOW)).contains(Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @CsvSource({"'Sat, 28 Nov 2026 12:01:30 GMT', 90", "'Sat, 28 Nov 2026 11:00:00 GMT', -1"})
  void readsADateToWaitFor(String header, int seconds) {
    HttpAnswer answer = new HttpAnswer(503, Map.of("retry-after", header), "");
    assertThat(HttpClient.retryAfter(answer, NOW).map(Duration::toSeconds).orElse(-1L))
        .isEqualTo(seconds);
  }

  @Test
  void readsNoMoreOfABodyThanItMay() throws Exception {
    assertThat(send(to("/long")).body()).isEqualTo("ä".repeat(2048));
  }

  @Test
  void endsInTimeWithTheStatusIfTheBodyIsSlow() throws Exception {
    HttpAnswer answer = send(to("/slow"), HttpClient.DEFAULT, SHORT);
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void endsInTimeWithoutAnAnswerIfTheBodyMatters() {
    try (HttpClient client = new HttpClient(Resolver.system(), HttpClient.DEFAULT, SHORT)) {
      ProbeFailure failure =
          catchThrowableOfType(ProbeFailure.class, () -> client.fetch(to("/slow")));
      assertThat(failure.reason()).contains("body not finished");
    }
  }

  @Test
  void endsInTimeIfNothingIsAnswered() {
    assertThat(failure(to("/silent")).reason()).contains("waiting for the first byte");
  }

  @Test
  void followsNoRedirectByDefault() throws Exception {
    HttpAnswer answer = send(to("/here"));
    assertThat(answer.status()).isEqualTo(307);
    assertThat(answer.header("Location")).contains("/end");
    assertThat(requests).hasSize(1);
  }

  @Test
  void followsARedirectToTheSameServerIfItMay() throws Exception {
    HttpSettings following = HttpClient.DEFAULT.followRedirects(true);
    assertThat(send(to("/here").method("POST").body("x"), following, LONGEST).body())
        .isEqualTo("gone: /end");
    assertThat(requests).last().asString().startsWith("POST /end").endsWith(" x");
  }

  @Test
  void followsNoRedirectToAnotherServer() throws Exception {
    HttpSettings following = HttpClient.DEFAULT.followRedirects(true);
    assertThat(send(to("/elsewhere"), following, LONGEST).status()).isEqualTo(307);
    assertThat(requests).hasSize(1);
  }

  @Test
  void reachesOnlyWhatTheResolverAllows() {
    Resolver resolver = new PublicResolver(Resolver.system(), Blocks.NONE);
    try (HttpClient client = new HttpClient(resolver, HttpClient.DEFAULT, LONGEST)) {
      ProbeFailure failure =
          catchThrowableOfType(ProbeFailure.class, () -> client.send(to("/any")));
      assertThat(failure.reason()).contains("may not be called from here");
    }
    assertThat(requests).isEmpty();
  }

  @Test
  void sendsNoByteOfWhatIsNoLongerWantedWhenTheConnectionStands() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpClient client = new HttpClient(Resolver.system(), HttpClient.DEFAULT, LONGEST)) {
      listening.setSoTimeout((int) LONGEST.toMillis());
      List<Socket> connected = new ArrayList<>();
      String url = "http://127.0.0.1:%d/".formatted(listening.getLocalPort());
      assertThat(
              client.send(
                  HttpQuestion.of(url).method("POST").body("late"),
                  () -> {
                    connected.add(accepted(listening));
                    return false;
                  }))
          .isEmpty();
      try (Socket socket = connected.getFirst()) {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(connected).hasSize(1);
    }
  }

  /// Otherwise the system would go on sending it, after an outage of the network also.
  @Test
  void dropsWhatItGivesUp() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpClient client = new HttpClient(Resolver.system(), HttpClient.DEFAULT, SHORT)) {
      String url = "http://127.0.0.1:%d/".formatted(listening.getLocalPort());
      assertThat(failure(client, HttpQuestion.of(url).method("POST").body("late")).reason())
          .contains("timeout");
      try (Socket socket = listening.accept()) {
        assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
            .isInstanceOf(SocketException.class)
            .hasMessageContaining("reset");
      }
    }
  }

  private static ProbeFailure failure(HttpClient client, HttpQuestion question) {
    return catchThrowableOfType(ProbeFailure.class, () -> client.send(question));
  }

  private static Socket accepted(ServerSocket listening) {
    try {
      return listening.accept();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void showsNoSecretOfTheUrl() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String url = "http://me:hidden-1@127.0.0.1:%d/hidden-2?key=hidden-3".formatted(port);
    assertThat(failure(HttpQuestion.of(url)).reason())
        .contains("127.0.0.1:" + port)
        .doesNotContain("hidden");
    HttpSettings following = HttpClient.DEFAULT.followRedirects(true);
    ProbeFailure loop =
        catchThrowableOfType(
            ProbeFailure.class,
            () -> send(to("/loop?key=hidden-3").header("X-Api-Key", "hidden"), following, LONGEST));
    assertThat(loop.reason()).contains("redirect loop").doesNotContain("hidden");
  }

  @Test
  void hidesWhatTheOtherSideRepeats() {
    UrlSecrets secrets =
        UrlSecrets.of(HttpQuestion.of("https://a.example/T00000000/x?key=a+b%26c").uri());
    assertThat(secrets.hide("no t00000000 with a b&c, a+b&c or a+b%26c at /x"))
        .isEqualTo("no *** with ***, *** or *** at /x");
  }
}
