package dev.rollcall.server.app;

import dev.rollcall.server.sql.DiskFull;
import dev.rollcall.server.sql.FileProblems;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// The folder of all stored data.
final class DataFolder {
  private static final System.Logger LOG = System.getLogger(DataFolder.class.getName());

  private DataFolder() {}

  /// Creates the folder if it does not exist, and tests that it can be written. Only its owner can
  /// read it, because it contains keys and accounts.
  ///
  /// @throws CannotRun if it cannot be used
  static void open(Path folder) {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
        closeToOthers(folder);
      }
      tellLooseRights(folder);
      Files.delete(Files.createTempFile(folder, "writable", ""));
    } catch (FileAlreadyExistsException e) {
      throw new CannotRun(
          folder + " is a file where the data folder should be: set data to another");
    } catch (AccessDeniedException e) {
      throw new CannotRun(
          folder + " cannot be written by this user: give it to them, or set data to another");
    } catch (NoSuchFileException e) {
      throw new CannotRun(
          folder + " cannot be made or written there: set data to a folder this user may write in");
    } catch (IOException e) {
      if (DiskFull.is(e) && Files.isDirectory(folder)) {
        return; // serve waits for space
      }
      throw new CannotRun(
          folder
              + " cannot be used as data folder ("
              + FileProblems.of(e)
              + "): set data to a folder this user may write in");
    }
  }

  /// Only a warning: the folder may contain files of others.
  private static void tellLooseRights(Path folder) throws IOException {
    if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
    if (!rights.endsWith("------")) {
      LOG.log(
          Level.WARNING,
          "the data folder {0} is accessible to other users ({1}): run chmod 700 on it",
          folder,
          rights);
    }
  }

  private static void closeToOthers(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
  }
}
