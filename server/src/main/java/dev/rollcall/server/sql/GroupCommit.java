package dev.rollcall.server.sql;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;

/// The only way to write. Callers pass items and block until these are committed. All that come
/// while a commit is under way share the next one, so a durable write costs only a part of a sync.
///
/// Leader and followers, as in [RocksDB](https://github.com/facebook/rocksdb/wiki/WAL-Performance):
/// a caller that finds no writer becomes the leader. It takes all queued calls, writes them in one
/// transaction, makes the first call that came meanwhile the next leader, and wakes the callers it
/// wrote for. There is no writer thread, so a single caller whose commit needs no sync does not
/// switch threads. SQLite has one leader at a time, PostgreSQL as many as the database has writers.
/// On PostgreSQL a group has only one kind, so that all transactions that lock the same rows lock
/// them in the order of [Batch#order]. Groups of mixed kinds would deadlock, and each deadlock
/// costs a second.
///
/// A call is written completely or not at all. If a transaction fails because of an item, its calls
/// are split in halves and written again, until the bad call fails alone: among 1,000 calls this
/// takes about 20 transactions.
public final class GroupCommit implements AutoCloseable {
  /// With more, the next callers would wait for too long.
  private static final int MOST_ITEMS_AT_ONCE = 5_000;

  private static final int MOST_ITEMS_WAITING = 100_000;

  private final Database database;
  private final int mostAtOnce;
  private final int mostWaiting;
  private final boolean mixes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final ArrayDeque<PendingWrite<?, ?>> queue = new ArrayDeque<>();
  private long waiting;
  private int leaders;
  private volatile boolean crowded;
  private boolean closed;

  /// Rejects calls while 100,000 items wait.
  public GroupCommit(Database database) {
    this(database, MOST_ITEMS_WAITING);
  }

  GroupCommit(Database database, int mostWaiting) {
    this(database, MOST_ITEMS_AT_ONCE, mostWaiting);
  }

  /// @param mostAtOnce the largest total [Batch#weight] of one transaction; a single call that
  ///   exceeds it gets its own transaction
  /// @param mostWaiting the largest total weight that may wait; calls beyond it are rejected
  public GroupCommit(Database database, int mostAtOnce, int mostWaiting) {
    this.database = database;
    this.mostAtOnce = mostAtOnce;
    this.mostWaiting = mostWaiting;
    this.mixes = database.mostWriters() == 1;
  }

  /// Writes one item, and returns the result of `kind` for it after the commit.
  ///
  /// @throws StorageException if the database fails, or too many items wait
  /// @throws RuntimeException as thrown by the kind for this item
  public <I, R> R write(Batch<I, R> kind, I item) {
    return call(new PendingWrite<>(kind, List.of(item))).getFirst();
  }

  /// Writes items of one kind, all or none: see [#write].
  public <I, R> List<R> writeAll(Batch<I, R> kind, List<I> items) {
    return items.isEmpty() ? List.of() : call(new PendingWrite<>(kind, List.copyOf(items)));
  }

  private <I, R> List<R> call(PendingWrite<I, R> pendingWrite) {
    if (enter(pendingWrite)) {
      if (database.dialect().interruptible()) {
        Thread.ofVirtual().name("commit").start(this::lead);
      } else {
        lead();
      }
    }
    if (pendingWrite.await() == PendingWrite.Instruction.LEAD) {
      lead();
    }
    return pendingWrite.results();
  }

  /// Adds the call to the queue.
  ///
  /// @return whether it has to become a leader
  private boolean enter(PendingWrite<?, ?> pendingWrite) {
    lock.lock();
    try {
      if (closed) {
        throw new StorageException(
            "%s is being closed".formatted(database.location()), StorageException.Outcome.RETRY);
      }
      if (waiting + pendingWrite.weight() > mostWaiting) {
        throw new StorageException(
            "%s: overloaded: %d items wait to be written".formatted(database.location(), waiting),
            StorageException.Outcome.RETRY);
      }
      queue.add(pendingWrite);
      waiting += pendingWrite.weight();
      boolean place = leaders < database.mostWriters();
      if (place) {
        leaders++;
      }
      return place;
    } finally {
      lock.unlock();
    }
  }

