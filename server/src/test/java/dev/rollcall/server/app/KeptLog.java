package dev.rollcall.server.app;

import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The log of the process as it was before a test took it over. Nobody else's levels are touched.
final class KeptLog {
  private static final Logger ROOT = Logger.getLogger("");
  private static final Logger OURS = Logger.getLogger("dev.rollcall");

  private static int programs;
  private static @Nullable KeptLog before;

  private final Handler[] handlers = ROOT.getHandlers();
  private final @Nullable Level root = ROOT.getLevel();
  private final @Nullable Level ours = OURS.getLevel();

  /// A program begins, which takes the log over.
  static synchronized void programBegins() {
    if (programs++ == 0) {
      before = new KeptLog();
    }
  }

  /// A program has ended. The last one gives the log back.
  static synchronized void programEnded() {
    if (--programs == 0) {
      Optional.ofNullable(before).ifPresent(KeptLog::restore);
    }
  }

  void restore() {
    for (Handler handler : ROOT.getHandlers()) {
      ROOT.removeHandler(handler);
    }
    for (Handler handler : handlers) {
      ROOT.addHandler(handler);
    }
    ROOT.setLevel(root);
    OURS.setLevel(ours);
  }
}
