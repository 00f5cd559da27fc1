package dev.rollcall.server;

import dev.rollcall.server.app.RunningProgram;
import java.time.Duration;
import java.util.OptionalInt;

/// The built program in a process of its own, which is killed when it is closed.
record ProgramProcess(Process process) implements RunningProgram {
  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void stop() {
    process.destroy();
  }

  @Override
  public OptionalInt ended(Duration patience) throws InterruptedException {
    return process.waitFor(patience) ? OptionalInt.of(process.exitValue()) : OptionalInt.empty();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
