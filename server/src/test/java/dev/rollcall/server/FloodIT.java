package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What strangers do who mean harm: much is asked for and never taken, or promised and never sent.
/// The program has 128 MiB of heap here.
@Timeout(120)
class FloodIT {
  private static final String PING = "/ping?name=job&frequency=1h";

  @TempDir Path folder;
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Socket send(RunningRollcall rollcall, byte[] bytes) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(4096);
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), rollcall.port()));
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      // it was refused before it had sent all
    }
    return socket;
  }

  private static String request(String method, String path, String more) {
    return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
  }

  @Test
  void largeAnswersThatNobodyTakesLeaveRoomForTheJobs() throws Exception {
    try (RunningRollcall rollcall = Plan.in(folder).asProcess().start()) {
      String output = "\u0001".repeat(10_000);
      for (int i = 0; i < 100; i++) {
        assertThat(rollcall.send("POST", PING, output).status()).isEqualTo(200);
      }
      byte[] ask = request("GET", "/v1/heartbeats/job", "").getBytes(ISO_8859_1);
      for (int i = 0; i < 200; i++) {
        send(rollcall, ask);
      }
      assertThat(rollcall.get(PING).status()).isEqualTo(200);
      assertThat(rollcall.get("/v1/heartbeats/job").status()).isIn(200, 503);
      assertThat(rollcall.health("/ready").statusCode()).isEqualTo(200);
      assertThat(rollcall.log()).doesNotContain("OutOfMemoryError");
    }
  }

  @Test
  void bodiesThatStopBeforeTheirEndLeaveRoomForTheJobs() throws Exception {
    try (RunningRollcall rollcall = Plan.in(folder).asProcess().start()) {
      String hops = "{\"hops\":[" + "\"192.0.2.1\",".repeat(80_000);
      byte[] body =
          (request("POST", "/hops", "Content-Length: " + (hops.length() + 1000) + "\r\n") + hops)
              .getBytes(ISO_8859_1);
      for (int i = 0; i < 60; i++) {
        send(rollcall, body);
      }
      assertThat(rollcall.get(PING).status()).isEqualTo(200);
      assertThat(rollcall.health("/ready").statusCode()).isEqualTo(200);
      assertThat(rollcall.log()).doesNotContain("OutOfMemoryError");
    }
  }

  @Test
  void stopsWithinItsTimeWhateverIsUnderWay() throws Exception {
    RunningRollcall rollcall = Plan.in(folder).asProcess().start();
    for (int i = 0; i < 50; i++) {
      send(
          rollcall, (request("POST", "/hops", "Content-Length: 9\r\n") + "{").getBytes(ISO_8859_1));
      send(rollcall, request("GET", "/live", "").getBytes(ISO_8859_1));
      send(rollcall, new byte[0]);
    }
    List<Thread> flood = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      flood.add(Thread.ofVirtual().start(() -> askUntilRefused(rollcall)));
    }
    long before = System.nanoTime();
    int status = rollcall.stop();
    long seconds = (System.nanoTime() - before) / 1_000_000_000L;
    assertThat(status).as(rollcall.log()).isZero();
    assertThat(seconds).isLessThan(10);
    for (Thread each : flood) {
      each.join();
    }
  }

  private static void askUntilRefused(RunningRollcall rollcall) {
    byte[] ask = request("GET", "/v1/services", "Connection: close\r\n").getBytes(ISO_8859_1);
    try {
      while (true) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), rollcall.port())) {
          socket.getOutputStream().write(ask);
          socket.getInputStream().readAllBytes();
        }
      }
    } catch (IOException e) {
      // it has stopped
    }
  }
}
