package dev.rollcall.server.app;

import java.time.Duration;
import java.util.OptionalInt;

/// A command of the program that was started, wherever it runs.
public interface RunningProgram extends AutoCloseable {
  boolean isAlive();

  /// What SIGTERM does.
  void stop();

  /// Its exit status, or nothing if it goes on.
  OptionalInt ended(Duration patience) throws InterruptedException;

  /// Whatever it is doing, it ends.
  @Override
  void close();
}
