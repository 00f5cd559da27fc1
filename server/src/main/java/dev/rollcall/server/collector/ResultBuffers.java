package dev.rollcall.server.collector;

import dev.rollcall.server.http.Unavailable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;

/// Limits the memory for received results that are not stored yet, however many nodes send at once.
/// A slow sender takes memory only for what it has sent.
final class ResultBuffers {
  private static final int LEAST_SPARE = 64 * 1024;
  private static final byte[] NONE = new byte[0];
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  /// Arrays up to this total size are kept for the next requests. Otherwise the arrays of every
  /// request would become garbage in the old generation, and the heap would grow until a full
  /// collection.
  private static final int MOST_SPARE = 8 * 1024 * 1024;

  private final long most;
  private final AtomicLong taken = new AtomicLong();
  private final ArrayDeque<byte[]> spare = new ArrayDeque<>();
  private int spareBytes;

  /// @param most the limit in bytes
  ResultBuffers(long most) {
    this.most = most;
  }

  /// An array of at least `least` bytes.
  ///
  /// @throws Unavailable if the limit is reached; nothing is taken then
  byte[] take(int least, int usual) {
    byte[] found = spare(least, 2 * Math.max(least, usual));
    if (found.length == 0) {
      found = new byte[count(Math.max(least, usual))];
    } else {
      count(found.length);
    }
    return found;
  }

  private int count(int bytes) {
    if (taken.addAndGet(bytes) > most) {
      taken.addAndGet(-bytes);
      throw new Unavailable("too many results at once for the available memory", RETRY_AFTER);
    }
    return bytes;
  }

  /// The shortest array that is long enough, and not much too long. There are only few.
  private synchronized byte[] spare(int least, int longest) {
    byte[] best = NONE;
    for (byte[] each : spare) {
      boolean fits = each.length >= least && each.length <= longest;
      if (fits && (best.length == 0 || each.length < best.length)) {
        best = each;
      }
    }
    if (best.length > 0) {
      spareBytes -= best.length;
      spare.remove(best);
    }
    return best;
  }

  void giveBack(byte[] bytes) {
    taken.addAndGet(-bytes.length);
    keep(bytes);
  }

  private synchronized void keep(byte[] bytes) {
    if (bytes.length >= LEAST_SPARE && spareBytes + bytes.length <= MOST_SPARE) {
      spareBytes += bytes.length;
      spare.addLast(bytes);
    }
  }

  /// The number of bytes in use.
  long taken() {
    return taken.get();
  }
}
