package dev.rollcall.server.time;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How long the machine has slept since it started. If the wall clock gains only this time, it was
/// not set.
@FunctionalInterface
public interface SleepClock {
  /// Grows by each sleep; only differences count. Empty if it is unknown.
  Optional<Duration> slept();

  /// On Linux: `/proc/uptime` counts the time asleep (proc(5)), [System#nanoTime] does not.
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
