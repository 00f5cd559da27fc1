package dev.rollcall.server.collector;

import dev.rollcall.server.address.Address;
import dev.rollcall.server.collector.Result.Hop;
import dev.rollcall.server.collector.Result.Traceroute;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/// Sends the hops of stored traceroutes to the input service, each once while it is remembered.
/// Storing results never waits for this.
final class Hops implements AutoCloseable {
  static final int AT_ONCE = 1_000;

  private static final System.Logger LOG = System.getLogger(Hops.class.getName());
  private static final Duration GATHER = Duration.ofMillis(200);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final HopMemory memory;
  private final HopQueue queue;
  private final HopReceiver taker;
  private final ReentrantLock lock = new ReentrantLock();
  private final LongAdder discovered = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private volatile Optional<Thread> sender = Optional.empty();

  /// @param most how many addresses are remembered, and how many may wait to be sent
  Hops(int most, HopReceiver taker) {
    this.memory = new HopMemory(most);
    this.queue = new HopQueue(most);
    this.taker = taker;
  }

  void start() {
    sender = Optional.of(Thread.ofPlatform().daemon().name("hops").start(this::run));
  }

  /// Adds the hops of results that are stored now.
  void see(Results results) {
    if (results.hops() == 0) {
      return;
    }
    lock.lock();
    try {
      results.walk(
          new Results.Visitor() {
            @Override
            public void result(Result result) {}

            @Override
            public void traceroute(Traceroute traceroute) {}

            @Override
            public void hop(Hop hop) {
              if (!hop.timeout() && hop.ip().isPresent()) {
                see(hop.ip().get());
              }
            }
          });
    } finally {
      lock.unlock();
    }
  }

  private void see(Address address) {
    if (memory.see(address.high(), address.low())) {
      discovered.increment();
      queue.put(address.high(), address.low());
    }
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    boolean away = false;
    try {
      while (true) {
        HopQueue.Taken taken = queue.take(AT_ONCE, GATHER);
        if (taken.addresses().isEmpty()) {
          return;
        }
        try {
          switch (taker.take(taken.addresses().stream().map(Address::toString).toList())) {
            case TAKEN -> sent.add(taken.addresses().size());
            case REFUSED -> {
              refused.add(taken.addresses().size());
              LOG.log(
                  Level.WARNING,
                  "{0} rejected {1} hops, which are not sent again",
                  taker,
                  taken.addresses().size());
            }
          }
          queue.sent(taken);
          pause = FIRST_PAUSE;
          if (away) {
            away = false;
            LOG.log(Level.INFO, "{0} accepts hops again", taker);
          }
        } catch (RuntimeException e) {
          if (!away) {
            away = true;
            LOG.log(
                Level.WARNING,
                "hops wait, and are sent again: {0}",
                String.valueOf(e.getMessage()));
          }
          if (queue.isClosed()) {
            return;
          }
          queue.pause(pause);
          pause =
              pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                  ? pause.multipliedBy(2)
                  : LONGEST_PAUSE;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The number of addresses that were new to the memory.
  long discovered() {
    return discovered.sum();
  }

  /// The number of addresses that the input service accepted.
  long sent() {
    return sent.sum();
  }

  /// The number of addresses that it rejected.
  long refused() {
    return refused.sum();
  }

  /// The number of addresses dropped because too many waited.
  long dropped() {
    return queue.dropped();
  }

  /// The number of addresses to be sent.
  long waiting() {
    return queue.waiting();
  }

  /// The number of remembered addresses.
  int remembered() {
    lock.lock();
    try {
      return memory.count();
    } finally {
      lock.unlock();
    }
  }

  /// Tries once more to send what waits, for at most two seconds.
  @Override
  public void close() {
    queue.close();
    try {
      if (sender.isPresent() && !sender.get().join(CLOSE_TIMEOUT)) {
        sender.get().interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (queue.waiting() > 0) {
      LOG.log(Level.WARNING, "{0,number,#} hops were not sent", queue.waiting());
    }
  }
}
