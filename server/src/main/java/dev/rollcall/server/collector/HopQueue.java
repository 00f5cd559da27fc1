package dev.rollcall.server.collector;

import dev.rollcall.server.address.Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Addresses to be sent, in the order in which they were found. If there are too many, the oldest
/// is dropped and counted. [#put] never waits.
final class HopQueue {
  private static final int FIRST = 1024;

  /// Addresses to send.
  ///
  /// @param end for [#sent]
  record Taken(List<Address> addresses, long end) {}

  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long[] ring = new long[2 * FIRST];
  private long head;
  private long tail;
  private long dropped;
  private boolean closed;

  /// @param most the largest number of addresses, 16 bytes each
  HopQueue(int most) {
    this.most = most;
  }

  void put(long high, long low) {
    lock.lock();
    try {
      if (tail - head == most) {
        head++;
        dropped++;
      } else if (tail - head == capacity()) {
        grow();
      }
      int at = place(tail++);
      ring[at] = high;
      ring[at + 1] = low;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private int capacity() {
    return ring.length / 2;
  }

  private int place(long number) {
    return 2 * (int) (number % capacity());
  }

  private void grow() {
    int larger = (int) Math.min(most, 2L * capacity());
    long[] next = new long[2 * larger];
    for (long number = head; number < tail; number++) {
      int to = 2 * (int) (number % larger);
      next[to] = ring[place(number)];
      next[to + 1] = ring[place(number) + 1];
    }
    ring = next;
  }

  /// Waits until there is an address, and then at most `gather` for `many` of them. They stay in
  /// the queue until [#sent].
  ///
  /// @return none after the queue was closed and is empty
  Taken take(int many, Duration gather) throws InterruptedException {
    lock.lock();
    try {
      while (head == tail && !closed) {
        changed.await();
      }
      long left = gather.toNanos();
      while (tail - head < many && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      List<Address> addresses = new ArrayList<>();
      long end = Math.min(tail, head + many);
      for (long number = head; number < end; number++) {
        addresses.add(new Address(ring[place(number)], ring[place(number) + 1]));
      }
      return new Taken(addresses, end);
    } finally {
      lock.unlock();
    }
  }

  /// Removes addresses that were sent or given up.
  void sent(Taken taken) {
    lock.lock();
    try {
      head = Math.max(head, taken.end());
    } finally {
      lock.unlock();
    }
  }

  /// Waits, but ends when the queue is closed.
  void pause(Duration time) throws InterruptedException {
    lock.lock();
    try {
      long left = time.toNanos();
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  long waiting() {
    lock.lock();
    try {
      return tail - head;
    } finally {
      lock.unlock();
    }
  }

  /// The number of addresses dropped without being sent, as there were too many.
  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /// Ends all waiting. The remaining addresses can still be taken.
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  long bytes() {
    return 8L * ring.length;
  }
}
