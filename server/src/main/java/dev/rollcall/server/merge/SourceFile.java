package dev.rollcall.server.merge;

import dev.rollcall.server.sql.FileProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/// How one file is read without a change to it.
///
/// With a log beside it (`-wal`), somebody may be writing it: it is opened read-only, and SQLite
/// shows the state of one moment. Without one, it is opened as unchangeable, since SQLite would
/// otherwise make a log beside it; that nobody changed it meanwhile is checked afterwards.
///
/// @param unchanging whether it was opened as unchangeable
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

  /// What SQLite opens: <https://sqlite.org/uri.html>.
  String uri() {
    return name(file) + (unchanging ? "?immutable=1" : "?mode=ro");
  }

  /// What SQLite takes for exactly that file, whatever is in its name.
  static String name(Path file) {
    return "file:" + file.toAbsolutePath().toUri().getRawPath();
  }

  /// @throws LeftOut where the file was changed while it was taken for unchangeable
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
