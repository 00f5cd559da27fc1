package dev.rollcall.lab.ha;

import dev.rollcall.lab.LabCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program that runs on a [Machine].
final class Program {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String name;
  private final Process process;
  private final Path log;

  Program(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// SIGKILL.
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /// SIGTERM, and waits for the end.
  void stop() {
    process.destroy();
    await();
  }

  /// Another signal, and waits for the end.
  void stop(String signal) {
    send(signal);
    await();
  }

  private void await() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(this + " does not stop: " + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// SIGSTOP.
  void pause() {
    send("STOP");
  }

  /// SIGCONT.
  void resume() {
    send("CONT");
  }

  private void send(String signal) {
    LabCommand.run(List.of("kill", "-" + signal, "" + process.pid()));
  }

  /// All it has said, of this start and those before.
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
