package dev.rollcall.server.sql;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/// A lock on a file, which prevents a second Rollcall from using the same data. It ends with the
/// process, however the process ends.
public final class FileLock implements AutoCloseable {
  private final Optional<FileChannel> lock;

  private FileLock(Optional<FileChannel> lock) {
    this.lock = lock;
  }

  /// Takes the lock. Creates its file and folder, accessible to this user only, if they are
  /// missing.
  ///
  /// @param what the data, in messages: `database /var/lib/rollcall.db`
  /// @throws StorageException in one line: held by another process, or not writable
  public static FileLock on(Path lockFile, String what) {
    try {
      Path folder = lockFile.getParent();
      if (folder != null && !Files.isDirectory(folder)) {
        Files.createDirectories(folder, only(folder, "rwx------"));
      }
      return new FileLock(Optional.of(locked(lockFile, what)));
    } catch (IOException e) {
      throw notWritable(what, lockFile, e);
    }
  }

  /// For a file in a folder that is locked as a whole.
  static FileLock none() {
    return new FileLock(Optional.empty());
  }

  private static FileChannel locked(Path lockFile, String what) throws IOException {
    if (Files.isSymbolicLink(lockFile)) {
      throw link("lock file " + lockFile);
    }
    FileChannel channel =
        FileChannel.open(
            lockFile,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            only(lockFile, "rw-------"));
    OverlappingFileLockException held = new OverlappingFileLockException();
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      held = e; // by this process: the answer is the same
    }
    channel.close();
    throw new StorageException(
        what + ": is in use by another Rollcall: stop that one, or choose another place",
        StorageException.Outcome.REPAIR,
        held);
  }

  /// Links are not followed when our files are opened: otherwise somebody who may write in their
  /// folder could have any other file changed.
  static StorageException link(String what) {
    return new StorageException(
        what
            + ": is a symbolic link, which is not followed: remove it, or name the file it leads"
            + " to",
        StorageException.Outcome.REPAIR);
  }

  static StorageException notWritable(String what, Path file, IOException e) {
    if (DiskFull.is(e)) {
      return new StorageException(
          what + ": " + FileProblems.of(e), StorageException.Outcome.RETRY, e);
    }
    return new StorageException(
        what
            + ": cannot be written here ("
            + FileProblems.of(e)
            + "): give Rollcall's user write access to "
            + file.getParent()
            + " or choose another place",
        StorageException.Outcome.REPAIR,
        e);
  }

  static FileAttribute<?>[] only(Path file, String permissions) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public void close() {
    try {
      if (lock.isPresent()) {
        lock.get().close();
      }
    } catch (IOException ignored) {
      // The lock ends with the process at the latest.
    }
  }
}
