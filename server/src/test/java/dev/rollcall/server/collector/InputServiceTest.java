package dev.rollcall.server.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.httpclient.ServerClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputServiceTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
  private final List<ServerClient> open = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    open.forEach(ServerClient::close);
    server.stop(0);
    threads.close();
  }

  private InputService service(Duration patience, Optional<String> token) {
    ServerClient client = new ServerClient(token, Map.of(), patience);
    open.add(client);
    return new InputService(URI.create(url() + "/hops"), client);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(int status) {
    server.createContext(
        "/hops",
        exchange -> {
          seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          seen.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
  }

  private void hang(HttpExchange exchange) {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  @Test
  void isPostedHopsWithItsToken() throws Exception {
    answer(204);
    assertThat(service(LONG, Optional.of("secret")).take(List.of("10.0.0.1", "2001:db8::1")))
        .isEqualTo(HopReceiver.Answer.TAKEN);
    assertThat(seen).containsExactly("Bearer secret", "{\"hops\":[\"10.0.0.1\",\"2001:db8::1\"]}");
  }

  @ParameterizedTest
  @CsvSource({"400,REFUSED", "413,REFUSED", "422,REFUSED", "200,TAKEN", "201,TAKEN"})
  void refusesForGoodOrTakes(int status, HopReceiver.Answer expected) throws Exception {
    answer(status);
    assertThat(service(LONG, Optional.empty()).take(List.of("10.0.0.1"))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "500,answered 500",
    "302,answered 302",
    "401,answered 401: set collect.input-token to the token that it requires"
  })
  void isAskedAgainAfterAnyOtherAnswer(int status, String words) {
    answer(status);
    assertThatThrownBy(() -> service(LONG, Optional.empty()).take(List.of("10.0.0.1")))
        .isInstanceOf(NoAnswer.class)
        .hasMessage(url() + " " + words);
  }

  @Test
  void isGivenUpWhereItsAnswerNeverEnds() {
    server.createContext(
        "/hops",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('x');
          exchange.getResponseBody().flush();
          hang(exchange);
        });
    assertThatThrownBy(
            () -> service(Duration.ofSeconds(1), Optional.empty()).take(List.of("10.0.0.1")))
        .isInstanceOf(NoAnswer.class)
        .hasMessage(url() + " did not answer within 1 s");
  }

  @Test
  void saysThatNobodyIsThere() {
    server.stop(0);
    assertThatThrownBy(() -> service(LONG, Optional.empty()).take(List.of("10.0.0.1")))
        .isInstanceOf(NoAnswer.class)
        .hasMessageEndingWith(" does not accept connections");
  }
}
