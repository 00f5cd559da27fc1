package dev.rollcall.server.app;

import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Collects the garbage among old objects when the heap has grown. The serial collector lets the
/// heap grow to its limit before it looks at them, and what a start needs is many times what is
/// needed afterwards.
final class HeapGrowth implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(2);

  /// After this many rounds the start is over. What is not needed any more is collected.
  private static final int START = 10;

  /// How large the heap may be before a collection, in bytes.
  private static final long BEGIN = 80 * 1024 * 1024;

  /// Growth that is worth a collection: this many bytes, and this part of the heap.
  private static final long LEAST = 8 * 1024 * 1024;

  private static final int PART = 8;

  /// Nothing else runs during a collection, so all of them take at most a hundredth of the time.
  private static final int RARELY = 100;

  private final Clock clock;
  private final LongSupplier heap;
  private final Runnable collect;
  private final BackgroundLoop loop;

  // Used by the thread only.
  private int rounds;
  private boolean settled;
  private long most = BEGIN;
  private Duration restsUntil = Duration.ZERO;

  HeapGrowth(Clock clock) {
    this(clock, Runtime.getRuntime()::totalMemory, HeapGrowth::collect);
  }

  /// @param heap the memory that the heap takes from the system, in bytes
  /// @param collect collects all garbage, and gives back what the heap does not need
  HeapGrowth(Clock clock, LongSupplier heap, Runnable collect) {
    this.clock = clock;
    this.heap = heap;
    this.collect = collect;
    this.loop = new BackgroundLoop("heap", "the collection of old garbage", EVERY, this::round);
  }

  void start() {
    loop.start();
  }

  /// Collects when the heap has grown, and once when the start is over.
  Duration round() {
    boolean over = rounds++ >= START;
    Duration began = clock.monotonic();
    if (began.compareTo(restsUntil) >= 0 && (heap.getAsLong() > most || (over && !settled))) {
      settled |= over;
      collect.run();
      Duration ended = clock.monotonic();
      restsUntil = ended.plus(ended.minus(began).multipliedBy(RARELY));
      long left = heap.getAsLong();
      most = left + Math.max(LEAST, left / PART);
    }
    return EVERY;
  }

  @SuppressWarnings("SystemGc") // rarely: the heap has to grow between two
  private static void collect() {
    System.gc();
  }

  @Override
  public void close() {
    loop.close();
  }
}
