package dev.rollcall.probes;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/// The memory for answers that are being read, shared by all checks of one [HttpAsker]. Without it,
/// servers that send slowly could let any number of checks hold a megabyte each. Thread-safe.
final class AnswerMemory {
  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /// There is not enough left. That says nothing about the server.
  static final class Exhausted extends IOException {
    private static final long serialVersionUID = 1;

    Exhausted() {
      super("too many large answers are being read at once");
    }
  }

  /// @param most the number of bytes
  AnswerMemory(long most) {
    this.most = most;
  }

  /// An eighth of the heap.
  static AnswerMemory ofHeap() {
    return new AnswerMemory(Runtime.getRuntime().maxMemory() / 8);
  }

  /// What one check holds until it ends. Not thread-safe.
  final class Share implements AutoCloseable {
    private long held;

    void take(long bytes) throws Exhausted {
      held += bytes;
      if (taken.addAndGet(bytes) > most) {
        throw new Exhausted();
      }
    }

    @Override
    public void close() {
      taken.addAndGet(-held);
      held = 0;
    }
  }
}
