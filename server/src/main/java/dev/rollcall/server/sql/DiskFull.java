package dev.rollcall.server.sql;

import java.io.IOException;
import java.nio.file.FileSystemException;

/// Recognizes a full disk. What fails because of it is worth retrying, as somebody will free space.
public final class DiskFull {
  private DiskFull() {}

  /// Whether the file system reported it. Java has no exception for it, only the message of the C
  /// library, which is not translated.
  public static boolean is(IOException failure) {
    String said =
        failure instanceof FileSystemException known && known.getReason() != null
            ? known.getReason()
            : String.valueOf(failure.getMessage());
    return said.contains("No space left on device") || said.contains("Disk quota exceeded");
  }
}
