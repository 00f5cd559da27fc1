package dev.rollcall.server.sql;

import java.io.IOException;
import java.nio.file.FileSystemException;

/// A disk without room: what fails for it is worth trying again, as somebody will make room.
public final class DiskFull {
  private DiskFull() {}

  /// Whether a file system said so. It has no exception of its own in Java, only words, which are
  /// the C library's and not translated.
  public static boolean is(IOException failure) {
    String said =
        failure instanceof FileSystemException told && told.getReason() != null
            ? told.getReason()
            : String.valueOf(failure.getMessage());
    return said.contains("No space left on device") || said.contains("Disk quota exceeded");
  }
}
