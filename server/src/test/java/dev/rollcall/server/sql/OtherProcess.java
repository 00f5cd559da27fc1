package dev.rollcall.server.sql;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program of the tests, run by a Java of its own; what it complains of is shown among our own
/// output.
public final class OtherProcess {
  private OtherProcess() {}

  public static Process start(Class<?> program, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                program.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /// Called in the other process: waits until the test that started it has gone, in case it did not
  /// kill this process; two minutes at most.
  public static void awaitEndOfTest() {
    ProcessHandle.current()
        .parent()
        .ifPresent(
            test -> test.onExit().copy().completeOnTimeout(test, 2, TimeUnit.MINUTES).join());
  }
}
