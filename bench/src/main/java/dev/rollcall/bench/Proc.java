package dev.rollcall.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Scanner;
import java.util.stream.Stream;

/// Figures from Linux: [proc(5)](https://man7.org/linux/man-pages/man5/proc.5.html).
final class Proc {
  /// The kernel reports times in hundredths of a second on every common machine (`getconf
  /// CLK_TCK`).
  private static final int TICK_MILLIS = 10;

  private Proc() {}

  /// User and system time of a process so far.
  static Duration cpu(long pid) throws IOException {
    return cpu(Path.of("/proc/" + pid));
  }

  /// The part of it that Java's compilers took. It grows more slowly as a process gets older.
  static Duration compilers(long pid) throws IOException {
    Duration sum = Duration.ZERO;
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads.toList()) {
        sum = sum.plus(compiler(thread));
      }
    }
    return sum;
  }

  private static Duration compiler(Path thread) throws IOException {
    try {
      boolean compiles = Files.readString(thread.resolve("comm")).matches("C[12] Compiler.*\\s*");
      return compiles ? cpu(thread) : Duration.ZERO;
    } catch (NoSuchFileException e) {
      return Duration.ZERO; // ended meanwhile
    }
  }

  private static Duration cpu(Path folder) throws IOException {
    String stat = Files.readString(folder.resolve("stat"));
    // The name in parentheses may contain anything. Of the fields after it, utime is at 11 and
    // stime at 12.
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
    return Duration.ofMillis(
        (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) * TICK_MILLIS);
  }

  /// A field of a process's status in kB, as MiB.
  static long statusMiB(long pid, String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith(field + ":")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }
    throw new IllegalStateException("/proc/" + pid + "/status has no " + field);
  }

  /// The time that all processors together were not idle, since the machine started.
  static Duration busy() throws IOException {
    List<String> all = List.of(Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +"));
    long ticks = 0;
    for (int i = 1; i < 9; i++) { // user nice system idle iowait irq softirq steal
      ticks += i == 4 || i == 5 ? 0 : Long.parseLong(all.get(i));
    }
    return Duration.ofMillis(ticks * TICK_MILLIS);
  }

  /// One line about the machine and its load.
  static String machine() throws IOException {
    return String.format(
        Locale.ROOT,
        "%d processors, load before the run %s",
        Runtime.getRuntime().availableProcessors(),
        new Scanner(Files.readString(Path.of("/proc/loadavg"))).next());
  }
}
