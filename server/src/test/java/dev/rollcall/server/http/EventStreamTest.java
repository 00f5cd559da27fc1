package dev.rollcall.server.http;

import static dev.rollcall.server.http.Access.PUBLIC;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventStreamTest {
  private static final Limits.Patience SHORT =
      new Limits.Patience(
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofMillis(500),
          Duration.ofMillis(50),
          Duration.ofSeconds(10));
  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger opened = new AtomicInteger();
  private final Served served =
      Served.routes(
          Served.anywhere().withLimits(new Limits(100, 2, 2, 3, SHORT)),
          Route.get("/events", PUBLIC, request -> Answer.events(this::opened)),
          Route.get("/ping", PUBLIC, request -> Answer.text(200, "pong")));

  private Runnable opened(EventStream stream) {
    open.add(stream);
    opened.incrementAndGet();
    return () -> open.remove(stream);
  }

  @AfterEach
  void stop() {
    served.close();
  }

  private Socket subscribe() throws Exception {
    return subscribe("127.0.0.1");
  }

  private Socket subscribe(String address) throws Exception {
    return subscribe(address, "");
  }

  private Socket subscribe(String address, String header) throws Exception {
    int before = opened.get();
    Socket socket = served.connect(address);
    socket
        .getOutputStream()
        .write(("GET /events HTTP/1.1\r\nHost: x\r\n" + header + "\r\n").getBytes(UTF_8));
    await().atMost(Duration.ofMinutes(1)).until(() -> opened.get() == before + 1);
    return socket;
  }

  private static String until(BufferedReader lines, String last) throws Exception {
    StringBuilder text = new StringBuilder();
    String line;
    do {
      line = lines.readLine();
      assertThat(line).as("before '" + last + "' came: " + text).isNotNull();
      text.append(line).append('\n');
      assertThat(text.length()).as("heartbeats go on for ever: " + text).isLessThan(1000);
    } while (!line.equals(last));
    return text.toString();
  }

  private static BufferedReader lines(Socket socket) throws Exception {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  @Test
  void sendsEventsWithDataOfSeveralLines() throws Exception {
    try (Socket socket = subscribe()) {
      assertThat(open.iterator().next().send("service", "up\nsince\r\n10:00\n")).isTrue();
      String text = until(lines(socket), "data: ");
      assertThat(text)
          .startsWith("HTTP/1.1 200 OK")
          .containsIgnoringCase("Content-Type: text/event-stream")
          .contains("event: service\ndata: up\ndata: since\ndata: 10:00\ndata: \n");
    }
  }

  @Test
  void givesASignOfLifeAndNoticesAClientThatLeft() throws Exception {
    try (Socket socket = subscribe()) {
      until(lines(socket), ":");
    }
    await().atMost(Duration.ofMinutes(1)).until(open::isEmpty);
  }

  @Test
  void refusesMoreStreamsThanItHasPlacesForAndServesRequestsMeanwhile() throws Exception {
    try (Socket one = subscribe();
        Socket two = subscribe()) {
      try (Socket three = subscribe()) {
        HttpResponse<String> refused = served.get("/events");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("10");
        assertThat(served.get("/ping").body()).isEqualTo("pong");
        assertThat(three.isConnected()).isTrue();
      }
      await().atMost(Duration.ofMinutes(1)).until(() -> open.size() == 2);
      try (Socket four = subscribe()) {
        assertThat(List.of(one, two, four)).allMatch(Socket::isConnected);
      }
    }
  }

  /// Three places: one of 127.0.0.2, which has them all, goes to who has none, and no other.
  @Test
  void noClientKeepsAllOthersOut() throws Exception {
    try (Socket first = subscribe("127.0.0.2");
        Socket second = subscribe("127.0.0.2");
        Socket third = subscribe("127.0.0.2");
        Socket other = subscribe()) {
      assertThat(until(lines(other), "retry: 3000")).contains("200 OK");
      Chunks.header(first.getInputStream());
      new Chunks(first.getInputStream()).readAllBytes(); // to its end
      assertThat(open).hasSize(3);
      assertThat(served.get("/events").statusCode()).isEqualTo(503);
      open.forEach(stream -> stream.send("still", "here"));
      for (Socket left : List.of(second, third, other)) {
        until(lines(left), "data: here");
      }
    }
  }

  /// Two streams that are sent the same, of which one began later, decompress to what was sent.
  @Test
  void compressesOnceForAllWhoTakeIt() throws Exception {
    PreparedEvents early = PreparedEvents.of("row", "early ".repeat(80));
    PreparedEvents late = PreparedEvents.of("row", "late ".repeat(80));
    try (Socket one = subscribe("127.0.0.1", "Accept-Encoding: br, gzip\r\n")) {
      open.forEach(stream -> stream.send(early));
      try (Socket two = subscribe("127.0.0.1", "Accept-Encoding: gzip;q=0.5\r\n");
          Socket plain = subscribe("127.0.0.1", "Accept-Encoding: gzip;q=0, *\r\n")) {
        open.forEach(stream -> stream.send(late));
        until(lines(plain), "data: " + "late ".repeat(80));
        await().until(() -> open.stream().allMatch(stream -> stream.behind() == 0));
        served.listener.close(); // what waits is not sent
        String both = new String(early.plain(), UTF_8) + new String(late.plain(), UTF_8);
        assertThat(unzipped(one)).isEqualTo("retry: 3000\n\n" + both).hasSizeGreaterThan(800);
        assertThat(unzipped(two)).isEqualTo("retry: 3000\n\n" + new String(late.plain(), UTF_8));
      }
    }
    assertThat(early.deflated()).hasSizeLessThan(200);
  }

  /// The whole stream with its end, which says how much it was and has its checksum; signs of life
  /// apart.
  private static String unzipped(Socket socket) throws Exception {
    InputStream in = socket.getInputStream();
    String header = Chunks.header(in);
    assertThat(header).contains("content-encoding: gzip", "vary: accept-encoding");
    byte[] body = new Chunks(in).readAllBytes();
    byte[] plain = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    return new String(plain, UTF_8).replace(":\n\n", "");
  }

  @Test
  void cutsAClientThatDoesNotReadAndKeepsTheOthersGoing() throws Exception {
    Thread reader;
    try (Socket slow = subscribe();
        Socket fast = subscribe()) {
      reader = Thread.ofVirtual().start(() -> drain(fast));
      String large = "x".repeat(100_000);
      await()
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                open.forEach(stream -> stream.send("large", large));
                return open.size() == 1;
              });
      assertThat(open.iterator().next().send("small", "still here")).isTrue();
      assertThat(slow.isClosed()).isFalse();
    }
    reader.join();
  }

  private static void drain(Socket socket) {
    try {
      socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    } catch (java.io.IOException e) {
      // closed by the test
    }
  }

  @Test
  void endsEveryStreamWhenTheListenerCloses() throws Exception {
    try (Socket socket = subscribe();
        Socket unread = subscribe()) {
      BufferedReader lines = lines(socket);
      EventStream one = open.iterator().next();
      served.listener.close();
      while (lines.readLine() != null) {}
      assertThat(open).isEmpty();
      assertThat(one.send("late", "nobody hears it")).isFalse();
      assertThat(unread.getInputStream().readAllBytes()).isNotEmpty();
    }
  }
}
