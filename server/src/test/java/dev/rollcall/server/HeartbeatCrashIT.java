package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `kill -9` under 500 callers at once: what was answered is there afterwards.
class HeartbeatCrashIT {
  private static final int CALLERS = 200;
  private static final int KILLS = Integer.getInteger("rollcall.test.kills", 3);

  @TempDir Path folder;

  @Test
  void whatWasAnsweredSurvivesAKill() throws Exception {
    RunningRollcall rollcall = Plan.in(folder).asProcess().start();
    try {
      for (int kill = 0; kill < KILLS; kill++) {
        Map<String, Long> answered = new ConcurrentHashMap<>();
        AtomicLong all = new AtomicLong();
        int port = rollcall.port();
        int round = kill;
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int i = 0; i < CALLERS; i++) {
            String name = "job" + round + "-" + i;
            callers.execute(() -> callUntilItEnds(port, name, answered, all));
          }
          await().atMost(PATIENCE).until(() -> all.get() > 2_000 && answered.size() == CALLERS);
          rollcall.kill();
        }
        rollcall = rollcall.again();
        RunningRollcall again = rollcall;
        answered.forEach(
            (name, count) -> {
              JsonNode kept = again.get("/v1/heartbeats/" + name).json().at("/data/heartbeat/data");
              // one more may have been committed and not answered
              assertThat(kept.get("count").asLong()).as(name).isBetween(count, count + 1);
              assertThat(kept.get("runs").size())
                  .isEqualTo((int) Math.min(100, kept.get("count").asLong()));
            });
      }
      assertThat(rollcall.log()).doesNotContain("ERROR");
    } finally {
      rollcall.close();
    }
  }

  /// One call after the other on one connection, counting what was answered.
  private static void callUntilItEnds(
      int port, String name, Map<String, Long> answered, AtomicLong all) {
    byte[] call =
        ("GET /ping?name=" + name + "&frequency=1h HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .getBytes(US_ASCII);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
      while (true) {
        socket.getOutputStream().write(call);
        String line = in.readLine();
        if (line == null) {
          return;
        }
        int length = 0;
        boolean ok = line.startsWith("HTTP/1.1 200");
        for (String header = in.readLine();
            header != null && !header.isEmpty();
            header = in.readLine()) {
          if (header.startsWith("Content-Length: ")) {
            length = Integer.parseInt(header.substring(16));
          }
        }
        for (int left = length; left > 0 && in.read() >= 0; left--) {}
        if (ok) {
          answered.merge(name, 1L, Long::sum);
          all.incrementAndGet();
        }
      }
    } catch (IOException e) {
      // killed, as it is meant to be
    }
  }
}
