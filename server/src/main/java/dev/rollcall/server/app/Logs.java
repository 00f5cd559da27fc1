package dev.rollcall.server.app;

import dev.rollcall.server.app.ServeSettings.Logging;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// The process's log: one line each to standard error, through one handler for everything that
/// logs, ours by `System.Logger` and libraries' by whatever they use.
///
/// Libraries are heard from warnings on, and from information on when we log for debugging; never
/// deeper, since their debugging shows the headers of requests, and with them secrets.
final class Logs extends Handler {
  // The logging library forgets the level of a logger that nobody holds.
  private static final Logger ROOT = Logger.getLogger("");
  private static final Logger OURS = Logger.getLogger("dev.rollcall");

  private final OutputStream out;
  private final LogLine line;

  private Logs(OutputStream out, LogLine line) {
    this.out = out;
    this.line = line;
  }

  /// Takes over the process's log from here on.
  ///
  /// @param out where lines go, each written at once and whole
  static void to(OutputStream out, Logging logging) {
    for (Handler other : ROOT.getHandlers()) {
      ROOT.removeHandler(other);
    }
    ROOT.addHandler(new Logs(out, new LogLine(logging, logging.name())));
    level(logging);
  }

  /// How much is logged from here on.
  static void level(Logging logging) {
    boolean debug = logging.level() == Logging.Level.DEBUG;
    ROOT.setLevel(debug ? Level.INFO : stricter(Level.WARNING, level(logging.level())));
    OURS.setLevel(level(logging.level()));
  }

  @Override
  public void publish(LogRecord message) {
    byte[] bytes = line.text(message).getBytes(StandardCharsets.UTF_8);
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      // Nobody is left to be told.
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  private static Level level(Logging.Level level) {
    return switch (level) {
      case ERROR -> Level.SEVERE;
      case WARN -> Level.WARNING;
      case INFO -> Level.INFO;
      case DEBUG -> Level.FINE;
    };
  }

  private static Level stricter(Level one, Level other) {
    return one.intValue() > other.intValue() ? one : other;
  }
}
