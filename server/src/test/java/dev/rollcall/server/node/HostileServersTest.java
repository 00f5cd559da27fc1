package dev.rollcall.server.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.httpclient.ServerClient;
import dev.rollcall.server.node.Assignments.Lease;
import dev.rollcall.server.node.ResultReceiver.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a pool and a collector may answer to a node, and what follows.
class HostileServersTest {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
  private final SpooledBatch batch = new SpooledBatch(1, "a-1", 2, new byte[] {1});
  private HttpServer server;
  private ServerClient http;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    http = new ServerClient(Optional.of("0123456789abcdef"), Map.of(), Duration.ofSeconds(30));
  }

  @AfterEach
  void stop() {
    over.countDown();
    http.close();
    server.stop(0);
    threads.close();
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private PoolClient pool() {
    return new PoolClient(http, url("/next"), "fra1");
  }

  private HttpCollector collector() {
    return new HttpCollector(http, url("/results"));
  }

  private void answer(int status, String body, String... headers) {
    server.createContext(
        "/",
        exchange -> {
          seen.add(exchange.getRequestURI().toString());
          seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          String sent = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          if (sent.startsWith("{")) {
            seen.add(sent);
          }
          for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
          }
          byte[] bytes = body.getBytes(UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private void answerWithoutEnd() {
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] much = new byte[64 * 1024];
          try {
            while (over.getCount() > 0) {
              exchange.getResponseBody().write(much);
            }
          } catch (IOException e) {
            exchange.close(); // the node has had enough
          }
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
  void takesNoMoreTargetsThanItAskedForAndNoneThatAreNoAddresses() throws Exception {
    String many =
        IntStream.range(0, 50)
            .mapToObj(i -> "{\"ip\":\"198.51.100." + i + "\"}")
            .collect(Collectors.joining(","));
    answer(
        200,
        "{\"lease\":7,\"lease_seconds\":99999999999999,\"retry_after\":-5,\"targets\":[{\"ip\":\"x\"},"
            + "{\"ip\":5},7,null,{},{\"ip\":\"198.51.100.0\"},"
            + many
            + "]}");
    PoolClient pool = pool();
    Lease lease = pool.next(3);
    assertThat(lease.targets().stream().map(Addresses::text))
        .containsExactly("198.51.100.0", "198.51.100.1");
    assertThat(lease.pause()).isEqualTo(Duration.ofSeconds(1));
    assertThat(lease.within()).contains(Duration.ofDays(1));
    assertThat(pool.unusable()).isPositive();
    assertThat(seen).contains("/next?node=fra1&limit=3", "Bearer 0123456789abcdef");
    pool.done(lease);
    pool.next(3);
    assertThat(seen).contains("/next?node=fra1&limit=3&done=7");
  }

  @Test
  void reportsEachLeaseAsMeasuredOnceAndAsksSoonIfThereIsOneMore() throws Exception {
    answer(200, "{\"lease\":7,\"retry_after\":60,\"targets\":[]}");
    PoolClient pool = pool();
    for (long number : new long[] {4, 0, 5}) {
      pool.done(new Lease(List.of(), Optional.empty(), Duration.ZERO, number));
    }
    assertThat(pool.next(3).pause()).isEqualTo(Duration.ofSeconds(1));
    assertThat(pool.next(3).pause()).isEqualTo(Duration.ofMinutes(1));
    pool.next(3);
    assertThat(seen.stream().filter(path -> path.startsWith("/next")))
        .containsExactly(
            "/next?node=fra1&limit=3&done=4",
            "/next?node=fra1&limit=3&done=5",
            "/next?node=fra1&limit=3");
  }

  @Test
  void saysWhatItDoesNotMeasureBeforeTheLeaseIsDone() throws Exception {
    answer(200, "{\"lease\":7,\"retry_after\":60,\"targets\":[]}");
    PoolClient pool = pool();
    Lease lease = new Lease(List.of(), Optional.empty(), Duration.ZERO, 7);
    pool.refuse(lease, List.of(Addresses.block("10.0.0.1"), Addresses.block("fd00::1")));
    pool.done(lease);
    pool.next(3);
    assertThat(seen.stream().filter(each -> !each.startsWith("Bearer")))
        .containsExactly(
            "/next",
            "{\"node\":\"fra1\",\"lease\":7,\"refused\":[\"10.0.0.1\",\"fd00::1\"]}",
            "/next?node=fra1&limit=3&done=7");
  }

  @ParameterizedTest
  @CsvSource({"404, true", "405, true", "400, true", "503, false", "401, false"})
  void goesOnWithAPoolThatKnowsNoSuchReport(int status, boolean goesOn) throws Exception {
    server.createContext(
        "/",
        exchange -> {
          boolean asks = exchange.getRequestMethod().equals("GET");
          exchange.getRequestBody().readAllBytes();
          byte[] bytes = "{\"targets\":[]}".getBytes(UTF_8);
          exchange.sendResponseHeaders(asks ? 200 : status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    PoolClient pool = pool();
    pool.refuse(
        new Lease(List.of(), Optional.empty(), Duration.ZERO, 7),
        List.of(Addresses.block("10.0.0.1")));
    for (int i = 0; i < 2; i++) {
      if (goesOn) {
        assertThat(pool.next(3).targets()).isEmpty();
      } else {
        assertThatThrownBy(() -> pool.next(3)).hasMessageContaining("answers " + status);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "7",
        "null",
        "{}",
        "{\"targets\":5}",
        "{\"targets\":{}}",
        "<html>hello</html>",
        "{\"targets\":[{\"ip\":\"198.51.100.1\""
      })
  void asksAgainLaterIfAPoolAnswersSomethingElse(String body) {
    answer(200, body);
    assertThatThrownBy(() -> pool().next(3))
        .isInstanceOf(NoAnswer.class)
        .hasMessageStartingWith("the pool at http://127.0.0.1:")
        .hasMessageContaining("set measure.input-url");
  }

  @Test
  void survivesADeeplyNestedAnswer() {
    answer(200, "{\"targets\":" + "[".repeat(100_000));
    assertThatThrownBy(() -> pool().next(3)).isInstanceOf(NoAnswer.class);
  }

  @Test
  void readsNoEndlessAnswer() throws Exception {
    answerWithoutEnd();
    assertThatThrownBy(() -> pool().next(3))
        .isInstanceOf(NoAnswer.class)
        .hasMessageContaining("sends more than 1048576 bytes");
    assertThat(collector().send("fra1", batch)).isInstanceOf(Outcome.Later.class);
  }

  @Test
  void takesNothingFromAPoolThatHandsOutAMillionTargets() {
    answer(200, "{\"targets\":[" + "{\"ip\":\"198.51.100.7\"},".repeat(1_000_000) + "null]}");
    assertThatThrownBy(() -> pool().next(3))
        .isInstanceOf(NoAnswer.class)
        .hasMessageContaining("sends more than 1048576 bytes");
  }

  @Test
  void waitsForNoAnswerForever() throws Exception {
    server.createContext("/", this::hang);
    try (ServerClient impatient =
        new ServerClient(Optional.empty(), Map.of(), Duration.ofMillis(200))) {
      assertThatThrownBy(() -> new PoolClient(impatient, url("/next"), "fra1").next(3))
          .isInstanceOf(NoAnswer.class)
          .hasMessageContaining("did not answer within");
      assertThat(new HttpCollector(impatient, url("/results")).send("fra1", batch))
          .isInstanceOf(Outcome.Later.class);
    }
  }

  @Test
  void doesNotFollowRedirectsWithItsToken() throws Exception {
    answer(302, "", "Location", "http://127.0.0.2:1/elsewhere");
    assertThatThrownBy(() -> pool().next(3)).hasMessageContaining("answers 302");
    assertThat(collector().send("fra1", batch)).isInstanceOf(Outcome.Later.class);
  }

  @Test
  void saysWhatToSetIfTheTokenIsWrong() throws Exception {
    answer(401, "{\"error\":\"no\"}");
    assertThatThrownBy(() -> pool().next(3))
        .hasMessageContaining("answers 401: set measure.token to the token it wants");
    assertThat(collector().send("fra1", batch))
        .isInstanceOfSatisfying(
            Outcome.Later.class, later -> assertThat(later.reason()).contains("measure.token"));
  }

  @Test
  void respectsRetryAfter() throws Exception {
    answer(503, "", "Retry-After", "17");
    assertThatThrownBy(() -> pool().next(3))
        .isInstanceOfSatisfying(
            NoAnswer.class, no -> assertThat(no.retryAfter()).contains(Duration.ofSeconds(17)));
    assertThat(collector().send("fra1", batch))
        .isInstanceOfSatisfying(
            Outcome.Later.class, no -> assertThat(no.after()).contains(Duration.ofSeconds(17)));
  }

  @Test
  void countsABatchAsStoredOnlyIfTheCollectorSaysSo() throws Exception {
    answer(200, "{\"status\":\"ok\",\"received\":2}");
    assertThat(collector().send("fra1", batch)).isEqualTo(new Outcome.Stored());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>welcome to our hotel</html>",
        "[]",
        "{\"status\":\"ok\"}",
        "{\"status\":\"ok\",\"received\":1}",
        "{\"status\":\"ok\",\"received\":\"2\"}",
        "{\"status\":\"no\",\"received\":2}"
      })
  void sendsAgainIfAnotherServerSaysYesToEverything(String body) throws Exception {
    answer(200, body);
    assertThat(collector().send("fra1", batch))
        .isInstanceOfSatisfying(
            Outcome.Later.class,
            later -> assertThat(later.reason()).contains("not as a collector does"));
  }

  @ParameterizedTest
  @CsvSource({"400", "413", "415", "422"})
  void isRefusedForGoodWithOneLine(int status) throws Exception {
    answer(status, "{\"error\":\"result 0: ip\\nis missing\"}");
    assertThat(collector().send("fra1", batch))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            no ->
                assertThat(no.reason())
                    .contains("answers " + status + ": result 0: ip")
                    .doesNotContain("\n"));
  }

  @ParameterizedTest
  @CsvSource({"404", "405", "408", "409", "429", "500", "502", "503"})
  void sendsAgainAfterAnyOtherAnswer(int status) throws Exception {
    answer(status, "");
    assertThat(collector().send("fra1", batch)).isInstanceOf(Outcome.Later.class);
  }

  @Test
  void findsTheListOfNodesBesideResultsAndTargets() {
    assertThat(HttpListing.beside(http, URI.create("http://h:1/rollcall/results"), "/results"))
        .map(HttpListing::base)
        .contains(URI.create("http://h:1/rollcall/v1/nodes/"));
    assertThat(HttpListing.beside(http, URI.create("http://h:1/elsewhere"), "/results")).isEmpty();
    assertThat(List.of("/results", "/next"))
        .extracting(path -> HttpListing.beside(http, URI.create("http://h:1" + path), path))
        .doesNotContain(Optional.empty())
        .satisfies(both -> assertThat(both.getFirst()).isEqualTo(both.getLast()));
  }
}
