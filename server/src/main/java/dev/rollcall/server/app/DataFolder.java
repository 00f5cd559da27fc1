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

/// The folder in which everything is kept.
final class DataFolder {
  private static final System.Logger LOG = System.getLogger(DataFolder.class.getName());

  private DataFolder() {}

  /// Makes the folder where there is none, readable by its owner alone since keys and accounts are
  /// kept in it, and makes sure that it can be written.
  ///
  /// @throws Trouble when it cannot be used
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
        return; // there will be room again
      }
      throw new CannotRun(
          folder
              + " cannot be used as data folder ("
              + FileProblems.of(e)
              + "): set data to a folder this user may write in");
    }
  }

  /// Said and not mended: it may be a folder in which others have something as well.
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
