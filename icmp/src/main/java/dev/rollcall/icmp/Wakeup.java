package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Ends the wait of a thread in a [Poll]: an `eventfd`. Any thread may signal it.
final class Wakeup implements AutoCloseable {
  private final Libc libc;
  private final int descriptor;
  private final MemorySegment one;
  private final MemorySegment count;
  private boolean closed;

  Wakeup(Arena arena) {
    libc = Libc.in(arena);
    one = arena.allocate(ValueLayout.JAVA_LONG);
    one.set(ValueLayout.JAVA_LONG, 0, 1);
    count = arena.allocate(ValueLayout.JAVA_LONG);
    descriptor = libc.eventfd(0, Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC);
    if (descriptor < 0) {
      throw new NativeSocket.RefusedException("eventfd", -descriptor);
    }
  }

  int descriptor() {
    return descriptor;
  }

  /// Does nothing once it is closed.
  synchronized void signal() {
    if (!closed) {
      libc.write(descriptor, one, Long.BYTES);
    }
  }

  /// Takes the signals that there were, so that the next wait waits.
  synchronized void clear() {
    if (!closed) {
      libc.read(descriptor, count, Long.BYTES);
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      libc.close(descriptor);
    }
  }
}
