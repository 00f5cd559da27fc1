package dev.rollcall.server.app;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// The log of the process: one line for each message, to standard error, through one handler for
/// our messages (`System.Logger`) and those of libraries.
///
/// Libraries log warnings, and with the log level debug also information. They never log more,
/// because their debug messages contain headers of requests, and so secrets.
final class Logs extends Handler {
  // Kept in fields: a logger without references is collected, and its level is lost.
  private static final Logger ROOT = Logger.getLogger("");
  private static final Logger OURS = Logger.getLogger("dev.rollcall");

  private final OutputStream out;
  private final LogLine line;

  private Logs(OutputStream out, LogLine line) {
    this.out = out;
    this.line = line;
  }

  /// Installs this log.
  ///
  /// @param out gets each line in one write
  static void to(OutputStream out, LogSettings logging) {
    for (Handler other : ROOT.getHandlers()) {
      ROOT.removeHandler(other);
    }
    ROOT.addHandler(new Logs(out, new LogLine(logging, logging.name())));
    level(logging);
  }

  /// Changes the log level.
  static void level(LogSettings logging) {
    boolean debug = logging.level() == LogSettings.Level.DEBUG;
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
      // there is no other place to report it
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  private static Level level(LogSettings.Level level) {
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
