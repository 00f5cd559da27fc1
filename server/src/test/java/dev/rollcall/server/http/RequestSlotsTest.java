package dev.rollcall.server.http;

import static dev.rollcall.server.http.Access.PING;
import static dev.rollcall.server.http.Access.PUBLIC;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who gets a place when there are too few.
@Timeout(60)
class RequestSlotsTest {
  private static final Limits FEW = new Limits(40, 8, 4, 3, Limits.usual().patience());
  private final CountDownLatch leave = new CountDownLatch(1);
  private final AtomicInteger inside = new AtomicInteger();
  private final List<Socket> sockets = new ArrayList<>();
  private final Served served =
      Served.routes(
          Served.anywhere().withLimits(FEW),
          Route.get("/ping", PING, request -> Answer.text(200, "pong")),
          Route.post("/call", PING, request -> Answer.text(200, "" + request.body().length)),
          Route.post("/body", PUBLIC, request -> Answer.text(200, "" + request.body().length)),
          Route.get("/broken", PING, request -> broken()),
          Route.get("/long", PING, request -> waiting()),
          Route.get("/quick", PUBLIC, request -> Answer.text(200, "quick")),
          Route.get("/slow", PUBLIC, request -> waiting()));

  private Answer endless() {
    return Answer.stream(
        200,
        "text/plain",
        out -> {
          inside.incrementAndGet();
          while (leave.getCount() > 0) {
            out.write(new byte[10_000]);
          }
        });
  }

  private static Answer broken() {
    throw new IllegalStateException("on purpose");
  }

  @Test
  void thoseBehindATrustedProxyAreCountedByTheirOwnAddresses() throws Exception {
    try (Served behind =
        Served.routes(
            Served.anywhere()
                .withLimits(FEW)
                .behind(new Proxies(address -> address.isLoopbackAddress())),
            Route.get("/quick", PUBLIC, request -> Answer.text(200, request.client().toString())),
            Route.get("/slow", PUBLIC, request -> waiting()))) {
      for (int i = 0; i < 4; i++) {
        Socket socket = behind.connect();
        sockets.add(socket);
        socket
            .getOutputStream()
            .write(
                "GET /slow HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
                    .getBytes(ISO_8859_1));
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> inside.get() == 4);
      assertThat(behind.get("/quick", "X-Forwarded-For", "192.0.2.1").statusCode()).isEqualTo(503);
      assertThat(behind.get("/quick", "X-Forwarded-For", "192.0.2.1, 192.0.2.2").body())
          .isEqualTo("/192.0.2.2");
    }
  }

  private Answer waiting() throws InterruptedException {
    inside.incrementAndGet();
    leave.await();
    return Answer.text(200, "done");
  }

  @AfterEach
  void stop() throws Exception {
    leave.countDown();
    for (Socket socket : sockets) {
      socket.close();
    }
    served.close();
  }

  private void send(String bytes) throws Exception {
    Socket socket = served.connect();
    sockets.add(socket);
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
  }

