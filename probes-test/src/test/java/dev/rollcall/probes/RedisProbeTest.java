package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// Servers before Redis 6, and proxies, which know few commands: a stand-in that speaks their
/// documented protocol (RESP2).
class RedisProbeTest {
  private final List<String> commands = new CopyOnWriteArrayList<>();

  private RawServer old() {
    return new RawServer(
        line -> {
          BufferedReader in =
              new BufferedReader(new InputStreamReader(line.in(), StandardCharsets.UTF_8));
          while (true) {
            String command = command(in);
            commands.add(command);
            line.say(reply(command));
          }
        });
  }

  private static String reply(String command) {
    if (command.startsWith("AUTH ") || command.startsWith("SELECT ")) {
      return "+OK\r\n";
    }
    return command.equals("PING")
        ? "+PONG\r\n"
        : "-ERR unknown command '%s'\r\n".formatted(command);
  }

  private static String command(BufferedReader in) throws IOException {
    String count = in.readLine();
    if (count == null) {
      throw new IOException("closed");
    }
    List<String> words = new ArrayList<>();
    for (int left = Integer.parseInt(count.substring(1)); left > 0; left--) {
      in.readLine(); // its length
      words.add(in.readLine());
    }
    return String.join(" ", words);
  }

  @Test
  void asksServersThatDoNotKnowHelloForNothingElse() throws Exception {
    try (RawServer server = old()) {
      String host = "127.0.0.1:" + server.port();
      Checked.of(RedisProbe.of("it", "redis://" + host)).assertUp();
      assertThat(commands).containsExactly("PING");
      commands.clear();
      Checked.of(RedisProbe.of("it", "redis://:secret@" + host + "/3")).assertUp();
      assertThat(commands).containsExactly("AUTH secret", "SELECT 3", "PING");
      commands.clear();
      Checked.of(RedisProbe.of("it", "redis://app:secret@" + host)).assertUp();
      assertThat(commands).containsExactly("AUTH app secret", "PING");
    }
  }
}
