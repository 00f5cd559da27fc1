package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file system of a few mebibytes (tmpfs), to be filled. It needs root: where that is not to be
/// had, the test fails and says so.
final class SmallDisk implements AutoCloseable {
  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /// @param folder where it is mounted; made
  /// @param size as mount takes it: `4m`
  static SmallDisk on(Path folder, String size) throws IOException {
    Files.createDirectory(folder);
    run("mount", "-t", "tmpfs", "-o", "size=" + size, "rollcall-test", folder.toString());
    return new SmallDisk(folder);
  }

  void resize(String size) {
    run("mount", "-o", "remount,size=" + size, folder.toString());
  }

  /// Leaves no room.
  void fill() throws IOException {
    try (OutputStream out = Files.newOutputStream(filler())) {
      byte[] page = new byte[4096];
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  /// Gives back the room that was filled.
  void empty() throws IOException {
    Files.delete(filler());
  }

  private Path filler() {
    return folder.resolve("filler");
  }

  private static void run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor())
          .as("this test needs root and `%s`, which said: %s", String.join(" ", command), said)
          .isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    run("umount", folder.toString());
  }
}
