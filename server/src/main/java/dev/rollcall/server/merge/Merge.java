package dev.rollcall.server.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Merges files of collectors into one. What it contains already is not added again; damaged files
/// are skipped.
///
/// Each file is one transaction: after an interruption of any kind, run the merge again to
/// continue. The source files are only read.
public final class Merge {
  private final Path out;
  private final Progress progress;

  /// Receives the progress.
  public interface Progress {
    /// A part of a file is done.
    ///
    /// @param number counts the files from 1
    /// @param percent how much of the file is done
    void part(int number, Path file, int percent);

    /// A file is done; `added` of its results were new.
    void merged(int number, Path file, long added);

    /// All files are done, and the indexes are created now.
    void indexing();

    /// A file was skipped.
    ///
    /// @param reason follows the name of the file
    void leftOut(int number, Path file, String reason);
  }

  /// The result of a merge.
  ///
  /// @param added the number of new results of all files
  /// @param leftOut the number of skipped files
  public record Report(long added, int leftOut) {}

  /// @param out the output file; created if it is missing
  public Merge(Path out, Progress progress) {
    this.out = out;
    this.progress = progress;
  }

  /// Merges these files, one after the other.
  ///
  /// @throws CannotMerge if the output file cannot be used
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

  /// Whether two paths are the same file.
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

  /// The message of SQLite, in one line.
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
