package dev.rollcall.icmp;

import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Pings that wait until the loop of a shard takes them: a ring of fixed size, which many threads
/// fill and one empties.
final class PingQueue {
  /// Who waits for the result of one ping.
  static final class Waiter extends CompletableFuture<PingResult> {}

  /// What takes pings out of the queue.
  interface Taker {
    void take(
        InetAddress target,
        long high,
        long low,
        int scope,
        long tag,
        long timeout,
        @Nullable Waiter waiter);
  }

  private final int capacity;
  private final InetAddress[] targets;
  private final long[] high;
  private final long[] low;
  private final int[] scopes;
  private final long[] tags;
  private final long[] timeouts;
  private final @Nullable Waiter[] waiters;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition hasRoom = lock.newCondition();
  private final Wakeup wakeup;
  private int first;
  private int size;
  private boolean asleep;
  private boolean closed;

  /// @param wakeup ends the wait of the loop
  PingQueue(int capacity, Wakeup wakeup) {
    this.capacity = capacity;
    this.targets = new InetAddress[capacity];
    this.high = new long[capacity];
    this.low = new long[capacity];
    this.scopes = new int[capacity];
    this.tags = new long[capacity];
    this.timeouts = new long[capacity];
    this.waiters = new Waiter[capacity];
    this.wakeup = wakeup;
  }

  /// Adds a ping if there is room.
  ///
  /// @return whether there was
  /// @throws IllegalStateException if the queue is closed
  boolean offer(InetAddress target, long tag, long timeout, @Nullable Waiter waiter) {
    boolean wake;
    lock.lock();
    try {
      mustBeOpen();
      if (size == capacity) {
        return false;
      }
      wake = add(target, tag, timeout, waiter);
    } finally {
      lock.unlock();
    }
    if (wake) {
      wakeup.signal();
    }
    return true;
  }

  /// Waits for room, and adds a ping.
  ///
  /// @throws IllegalStateException if the queue is closed
  void put(InetAddress target, long tag, long timeout, @Nullable Waiter waiter)
      throws InterruptedException {
    boolean wake;
    lock.lockInterruptibly();
    try {
      while (size == capacity && !closed) {
        hasRoom.await();
      }
      mustBeOpen();
      wake = add(target, tag, timeout, waiter);
    } finally {
      lock.unlock();
    }
    if (wake) {
      wakeup.signal();
    }
  }

  private void mustBeOpen() {
    if (closed) {
      throw new IllegalStateException("the pinger is closed");
    }
  }

  /// Adds a ping.
  ///
  /// @return whether the loop has to be woken
  private boolean add(InetAddress target, long tag, long timeout, @Nullable Waiter waiter) {
    int at = (first + size) % capacity;
    targets[at] = target;
    high[at] = SocketAddress.high(target);
    low[at] = SocketAddress.low(target);
    scopes[at] = SocketAddress.scope(target);
    tags[at] = tag;
    timeouts[at] = timeout;
    waiters[at] = waiter;
    size++;
    boolean wake = asleep;
    asleep = false;
    return wake;
  }

  /// Hands over the oldest pings.
  ///
  /// @return how many
  int take(int most, Taker taker) {
    if (most <= 0) {
      return 0;
    }
    lock.lock();
    try {
      int count = Math.min(most, size);
      for (int i = 0; i < count; i++) {
        taker.take(
            targets[first],
            high[first],
            low[first],
            scopes[first],
            tags[first],
            timeouts[first],
            waiters[first]);
        waiters[first] = null;
        first = (first + 1) % capacity;
        size--;
      }
      if (count > 0) {
        hasRoom.signalAll();
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  /// Asks to be woken by the next ping, unless there is one.
  ///
  /// @return whether the queue is empty, so that the loop may wait
  boolean sleep() {
    lock.lock();
    try {
      asleep = size == 0 && !closed;
      return asleep;
    } finally {
      lock.unlock();
    }
  }

  /// Accepts no more pings.
  void close() {
    lock.lock();
    try {
      closed = true;
      hasRoom.signalAll();
    } finally {
      lock.unlock();
    }
    wakeup.signal();
  }
}
