package dev.rollcall.server.channel.type;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.DeliveryClaim;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlertUriTest {
  private final List<String> called = new CopyOnWriteArrayList<>();
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private volatile int status = 200;
  private volatile String retryAfter = "";

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          called.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          keys.addAll(exchange.getRequestHeaders().getOrDefault("Idempotency-Key", List.of()));
          if (!retryAfter.isEmpty()) {
            exchange.getResponseHeaders().add("Retry-After", retryAfter);
          }
          if (exchange.getRequestURI().getPath().equals("/loop")) {
            exchange.getResponseHeaders().add("Location", "/loop");
            exchange.sendResponseHeaders(302, -1);
          } else if (exchange.getRequestURI().getPath().equals("/elsewhere")) {
            exchange.getResponseHeaders().add("Location", "http://hidden@127.0.0.1:1/hidden");
            exchange.sendResponseHeaders(302, -1);
          } else if (exchange.getRequestURI().getPath().equals("/moved")) {
            exchange
                .getResponseHeaders()
                .add("Location", "/here?" + exchange.getRequestURI().getRawQuery());
            exchange.sendResponseHeaders(307, -1);
          } else {
            exchange.sendResponseHeaders(status, -1);
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private String url(String rest) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + rest;
  }

  private static Delivery late(String name, String key) {
    return new Delivery(
        "heartbeat:" + name,
        Kind.LATE,
        key,
        new Message(name, Instant.ofEpochSecond(1_700_000_000L), Instant.EPOCH, Optional.empty()),
        Instant.EPOCH,
        1);
  }

  private static Delivery claimed(DeliveryClaim claim) {
    Delivery late = late("b", "1");
    return new Delivery(
        late.subject(),
        late.kind(),
        late.key(),
        late.message(),
        late.written(),
        1,
        Optional.empty(),
        claim);
  }

  @Test
  void callsNobodyWhenAnotherProcessDoesByNow() throws Exception {
    assertThat(send(url("/"), claimed(() -> false))).isEqualTo(new Result.Withheld(false));
    assertThat(called).isEmpty();
  }

  @Test
  void saysThatACallMayHaveArrivedThatIsNotMadeWhereItWasRedirected() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    assertThat(send(url("/moved"), claimed(() -> asked.incrementAndGet() == 1)))
        .isEqualTo(new Result.Withheld(true));
    assertThat(called).singleElement().asString().contains("/moved");
  }

  private static Result send(String uri, Delivery delivery) throws InterruptedException {
    try (AlertUri channel = new AlertUri("alert-uri", uri, Resolver.system())) {
      return channel.send(delivery);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.example/x,https://a.example/x?name=b&last_ping=1700000000",
    "https://a.example,https://a.example?name=b&last_ping=1700000000",
    "https://a.example/x?,https://a.example/x?name=b&last_ping=1700000000",
    "https://a.example/x?k=a+b%26c,https://a.example/x?k=a+b%26c&name=b&last_ping=1700000000",
    "https://a.example/x?k=1&,https://a.example/x?k=1&name=b&last_ping=1700000000",
    "https://a.example/x?name=z#top,https://a.example/x?name=z&name=b&last_ping=1700000000",
  })
  void keepsTheQueryAndDropsTheFragment(String uri, String asked) {
    try (AlertUri channel = new AlertUri("alert-uri", uri, Resolver.system())) {
      assertThat(channel.called(late("b", "1"))).isEqualTo(URI.create(asked));
    }
  }

  @Test
  void saysThatAJobFailedWhereItIsNotLate() {
    Delivery late = late("b", "1");
    Delivery failed =
        new Delivery(late.subject(), Kind.FAILED, "2", late.message(), Instant.EPOCH, 1);
    try (AlertUri channel = new AlertUri("alert-uri", "https://a.example/x", Resolver.system())) {
      assertThat(channel.tells(Kind.FAILED)).isTrue();
      assertThat(channel.tells(Kind.RECOVERED)).isFalse();
      assertThat(channel.called(failed))
          .isEqualTo(URI.create("https://a.example/x?name=b&last_ping=1700000000&reason=failed"));
    }
  }

  @Test
  void encodesANameWhateverIsInIt() throws InterruptedException {
    assertThat(send(url("/late"), late("nächtliches & +*/?#%\"<\n😀", "1")))
        .isEqualTo(new Result.Sent());
    assertThat(called)
        .containsExactly(
            "GET /late?name=n%C3%A4chtliches%20%26%20%2B%2A%2F%3F%23%25%22%3C%0A%F0%9F%98%80"
                + "&last_ping=1700000000");
  }

  @Test
  void sendsTheKeyInAHeader() throws InterruptedException {
    send(url("/"), late("b", "late:b:1700000000:3"));
    send(url("/"), late("b", "späte nachricht\r\nX-Evil: 1"));
    assertThat(keys)
        .containsExactly("late:b:1700000000:3", "sp%C3%A4te%20nachricht%0D%0AX-Evil%3A%201");
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 299, 300, 304})
  void takesAnAnswerBelow400ForAnArrival(int answer) throws InterruptedException {
    status = answer;
    assertThat(send(url("/"), late("b", "1"))).isEqualTo(new Result.Sent());
  }

  @ParameterizedTest
  @CsvSource({"400,false", "404,false", "410,false", "429,true", "500,false", "503,true"})
  void retriesWhatIsAnsweredWith400OrMore(int answer, boolean forAll) throws InterruptedException {
    status = answer;
    Result.Retry retry = (Result.Retry) send(url("/?token=hidden"), late("b", "1"));
    assertThat(retry.reason()).contains("status " + answer).doesNotContain("hidden");
    assertThat(retry.forAll()).isEqualTo(forAll);
  }

  @ParameterizedTest
  @CsvSource({"120, 120", "0, 0", "soon, -1", "-5, -1", "99999999999999999999, -1"})
  void heedsHowLongTheReceiverWantsToBeLeftAlone(String header, int seconds)
      throws InterruptedException {
    status = 503;
    retryAfter = header;
    Result.Retry retry = (Result.Retry) send(url("/"), late("b", "1"));
    assertThat(retry.after())
        .isEqualTo(seconds < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds)));
  }

  @Test
  void aRedirectThatLeadsNowhereIsNoArrival() throws InterruptedException {
    Result.Retry retry = (Result.Retry) send(url("/loop"), late("b", "1"));
    assertThat(retry.reason()).contains("redirect loop");
  }

  @Test
  void followsARedirectWithTheKey() throws InterruptedException {
    assertThat(send(url("/moved?k=1"), late("b", "7"))).isEqualTo(new Result.Sent());
    assertThat(called)
        .containsExactly(
            "GET /moved?k=1&name=b&last_ping=1700000000",
            "GET /here?k=1&name=b&last_ping=1700000000");
  }

  @Test
  void aRedirectToAnotherServerIsNoArrival() throws InterruptedException {
    Result.Retry retry = (Result.Retry) send(url("/elsewhere"), late("b", "1"));
    assertThat(retry.reason())
        .isEqualTo(
            "status 302 leads to another server, and is not followed: give the URL it leads to");
    assertThat(retry.forAll()).isTrue();
  }

  @Test
  void retriesWhereNobodyListens() throws InterruptedException, IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String uri = "http://user:hidden@127.0.0.1:" + port + "/hidden?token=hidden";
    Result.Retry retry = (Result.Retry) send(uri, late("b", "1"));
    assertThat(retry.reason()).contains("127.0.0.1:" + port).doesNotContain("hidden");
    assertThat(retry.forAll()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 307 x\r\nLocation: http://KEY.invalid/\r\n\r\n",
        "HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:1/KEY?TOKEN\r\n\r\n",
        "HTTP/1.1 307 x\r\nLocation: KEY:x\r\n\r\n",
        "HTTP/1.1 503 KEY TOKEN\r\n\r\nKEY",
        "HTTP/1.1 KEY x\r\n\r\n",
        "KEY TOKEN\r\n\r\n",
        "HTTP/1.1 200 x\r\nContent-Length: KEY\r\n\r\n",
        "HTTP/1.1 503 x\r\nTransfer-Encoding: KEY\r\n\r\nTOKEN",
        "HTTP/1.1 503 x\r\nContent-Type: KEY;charset=TOKEN\r\n\r\n",
      })
  void showsNothingSecretThatTheReceiverSendsBack(String answer) throws Exception {
    try (ServerSocket receiver = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      threads.execute(
          () -> {
            try (Socket socket = receiver.accept()) {
              socket.getInputStream().read();
              socket
                  .getOutputStream()
                  .write(
                      answer
                          .replace("KEY", "k3y-geheim")
                          .replace("TOKEN", "t0ken/geheim+x")
                          .getBytes(US_ASCII));
            } catch (IOException e) {
              // The test says what it lacks.
            }
          });
      Result result =
          send(
              "http://127.0.0.1:"
                  + receiver.getLocalPort()
                  + "/hooks/k3y-geheim?token=t0ken%2Fgeheim%2Bx",
              late("b", "1"));
      assertThat(result.toString()).doesNotContain("k3y", "t0ken", "geheim");
    }
  }

  @Test
  void readsNoEndlessBody() throws InterruptedException, IOException {
    try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      threads.execute(
          () -> {
            try (Socket connection = socket.accept()) {
              connection
                  .getOutputStream()
                  .write(
                      "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n".getBytes(US_ASCII));
              byte[] part = new byte[8192];
              while (true) {
                connection.getOutputStream().write(part);
              }
            } catch (IOException e) {
              // The channel has left.
            }
          });
      assertThat(send("http://127.0.0.1:" + socket.getLocalPort() + "/", late("b", "1")))
          .isEqualTo(new Result.Sent());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://a.example/hidden",
        "/hidden",
        "hidden",
        "http://",
        "http:///hidden",
        "http://a.example/hid den",
        "http://a.example:99999/hidden",
        "mailto:hidden@a.example"
      })
  void refusesWhatIsNoSuchUrlAndDoesNotRepeatIt(String text) {
    assertThatThrownBy(() -> AlertUri.checked(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("is no URL to call: ")
        .hasNoCause()
        .hasMessageNotContaining("hidden");
  }

  @Test
  void knowsTheReceiverAndNoRecovery() {
    try (AlertUri channel =
        new AlertUri("alert-uri", "https://user:hidden@A.example/x?y", Resolver.system())) {
      assertThat(channel.receiver()).isEqualTo("a.example:443");
      assertThat(channel.tells(Kind.LATE)).isTrue();
      assertThat(channel.tells(Kind.RECOVERED)).isFalse();
    }
  }
}