  /// Writes one group, starts the next leader, and wakes the callers. If the last group had several
  /// calls, it yields first, so that more calls can join: the larger a group, the smaller the cost
  /// of each. (Only speed depends on this.)
  @SuppressWarnings("ThreadPriorityCheck")
  private void lead() {
    if (crowded) {
      Thread.yield();
    }
    List<PendingWrite<?, ?>> group = take();
    try {
      if (!group.isEmpty()) { // another leader may have been quicker
        commit(group);
      }
    } catch (Error e) {
      RuntimeException failure = new IllegalStateException("the writer failed: " + e, e);
      group.forEach(pendingWrite -> pendingWrite.failed(failure));
      throw e;
    } finally {
      handOver();
      group.forEach(pendingWrite -> pendingWrite.instruct(PendingWrite.Instruction.RETURN));
    }
  }

  private List<PendingWrite<?, ?>> take() {
    lock.lock();
    try {
      List<PendingWrite<?, ?>> group = new ArrayList<>();
      long taken = 0;
      Iterator<PendingWrite<?, ?>> waits = queue.iterator();
      while (waits.hasNext()) {
        PendingWrite<?, ?> next = waits.next();
        if (!group.isEmpty() && taken + next.weight() > mostAtOnce) {
          break;
        }
        if (group.isEmpty() || mixes || next.kind() == group.getFirst().kind()) {
          waits.remove();
          group.add(next);
          taken += next.weight();
        }
      }
      waiting -= taken;
      crowded = group.size() > 1;
      return group;
    } finally {
      lock.unlock();
    }
  }

  private void handOver() {
    lock.lock();
    try {
      PendingWrite<?, ?> next = queue.peek();
      if (next == null) {
        leaders--;
        idle.signalAll();
      } else if (database.dialect().interruptible()) {
        Thread.ofVirtual().name("commit").start(this::lead);
      } else {
        next.instruct(PendingWrite.Instruction.LEAD);
      }
    } finally {
      lock.unlock();
    }
  }

  private void commit(List<PendingWrite<?, ?>> group) {
    try {
      database.write(tx -> apply(tx, group), durability(group));
    } catch (StorageException e) {
      group.forEach(pendingWrite -> pendingWrite.failed(e));
    } catch (RuntimeException e) {
      if (group.size() == 1) {
        group.getFirst().failed(e);
      } else {
        int half = group.size() / 2;
        commit(group.subList(0, half));
        commit(group.subList(half, group.size()));
      }
    }
  }

  private static Durability durability(List<PendingWrite<?, ?>> group) {
    for (PendingWrite<?, ?> pendingWrite : group) {
      if (pendingWrite.kind().durability() == Durability.POWER) {
        return Durability.POWER;
      }
    }
    return Durability.PROCESS;
  }

  /// Writes the kinds one after the other, in the order in which they came first.
  private static void apply(Handle tx, List<PendingWrite<?, ?>> group) {
    Map<Batch<?, ?>, List<PendingWrite<?, ?>>> kinds = new LinkedHashMap<>();
    for (PendingWrite<?, ?> pendingWrite : group) {
      kinds.computeIfAbsent(pendingWrite.kind(), ignored -> new ArrayList<>()).add(pendingWrite);
    }
    kinds.values().forEach(calls -> applyKind(tx, calls));
  }

  /// All calls of one kind have the types of that kind.
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void applyKind(Handle tx, List<PendingWrite<?, ?>> calls) {
    PendingWrite.apply(tx, (List) calls);
  }

  /// The total weight of the waiting calls.
  long waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /// Rejects new calls, and returns when all passed calls are finished.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      while (leaders > 0) {
        idle.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }
}
