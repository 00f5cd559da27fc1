package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StopSignalsTest {
  /// A program that, once it is asked to stop, does not.
  static final class Stubborn {
    public static void main(String[] arguments) throws InterruptedException {
      CountDownLatch stop = StopSignals.stop();
      System.out.println("ready");
      stop.await();
      System.out.println("asked");
      new CountDownLatch(1).await();
    }
  }

  @Test
  void theFirstAsksAndTheSecondEndsAtOnce() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Stubborn.class.getName())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("ready");
      terminate(process);
      assertThat(out.readLine()).isEqualTo("asked");
      terminate(process);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static void terminate(Process process) throws Exception {
    new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
  }
}
