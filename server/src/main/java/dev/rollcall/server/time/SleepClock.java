package dev.rollcall.server.time;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// For how long the machine has slept since it started. A clock that goes on by so much was not
/// set.
@FunctionalInterface
public interface SleepClock {
  /// More each time by what it slept between; empty where nobody knows.
  Optional<Duration> slept();

  /// This machine's: on Linux, `/proc/uptime` goes on while it sleeps (proc(5)), and
  /// [System#nanoTime] does not.
  static SleepClock system() {
    Path uptime = Path.of("/proc/uptime");
    return () -> {
      try {
        String text = Files.readString(uptime);
        double seconds = Double.parseDouble(text.substring(0, text.indexOf(' ')));
        return Optional.of(
            Duration.ofMillis((long) (seconds * 1000)).minusNanos(System.nanoTime()));
      } catch (IOException | RuntimeException e) {
        return Optional.empty();
      }
    };
  }
}
