package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;

/// The program in the JVM of the tests, as `main` runs it. After the first in a JVM, a start takes
/// a tenth of the second of a processor that a process of its own takes, and so do its first
/// answers.
///
/// What it writes to standard output and standard error goes to a file of its own. Programs that
/// run at the same time share the level and the format of the log: those of the last that began.
/// One that is closed is stopped in order.
public final class ProgramHere implements RunningProgram {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final InheritableThreadLocal<OutputStream> SAID = new InheritableThreadLocal<>();

  static {
    System.setOut(new PrintStream(new Routed(System.out), true));
    System.setErr(new PrintStream(new Routed(System.err), true));
  }

  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile OptionalInt status = OptionalInt.empty();

  /// Starts a command line.
  ///
  /// @param folder its working directory
  /// @param environment all its variables
  /// @param said gets what it writes
  public ProgramHere(
      Path folder, Map<String, String> environment, List<String> arguments, Path said) {
    this.thread = new Thread(() -> run(folder, environment, arguments, said), "main " + folder);
    thread.start();
  }

  private void run(
      Path folder, Map<String, String> environment, List<String> arguments, Path said) {
    String[] line = arguments.toArray(String[]::new);
    KeptLog.programBegins();
    try (OutputStream out = Files.newOutputStream(said)) {
      SAID.set(out);
      Main main = new Main(folder, environment, () -> stop);
      status = OptionalInt.of(main.commands(line).execute(line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      SAID.remove();
      KeptLog.programEnded();
    }
  }

  @Override
  public boolean isAlive() {
    return thread.isAlive();
  }

  @Override
  public void stop() {
    stop.countDown();
  }

  @Override
  public OptionalInt ended(Duration patience) throws InterruptedException {
    return thread.join(patience) ? status : OptionalInt.empty();
  }

  @Override
  public void close() {
    stop();
    try {
      assertThat(thread.join(PATIENCE)).as("the program ends when it is stopped").isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Writes where the program of the thread writes, or else where all have written.
  private static final class Routed extends OutputStream {
    private final OutputStream others;

    Routed(OutputStream others) {
      this.others = others;
    }

    private OutputStream out() {
      return Optional.ofNullable(SAID.get()).orElse(others);
    }

    @Override
    public void write(int one) throws IOException {
      out().write(one);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out().write(bytes, from, length);
    }

    @Override
    public void flush() throws IOException {
      out().flush();
    }
  }
}
