package dev.rollcall.server.app;

import dev.rollcall.server.time.BackgroundLoop;
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

  private final LongSupplier heap;
  private final Runnable collect;
  private final BackgroundLoop loop;

  // Used by the thread only.
  private int rounds;
  private long most = BEGIN;

  HeapGrowth() {
    this(Runtime.getRuntime()::totalMemory, HeapGrowth::collect);
  }

  /// @param heap the memory that the heap takes from the system, in bytes
  /// @param collect collects all garbage, and gives back what the heap does not need
  HeapGrowth(LongSupplier heap, Runnable collect) {
    this.heap = heap;
    this.collect = collect;
    this.loop = new BackgroundLoop("heap", "the collection of old garbage", EVERY, this::round);
  }

  void start() {
    loop.start();
  }

  /// Collects when the heap has grown, and once when the start is over.
  Duration round() {
    if (rounds++ == START || heap.getAsLong() > most) {
      collect.run();
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
