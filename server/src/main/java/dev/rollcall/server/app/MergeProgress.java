package dev.rollcall.server.app;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.merge.Merge;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;

/// Shows the progress of a merge: a line for each file, and for a long file one every second.
final class MergeProgress implements Merge.Progress {
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final PrintWriter to;
  private final int files;
  private long printed = System.nanoTime();

  MergeProgress(PrintWriter to, int files) {
    this.to = to;
    this.files = files;
  }

  @Override
  public void part(int number, Path file, int percent) {
    if (System.nanoTime() - printed >= EVERY.toNanos()) {
      tell(number, file, percent + " %");
    }
  }

  @Override
  public void merged(int number, Path file, long added) {
    tell(number, file, added == 0 ? "nothing new" : added + " results added");
  }

  @Override
  public void indexing() {
    to.println("indexing");
    to.flush();
  }

  @Override
  public void leftOut(int number, Path file, String reason) {
    tell(number, file, "left out: " + reason);
  }

  private void tell(int number, Path file, String what) {
    printed = System.nanoTime();
    to.println(OneLine.of("%d/%d %s: %s".formatted(number, files, file, what)));
    to.flush();
  }
}
