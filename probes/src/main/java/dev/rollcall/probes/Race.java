package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Connects to whichever of a host's addresses answers first, as RFC 8305 ("Happy Eyeballs") has
/// it: the addresses of both families in turn, each some time after the one before or as soon as
/// that one has failed, all of them in flight until one stands. One that swallows packets costs
/// this head start and no more.
///
/// Serves one call, on the thread that makes it.
final class Race {
  /// What an address has before the next one is tried beside it (RFC 8305, section 5). Where many
  /// addresses have little time, less: each has its turn.
  static final Duration HEAD_START = Duration.ofMillis(250);

  /// So many are in flight at once; the oldest is given up for one more.
  static final int MOST = 6;

  /// One address being connected to.
  private final class Runner implements Runnable {
    final InetSocketAddress address;
    final DeadlineSocket socket = new DeadlineSocket(progress);
    final Duration limit;
    private Optional<IOException> failure = Optional.empty();

    Runner(InetSocketAddress address, Duration limit) {
      this.address = address;
      this.limit = limit;
    }

    @Override
    public void run() {
      try {
        socket.connect(address, limit);
      } catch (IOException e) {
        failure = Optional.of(e);
      }
      ended.add(this);
    }
  }

  private final Progress progress;
  private final List<InetSocketAddress> addresses;
  private final BlockingQueue<Runner> ended = new LinkedBlockingQueue<>();
  private final Deque<Runner> inFlight = new ArrayDeque<>();
  private final List<ProbeFailure> failures = new ArrayList<>();

  Race(List<InetAddress> addresses, int port, Progress progress) {
    this.addresses =
        inTurn(addresses).stream().map(each -> new InetSocketAddress(each, port)).toList();
    this.progress = progress;
  }

  /// The addresses of both families alternately, beginning with the first one's.
  static List<InetAddress> inTurn(List<InetAddress> addresses) {
    Class<?> family = addresses.getFirst().getClass();
    Deque<InetAddress> first = new ArrayDeque<>();
    Deque<InetAddress> second = new ArrayDeque<>();
    addresses.forEach(each -> (each.getClass() == family ? first : second).add(each));
    List<InetAddress> inTurn = new ArrayList<>();
    while (!first.isEmpty() || !second.isEmpty()) {
      Optional.ofNullable(first.poll()).ifPresent(inTurn::add);
      Optional.ofNullable(second.poll()).ifPresent(inTurn::add);
    }
    return inTurn;
  }

  /// Runs it; the trail is at the connection then.
  ///
  /// @param left the longest that it may take
  /// @return the connection that stood first
  /// @throws ProbeFailure which says of each address why there is none
  DeadlineSocket run(Duration left) throws ProbeFailure, InterruptedException {
    long end = System.nanoTime() + left.toNanos();
    long headStart = Math.min(HEAD_START.toNanos(), left.toNanos() / addresses.size());
    int next = 0;
    try {
      while (next < addresses.size() || !inFlight.isEmpty()) {
        long wait = end - System.nanoTime();
        if (wait <= 0) {
          break;
        }
        if (next < addresses.size()) {
          start(addresses.get(next++), Duration.ofNanos(wait), left);
          wait = next < addresses.size() ? Math.min(headStart, wait) : wait;
        }
        Runner done = ended.poll(wait, TimeUnit.NANOSECONDS);
        if (done != null && inFlight.remove(done)) {
          progress.at(Dialer.words(done.address));
          if (done.failure.isEmpty()) {
            return done.socket;
          }
          failures.add(Dialer.failure(done.failure.get(), left, progress));
        }
      }
    } finally {
      inFlight.forEach(each -> Dialer.closeQuietly(each.socket));
    }
    inFlight.forEach(each -> silent(each.address, left));
    addresses.subList(next, addresses.size()).forEach(each -> silent(each, left));
    throw Failures.all(failures);
  }

  private void start(InetSocketAddress address, Duration limit, Duration left) {
    if (inFlight.size() == MOST) {
      Runner oldest = inFlight.remove();
      Dialer.closeQuietly(oldest.socket);
      silent(oldest.address, left);
    }
    Runner runner = new Runner(address, limit);
    inFlight.add(runner);
    Thread.ofVirtual().name("connect").start(runner);
  }

  private void silent(InetSocketAddress address, Duration left) {
    progress.at(Dialer.words(address));
    failures.add(Failures.noConnection(progress, left));
  }
}