  private static String stalled(String path) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab";
  }

  private void assertPingIsAnswered() throws Exception {
    assertThat(served.raw("GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK")
        .endsWith("pong");
  }

  @Test
  void idleConnectionsGoWhereThereIsNoPlace() throws Exception {
    for (int i = 0; i < 200; i++) {
      send("");
    }
    assertPingIsAnswered();
    assertThat(sockets.getFirst().getInputStream().read()).as("the first to go").isEqualTo(-1);
  }

  @Test
  void thoseInTheMiddleOfARequestGoAfterThose() throws Exception {
    for (int i = 0; i < 200; i++) {
      send(i % 2 == 0 ? "GET /ping HTTP/1.1\r\nHo" : "");
    }
    assertPingIsAnswered();
  }

  @Test
  void bodiesThatDoNotComeGiveTheirPlacesBack() throws Exception {
    for (int i = 0; i < 30; i++) {
      send(stalled("/call"));
      send(stalled("/body"));
    }
    // not at the first attempt on a machine that is slow to notice who has left
    await()
        .atMost(Duration.ofSeconds(15))
        .ignoreExceptions()
        .untilAsserted(this::assertPingIsAnswered);
    await()
        .atMost(Duration.ofSeconds(15))
        .ignoreExceptions()
        .until(() -> served.post("/call", "abc").body().equals("3"));
  }

  @Test
  void whoLooksTakesNoPlaceFromTheJobsAndOneAddressNotAll() throws Exception {
    for (int i = 0; i < 20; i++) {
      send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> inside.get() == 4);
    assertPingIsAnswered();
    assertThat(served.get("/quick").statusCode()).isEqualTo(503);
    assertThat(served.get("/quick").body()).contains("too many requests at once from 127.0.0.1");
    assertThat(inside.get()).as("half of the eight places").isEqualTo(4);
    leave.countDown();
    await().atMost(Duration.ofSeconds(30)).until(() -> served.get("/quick").statusCode() == 200);
    assertThat(served.listener.turnedAway()).as("nobody of whom was a job").isZero();
  }

  @Test
  void callsForWhichThereIsNoPlaceAreCounted() throws Exception {
    for (int i = 0; i < 8; i++) {
      send("GET /long HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> inside.get() == 8);
    assertThat(served.listener.turnedAway()).isZero();
    assertThat(served.get("/ping").statusCode()).isEqualTo(503);
    assertThat(served.listener.turnedAway()).isEqualTo(1);
    leave.countDown();
    await().atMost(Duration.ofSeconds(30)).until(() -> served.get("/ping").statusCode() == 200);
  }

  @Test
  void callsThatFailInTheProgramAreCounted() throws Exception {
    assertThat(served.get("/broken").statusCode()).isEqualTo(500);
    assertThat(served.listener.turnedAway()).isEqualTo(1);
  }

  /// As `/metrics` does: what it is made of is held until the last byte is taken.
  @Test
  void longAnswersThatNobodyTakesLeaveRoomForOtherAddresses() throws Exception {
    byte[] ask = "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1);
    try (Served many =
        Served.routes(
            Route.get("/heavy", PUBLIC, request -> endless().holding(Long.MAX_VALUE / 2)),
            Route.get("/endless", PUBLIC, request -> endless()))) {
      for (int i = 0; i < 8; i++) {
        Socket socket = many.connect();
        sockets.add(socket);
        socket.getOutputStream().write(ask);
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> inside.get() == 8);
      assertThat(many.get("/endless").statusCode()).isEqualTo(503);
      try (Socket other = many.connect("127.0.0.2")) {
        other.getOutputStream().write(ask);
        assertThat(new String(other.getInputStream().readNBytes(12), ISO_8859_1))
            .isEqualTo("HTTP/1.1 200");
      }
      assertThat(many.get("/heavy").statusCode()).isEqualTo(503);
      leave.countDown();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void memoryIsGivenOnceAndBack() {
    MemoryBudget budget = new MemoryBudget(100);
    budget.take(60);
    assertThatExceptionOfType(Unavailable.class).isThrownBy(() -> budget.take(41));
    budget.take(40);
    budget.giveBack(60);
    budget.take(60);
  }

  /// Reading the beginning of a body whose end has no room would be work for nothing.
  @Test
  void memoryIsNotGivenToWhatCannotEnd() {
    MemoryBudget budget = new MemoryBudget(100);
    assertThatExceptionOfType(Unavailable.class).isThrownBy(() -> budget.takeForBody(10, 0, 91));
    budget.takeForBody(10, 0, 90);
    budget.take(90);
  }

  /// However much clients send, there is room for metrics, and for what a job has printed.
  @Test
  void longBodiesLeaveMemoryToOthers() {
    long mega = 1_000_000;
    MemoryBudget budget = new MemoryBudget(100 * mega);
    for (int i = 0; i < 75; i++) {
      budget.takeForBody(mega / 2, 0, mega / 2);
      budget.takeForBody(mega / 2, mega / 2, 0);
    }
    assertThatExceptionOfType(Unavailable.class).isThrownBy(() -> budget.takeForBody(10, mega, 0));
    assertThatExceptionOfType(Unavailable.class).isThrownBy(() -> budget.takeForBody(10, 0, mega));
    budget.takeForBody(10_000, 0, 190_000);
    budget.take(24 * mega);
  }
}
