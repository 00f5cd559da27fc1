package dev.rollcall.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A started program, and its figures from the kernel.
final class Child {
  private static final int PATIENCE_SECONDS = 15;

  private final Process process;
  private final Path log;

  private Child(Process process, Path log) {
    this.process = process;
    this.log = log;
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  static Child start(Path log, List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new Child(builder.start(), log);
  }

  /// The full path of a program.
  ///
  /// @throws IllegalStateException in one line with the package to install
  static String program(String name, String debianPackage) {
    return Stream.of((System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin").split(":"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toString)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "%s is missing: apt-get install %s (or what provides it here)"
                        .formatted(name, debianPackage)));
  }

  /// Fails if the program has ended, with its output.
  void mustRun() throws IOException {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "a program ended with %d: %s".formatted(process.exitValue(), output()));
    }
  }

  String output() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8).strip();
  }

  /// Waits until it ends by itself, and returns its output.
  String result(Duration patience) throws IOException, InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException("a program failed: " + output());
    }
    return output();
  }

  /// Processor time so far, of the process and its running children (nginx has a worker).
  Duration cpu() throws IOException {
    Duration sum = Proc.cpu(process.pid());
    for (ProcessHandle child : process.children().toList()) {
      sum = sum.plus(Proc.cpu(child.pid()));
    }
    return sum;
  }

  /// The part of it that Java's compilers took.
  Duration compilers() throws IOException {
    return Proc.compilers(process.pid());
  }

  long rssMiB() throws IOException {
    return Proc.statusMiB(process.pid(), "VmRSS");
  }

  long peakMiB() throws IOException {
    return Proc.statusMiB(process.pid(), "VmHWM");
  }

  /// Sends SIGKILL.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Sends a signal: STOP, CONT.
  void signal(String signal) throws IOException, InterruptedException {
    signal(process.pid(), signal);
  }

  static void signal(long pid, String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
  }

  /// Asks it to end; after 15 s, kills it.
  void stop() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
