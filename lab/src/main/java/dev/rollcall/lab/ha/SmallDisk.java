package dev.rollcall.lab.ha;

import dev.rollcall.lab.LabCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A disk that can be filled: a file system in memory.
final class SmallDisk {
  private final Path folder;

  /// Mounts it. Whatever runs on the machine has to be started afterwards.
  ///
  /// @param size as `mount` takes it: `64m`
  SmallDisk(Path folder, String size) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    LabCommand.run(
        List.of(
            "mount",
            "-t",
            "tmpfs",
            "-o",
            "mode=0700,size=" + size,
            "rollcall-ha",
            folder.toString()));
  }

  /// Leaves no room.
  void fill() {
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(folder.resolve("filler"))) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space left")) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Gives back the room that was filled.
  void empty() {
    try {
      Files.deleteIfExists(folder.resolve("filler"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void unmount() {
    LabCommand.run(List.of("umount", "--lazy", folder.toString()));
  }
}
