package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Checks that never yield, never return, ignore interrupts, allocate, and throw anything, in a JVM
/// with one processor and one thread that carries virtual ones.
@Timeout(120)
class HogsTest {
  private static final int TIMEOUT = 1_500;

  /// What else the answer may take on a machine with much to do.
  private static final int SLACK = 3_000;

  private record Answer(long millis, String text) {}

  private static List<Answer> answers(int timeout, List<String> checks) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(
        List.of(
            "-XX:ActiveProcessorCount=1",
            "-Djdk.virtualThreadScheduler.parallelism=1",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Hogs.class.getName()));
    command.add(String.valueOf(timeout));
    command.addAll(checks);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      byte[] said = process.getInputStream().readAllBytes();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      List<Answer> answers = new ArrayList<>();
      for (String line : new String(said, StandardCharsets.UTF_8).lines().toList()) {
        assertThat(line).matches("\\d+ HTTP.*");
        int blank = line.indexOf(' ');
        answers.add(new Answer(Long.parseLong(line.substring(0, blank)), line.substring(blank)));
      }
      return answers;
    } finally {
      process.destroyForcibly();
    }
  }

  private static String failed(String name, String why) {
    return "{\"name\":\"%s\",\"healthy\":false,\"comment\":\"error\",\"error\":\"probe check failed: %s"
        .formatted(name, why);
  }

  /// What waits in the initializer of a class keeps its carrier, though it uses no processor.
  static Stream<List<String>> thatNeverEnd() {
    return Stream.of(List.of("spins", "spins too", "allocates", "is deaf"), List.of("is pinned"));
  }

  @ParameterizedTest
  @MethodSource("thatNeverEnd")
  void endsInTimeAndNamesThemWhatNeverEnds(List<String> checks) throws Exception {
    List<Answer> answers = answers(TIMEOUT, checks);
    assertThat(answers).hasSize(3);
    String late = "prober: context deadline exceeded";
    String again = late + ": an earlier check of it has not ended yet";
    for (String name : checks) {
      assertThat(answers.get(0).text()).contains(failed(name, late + "\""));
      assertThat(answers.get(1).text()).contains(failed(name, again + "\""));
    }
    for (Answer health : answers.subList(0, 2)) {
      assertThat(health.text()).contains("503").contains("{\"name\":\"well\",\"healthy\":true,");
    }
    assertThat(answers.get(0).millis()).isBetween((long) TIMEOUT, (long) TIMEOUT + SLACK);
    assertThat(answers.get(1).millis()).isLessThan(SLACK);
    assertThat(answers.get(2).text()).contains("204");
    assertThat(answers.get(2).millis()).isLessThan(SLACK);
  }

  @Test
  void saysWhatWasThrownWhateverItIs() throws Exception {
    for (Answer health :
        answers(20_000, List.of("hoards", "recurses", "throws", "throws oddly")).subList(0, 2)) {
      assertThat(health.text())
          .contains(failed("hoards", "OutOfMemoryError: Java heap space\""))
          .contains(failed("recurses", "StackOverflowError\""))
          .contains(failed("throws", "Odd\""))
          .contains(failed("throws oddly", "Mute\""))
          .contains("{\"name\":\"well\",\"healthy\":true,");
    }
  }
}
