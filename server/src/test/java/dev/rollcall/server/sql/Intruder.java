package dev.rollcall.server.sql;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Another program, which asks for what SQLite locks of a file as long as it is open, and says
/// whether it got it. Source: the lock bytes of [SQLite's
/// files](https://sqlite.org/fileformat2.html#the_lock_byte_page).
final class Intruder {
  private static final long FIRST = 0x4000_0002L;
  private static final long MANY = 510;

  private Intruder() {}

  public static void main(String[] arguments) throws IOException {
    try (FileChannel file =
            FileChannel.open(
                Path.of(arguments[0]), StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock = file.tryLock(FIRST, MANY, false)) {
      System.out.println(lock == null ? "locked" : "free");
    }
  }
}
