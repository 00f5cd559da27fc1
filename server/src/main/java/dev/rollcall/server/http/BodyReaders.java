package dev.rollcall.server.http;

import java.util.concurrent.Semaphore;

/// Limits how many long bodies are read at once, to the number of processors. Each reader gets a
/// turn, for one buffer.
///
/// A thread that reads JSON keeps its carrier while there are bytes to read. Without turns,
/// hundreds of bodies would delay pings and checks for seconds. A thread that waits for bytes or
/// for the database has no turn.
final class BodyReaders {
  /// Shorter bodies need no turn.
  private static final long SHORT = 64 * 1024;

  private static final Semaphore TURNS =
      new Semaphore(Runtime.getRuntime().availableProcessors(), true);

  private long passed;
  private boolean mine;

  /// Begins another body.
  void begin() {
    end();
    passed = 0;
  }

  /// Waits for a turn before the next `bytes` bytes are read.
  void next(int bytes) {
    passed += bytes;
    if (!mine && passed > SHORT) {
      try {
        TURNS.acquire();
        mine = true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ConnectionEnded("the listener is closing");
      }
    }
  }

  /// Ends the turn: there is nothing to read at present.
  void end() {
    if (mine) {
      mine = false;
      TURNS.release();
    }
  }
}
