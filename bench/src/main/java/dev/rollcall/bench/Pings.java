package dev.rollcall.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A job that pings forty times a second, each time over a new connection.
final class Pings {
  private static final Duration PACE = Duration.ofMillis(25);
  private static final int PATIENCE_MILLIS = 10_000;
  private static final byte[] PING = Crowd.request("GET", "/ping?name=job&frequency=1h", "");

  private final int port;
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();

  /// How often it took how many microseconds.
  private final ConcurrentSkipListMap<Long, AtomicLong> micros = new ConcurrentSkipListMap<>();

  private final Phaser underWay = new Phaser(1);
  private final Thread pace = Thread.ofPlatform().daemon().name("pings").unstarted(this::run);

  Pings(int port) {
    this.port = port;
  }

  void start() {
    pace.start();
  }

  int sent() {
    return sent.get();
  }

  /// How many were answered with 200.
  int answered() {
    return answered.get();
  }

  /// How long this share of them took at most, from the connection to the first line of the answer.
  double millis(double share) {
    long rank = Math.max(1, (long) Math.ceil(share * sent()));
    long below = 0;
    for (Map.Entry<Long, AtomicLong> each : micros.entrySet()) {
      below += each.getValue().get();
      if (below >= rank) {
        return each.getKey() / 1e3;
      }
    }
    return Double.NaN;
  }

  private void run() {
    try {
      while (true) {
        underWay.register();
        Thread.ofVirtual().name("ping").start(this::ping);
        Thread.sleep(PACE);
      }
    } catch (InterruptedException e) {
      // it is over
    }
  }

  private void ping() {
    long began = System.nanoTime();
    sent.incrementAndGet();
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
      socket.getOutputStream().write(PING);
      byte[] line = socket.getInputStream().readNBytes(12);
      if (line.length == 12 && line[9] == '2') {
        answered.incrementAndGet();
      }
    } catch (IOException e) {
      // not answered
    } finally {
      long took = (System.nanoTime() - began) / 1_000;
      micros.computeIfAbsent(took, _ -> new AtomicLong()).incrementAndGet();
      underWay.arriveAndDeregister();
    }
  }

  /// Sends no more, and waits for those under way.
  void end() throws InterruptedException {
    pace.interrupt();
    pace.join();
    if (!underWay.isTerminated()) {
      underWay.arriveAndDeregister();
      while (!underWay.isTerminated()) {
        Thread.sleep(10);
      }
    }
  }
}
