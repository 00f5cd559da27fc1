package dev.rollcall.server.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Joins files of collectors into one: what is in it already is not added again, what is damaged is
/// left out.
///
/// Each file is one transaction, so that a merge that was interrupted, in whatever way, is gone on
/// with by running it again. The files are only read.
public final class Merge {
  private final Path out;
  private final Progress progress;

  /// Who is told how it goes.
  public interface Progress {
    /// So much of a file is done.
    ///
    /// @param number counts the files from 1
    void part(int number, Path file, int percent);

    /// A file is done, and that many results of it were new.
    void merged(int number, Path file, long added);

    /// All files are done, and what makes the result quick to search is still to come.
    void indexing();

    /// A file is left out as if it had not been given.
    ///
    /// @param reason goes on after the file's name
    void leftOut(int number, Path file, String reason);
  }

  /// What became of it.
  ///
  /// @param added results that were new, of all files
  /// @param leftOut files that could not be merged
  public record Report(long added, int leftOut) {}

  /// @param out the file that all are joined into; made where it is missing
  public Merge(Path out, Progress progress) {
    this.out = out;
    this.progress = progress;
  }

  /// Merges these files, one after the other.
  ///
  /// @throws CannotMerge where the file that they are to be joined into cannot be used
  public Report run(List<Path> files) {
    long added = 0;
    int leftOut = 0;
    try (MergedFile merged = MergedFile.open(out)) {
      for (int i = 0; i < files.size(); i++) {
        Path file = files.get(i);
        int number = i + 1;
        try {
          long more = merged.add(file, percent -> progress.part(number, file, percent));
          progress.merged(number, file, more);
          added += more;
        } catch (SkippedFile e) {
          progress.leftOut(number, file, String.valueOf(e.getMessage()));
          leftOut++;
        }
      }
      if (added > 0) {
        progress.indexing();
      }
      merged.index();
      return new Report(added, leftOut);
    } catch (SQLException e) {
      throw CannotMerge.of(out, e);
    }
  }

  /// Whether two paths are one file.
  public static boolean same(Path one, Path other) {
    try {
      if (Files.exists(one) && Files.exists(other)) {
        return Files.isSameFile(one, other);
      }
      return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    } catch (IOException e) {
      return false;
    }
  }

  /// What SQLite said, on one line.
  static String words(SQLException failure) {
    boolean coded =
        failure instanceof SQLiteException sqlite
            && sqlite.getResultCode() != SQLiteErrorCode.SQLITE_ERROR;
    String words =
        coded && failure instanceof SQLiteException sqlite
            ? sqlite.getResultCode().message
            : String.valueOf(failure.getMessage());
    return words.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
