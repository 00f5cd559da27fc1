package dev.rollcall.server.http;

import java.util.concurrent.Semaphore;

/// Limits how many long bodies are read at once, to the number of processors. The others wait
/// before they have read much, so that they take little memory.
///
/// A thread that reads JSON keeps its carrier while there are bytes to read. Hundreds of bodies
/// would delay pings and checks for seconds, so a reader lets all others run after each buffer. A
/// thread that waits for bytes or for the database has no turn.
final class BodyReaders {
  /// Shorter bodies need no turn: what a job has printed does not wait for long bodies.
  private static final long SHORT = 12 * 1024;

  private static final Semaphore TURNS =
      new Semaphore(Runtime.getRuntime().availableProcessors(), true);

  private long passed;
  private boolean mine;

  /// Begins another body.
  void begin() {
    end();
    passed = 0;
  }

  /// Whether the body is so long that it is read in turns.
  boolean isLong() {
    return passed > SHORT;
  }

  /// Waits for a turn before the next `bytes` bytes are read.
  void next(int bytes) {
    passed += bytes;
    if (!isLong()) {
      return;
    }
    if (mine) {
      letOthersRun();
      return;
    }
    try {
      TURNS.acquire();
      mine = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionEnded("the listener is closing");
    }
  }

  /// Lets all virtual threads run that are waiting for a carrier. One that reads what has come
  /// already never waits by itself.
  @SuppressWarnings("ThreadPriorityCheck") // the scheduler of virtual threads takes no other away
  private static void letOthersRun() {
    Thread.yield();
  }

  /// Ends the turn: there is nothing to read at present.
  void end() {
    if (mine) {
      mine = false;
      TURNS.release();
    }
  }
}
