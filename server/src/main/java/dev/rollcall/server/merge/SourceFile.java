package dev.rollcall.server.merge;

import dev.rollcall.server.sql.FileProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/// How to read one file without changing it.
///
/// If it has a log (`-wal`) or a journal, it may be in use: it is opened read-only, and SQLite
/// shows the state of one moment. Otherwise it is opened as immutable, since SQLite would create a
/// log next to it. Afterwards, a check makes sure that it was not changed meanwhile.
///
/// @param unchanging whether it was opened as immutable
record SourceFile(Path file, boolean unchanging, long size, FileTime modified) {
  static SourceFile of(Path file) throws SkippedFile {
    try {
      return new SourceFile(
          file, !hasCompanion(file), Files.size(file), Files.getLastModifiedTime(file));
    } catch (IOException e) {
      throw new SkippedFile("cannot be read: " + FileProblems.of(e), e);
    }
  }

  private static boolean hasCompanion(Path file) {
    return Files.exists(Path.of(file + "-wal")) || Files.exists(Path.of(file + "-journal"));
  }

  /// The URI for SQLite: <https://sqlite.org/uri.html>.
  String uri() {
    return name(file) + (unchanging ? "?immutable=1" : "?mode=ro");
  }

  /// The URI of exactly that file, whatever characters its name contains.
  static String name(Path file) {
    return "file:" + file.toAbsolutePath().toUri().getRawPath();
  }

  /// @throws SkippedFile if the file was changed while it was open as immutable
  void check() throws SkippedFile {
    if (!unchanging) {
      return;
    }
    SourceFile now = of(file);
    if (!now.unchanging || now.size != size || !now.modified.equals(modified)) {
      throw new SkippedFile("was changed while it was read: run the merge again");
    }
  }
}
