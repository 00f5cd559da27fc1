package dev.rollcall.server.http;

import static dev.rollcall.server.http.Access.PUBLIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpListenerTest {
  private static final Route PING = Route.get("/ping", PUBLIC, request -> Answer.text(200, "pong"));

  @Test
  void takesAFreePortAndTellsIt() throws Exception {
    try (Served one = Served.routes(PING);
        Served other = Served.routes(PING)) {
      assertThat(one.listener.port()).isPositive().isNotEqualTo(other.listener.port());
      assertThat(one.get("/ping").body()).isEqualTo("pong");
    }
  }

  /// Each of the lists would hold a carrier of virtual threads until it is let go.
  @Test
  void listsTakeNoThreadFromShortAnswers() throws Exception {
    AtomicBoolean go = new AtomicBoolean();
    Route list =
        Route.list(
            "/list",
            PUBLIC,
            request -> {
              while (!go.get()) {
                Thread.onSpinWait();
              }
              return Answer.text(200, Thread.currentThread().isVirtual() ? "virtual" : "own");
            });
    Route wrong =
        Route.list(
            "/wrong",
            PUBLIC,
            request -> {
              throw Refusal.badRequest("no such list");
            });
    try (Served served = Served.routes(PING, list, wrong);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> lists =
          Stream.generate(() -> clients.submit(() -> served.get("/list").body()))
              .limit(Runtime.getRuntime().availableProcessors() + 4)
              .toList();
      try {
        await().until(ListThreads::busy);
        assertThat(served.get("/ping").body()).isEqualTo("pong");
      } finally {
        go.set(true);
      }
      for (Future<String> one : lists) {
        assertThat(one.get()).isEqualTo("own");
      }
      assertThat(served.get("/wrong").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void saysInOneLineThatAPortIsTaken() throws Exception {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Listening taken = Listening.on("127.0.0.1", holder.getLocalPort(), "--port or http.port");
      assertThatExceptionOfType(CannotListen.class)
          .isThrownBy(() -> Served.routes(taken, PING))
          .withMessage(
              "port "
                  + holder.getLocalPort()
                  + " is in use by another program: choose another with --port or http.port");
    }
  }

  @Test
  void saysThatAHostIsNotOfThisMachine() {
    assertThatExceptionOfType(CannotListen.class)
        .isThrownBy(() -> Served.routes(Listening.on("192.0.2.1", 0, "--port"), PING))
        .withMessageStartingWith("cannot listen on 192.0.2.1 port 0");
    assertThatExceptionOfType(CannotListen.class)
        .isThrownBy(() -> Served.routes(Listening.on("no such host", 0, "--port"), PING))
        .withMessageStartingWith("host 'no such host' is unknown");
  }

  @Test
  void freesItsPortWhenItCloses() throws Exception {
    int port;
    try (Served served = Served.routes(PING)) {
      assertThat(served.get("/ping").body()).isEqualTo("pong");
      port = served.listener.port();
    }
    try (Served again = Served.routes(Listening.on("127.0.0.1", port, "--port"), PING)) {
      assertThat(again.get("/ping").body()).isEqualTo("pong");
    }
  }

  @Test
  void finishesWhatIsUnderWayBeforeItCloses() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Route slow =
        Route.get(
            "/slow",
            PUBLIC,
            request -> {
              inside.countDown();
              leave.await();
              return Answer.text(200, "done");
            });
    try (Served served = Served.routes(slow);
        ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();
        Socket idle = served.connect()) {
      Future<HttpResponse<String>> answer = others.submit(() -> served.get("/slow"));
      inside.await();
      int port = served.listener.port();
      Future<?> closing = others.submit(served.listener::close);
      await().atMost(Duration.ofMinutes(1)).until(() -> refuses(port));
      assertThat(idle.getInputStream().read())
          .as("an idle connection is closed at once")
          .isEqualTo(-1);
      assertThat(closing.isDone()).isFalse();
      leave.countDown();
      assertThat(answer.get().body()).isEqualTo("done");
      assertThat(answer.get().headers().firstValue("Connection")).contains("close");
      closing.get();
    }
  }

  private static boolean refuses(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isClosed();
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void logsAccessOnlyWhereAskedTo() throws Exception {
    try (Logged log = new Logged("dev.rollcall.access")) {
      try (Served silent = Served.routes(PING)) {
        silent.get("/ping");
      }
      assertThat(log.records).isEmpty();
      try (Served telling = Served.routes(Served.anywhere().withAccessLog(true), PING)) {
        telling.get("/ping?name=private");
        telling.get("/nope");
      }
      assertThat(log.records).hasSize(2);
      assertThat(log.records.getFirst().getMessage()).matches("127.0.0.1 GET /ping 200 \\d+ us");
      assertThat(log.records.getLast().getMessage()).startsWith("127.0.0.1 GET /nope 404 ");
    }
  }

  @Test
  void saysNothingOfItsOwnWhenItStartsAndStops() throws Exception {
    try (Logged log = new Logged("")) {
      try (Served served = Served.routes(PING)) {
        served.get("/ping");
      }
      assertThat(log.records).isEmpty();
    }
  }
}
