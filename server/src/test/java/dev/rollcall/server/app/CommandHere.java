package dev.rollcall.server.app;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;

/// A command line that ends by itself, run in the JVM of the tests: as `main` runs it, without the
/// third of a second of a processor that a process of its own takes to start. For what a command
/// does and says; not for signals, encodings, memory, and files that the test has open too.
///
/// @param status its exit status
/// @param out what it wrote to standard output
/// @param err what it wrote to standard error
public record CommandHere(int status, String out, String err) {
  /// All it said.
  public String said() {
    return out + err;
  }

  /// Runs it to its end.
  ///
  /// @param folder its working directory
  /// @param environment all its variables
  public static CommandHere run(Path folder, Map<String, String> environment, String... arguments) {
    KeptLog.programBegins();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try {
      int status =
          new Main(folder, environment)
              .commands(arguments)
              .setOut(new PrintWriter(out, true))
              .setErr(new PrintWriter(err, true))
              .execute(arguments);
      return new CommandHere(status, out.toString(), err.toString());
    } finally {
      KeptLog.programEnded();
    }
  }
}
