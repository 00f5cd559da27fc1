package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The built program, as tests start it: with what Java learned from a trial run, as the script
/// `rollcall` does, which halves the time of a start.
final class Program {
  private static final Path FOLDER = Path.of("target/rollcall").toAbsolutePath();
  private static final Path CACHES = Path.of("target/rollcall-trial").toAbsolutePath();

  /// The trial has to have the same.
  private static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xss512k",
          "--enable-native-access=ALL-UNNAMED");

  private Program() {}

  /// A command line up to the program's own arguments.
  static List<String> java(String heap) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(FLAGS);
    line.add(heap);
    Path cache = CACHES.resolve(build() + ".aot");
    if (Files.exists(cache) || isMade(cache)) {
      line.add("-XX:AOTCache=" + cache);
      line.addAll(List.of("-Xlog:disable", "-Xlog:all=error:stderr"));
      line.addAll(List.of("-Xlog:aot*=off:stderr", "-Xlog:cds*=off:stderr"));
    }
    line.addAll(jar());
    return line;
  }

  /// With SQLite as the build laid it beside the jars, which else each start unpacks, and a process
  /// that is killed leaves behind.
  private static List<String> jar() {
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    Path sqlite =
        FOLDER.resolve("org/sqlite/native/Linux").resolve(machine.replace("amd64", "x86_64"));
    return List.of(
        "-Dorg.sqlite.lib.path=" + sqlite, "-jar", FOLDER.resolve("rollcall.jar").toString());
  }

  /// Java does not notice that a jar was built anew, and would run the old classes: a cache is
  /// named after the time of the newest.
  private static long build() {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .mapToLong(file -> file.toFile().lastModified())
          .max()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes the cache, unless another JVM of tests is about to: then this start does without.
  private static synchronized boolean isMade(Path cache) {
    try {
      Files.createDirectories(CACHES);
      try (FileChannel channel =
              FileChannel.open(
                  CACHES.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock != null && !Files.exists(cache)) {
          trial(cache);
        }
        return lock != null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void trial(Path cache) throws IOException, InterruptedException {
    removeOld();
    Path made = CACHES.resolve("new.aot");
    Path log = CACHES.resolve("log");
    Path folder = Files.createDirectory(CACHES.resolve("data"));
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-XX:AOTCacheOutput=" + made);
    line.addAll(List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining"));
    line.addAll(FLAGS);
    line.addAll(jar());
    line.addAll(List.of("train", "serve", folder.toString()));
    int status =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    assertThat(status).as(Files.readString(log)).isZero();
    Files.move(made, cache, StandardCopyOption.ATOMIC_MOVE);
  }

  /// What trials of other builds left, 50 MB each.
  private static void removeOld() throws IOException {
    try (Stream<Path> files = Files.walk(CACHES)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(CACHES) && !file.endsWith("lock")) {
          Files.delete(file);
        }
      }
    }
  }
}
