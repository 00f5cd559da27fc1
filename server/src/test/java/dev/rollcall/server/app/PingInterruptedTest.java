package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PingInterruptedTest {
  /// To loopback alone. It needs the right to ping.
  @Test
  void aPingThatIsInterruptedEndsWithItsStatistics() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "ping",
                "-i",
                "0.05",
                "127.0.0.1")
            .start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).startsWith("PING 127.0.0.1");
      assertThat(out.readLine()).contains("icmp_seq=1");
      // As Ctrl-C. That one is ignored by what a shell starts in the background.
      new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
      List<String> rest = out.lines().toList();
      assertThat(rest)
          .contains("--- 127.0.0.1 ping statistics ---")
          .anyMatch(line -> line.contains(" received") && line.contains(" 0% packet loss"));
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
