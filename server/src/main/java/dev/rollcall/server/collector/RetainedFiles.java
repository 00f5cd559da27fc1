package dev.rollcall.server.collector;

import dev.rollcall.server.sql.FileProblems;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/// The results files of a folder that are no longer written, the newest first, and the deletion of
/// the oldest.
final class RetainedFiles implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RetainedFiles.class.getName());

  private final int most;
  private volatile List<ResultFile> files = List.of();

  /// @param most how many of them stay
  RetainedFiles(int most) {
    this.most = most;
  }

  /// The newest first.
  List<ResultFile> files() {
    return files;
  }

  /// Closes the previous files, and replaces them.
  synchronized void become(List<ResultFile> found) {
    close();
    files = List.copyOf(found);
  }

  /// Adds a file that is newer than the others.
  synchronized void add(ResultFile newest) {
    List<ResultFile> all = new ArrayList<>(files);
    all.addFirst(newest);
    files = List.copyOf(all);
  }

  /// Deletes the oldest files beyond the maximum. If a file cannot be deleted, this is logged, and
  /// the file is no longer in this list.
  synchronized void trim() {
    List<ResultFile> all = new ArrayList<>(files);
    while (all.size() > most) {
      ResultFile oldest = all.removeLast();
      files = List.copyOf(all);
      try {
        oldest.delete();
        LOG.log(
            Level.INFO, "deleted {0}, because {1} files are kept", oldest.name().text(), most + 1);
      } catch (IOException e) {
        LOG.log(
            Level.WARNING,
            "an old results file could not be deleted, delete it by hand: {0}",
            FileProblems.of(e));
      }
    }
  }

  @Override
  public synchronized void close() {
    files.forEach(ResultFile::close);
    files = List.of();
  }
}
