package dev.rollcall.server.collector;

import dev.rollcall.server.sql.FileProblems;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/// The results files of a folder that are no longer written, the newest first, and how many of them
/// stay.
final class RetainedFiles implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RetainedFiles.class.getName());

  private final int most;
  private volatile List<ResultFile> files = List.of();

  /// @param most how many stay
  RetainedFiles(int most) {
    this.most = most;
  }

  /// The newest first.
  List<ResultFile> files() {
    return files;
  }

  /// Closes what there was: these are the files now.
  synchronized void become(List<ResultFile> found) {
    close();
    files = List.copyOf(found);
  }

  /// One more, newer than the others.
  synchronized void add(ResultFile newest) {
    List<ResultFile> all = new ArrayList<>(files);
    all.addFirst(newest);
    files = List.copyOf(all);
  }

  /// Deletes the oldest that are too many. What cannot be deleted is told, and no longer among
  /// them.
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
