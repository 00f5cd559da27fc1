package dev.rollcall.server.http;

import java.util.concurrent.Semaphore;

/// Turns of those who read long bodies: as many at a time as there are processors, a buffer each.
/// Whoever reads JSON keeps its processor until nothing is left to read, and hundreds of bodies at
/// once would stand before each call and each check for seconds. Who waits for bytes, or for the
/// database, has no turn.
final class BodyReaders {
  /// What is shorter is read before anybody notices.
  private static final long SHORT = 64 * 1024;

  private static final Semaphore TURNS =
      new Semaphore(Runtime.getRuntime().availableProcessors(), true);

  private long passed;
  private boolean mine;

  /// Another body begins.
  void begin() {
    end();
    passed = 0;
  }

  /// So many bytes have come, and are read next.
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

  /// Nothing is left to read for now.
  void end() {
    if (mine) {
      mine = false;
      TURNS.release();
    }
  }
}
