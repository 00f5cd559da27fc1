package dev.rollcall.server.http;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The connections of one listener: who takes them, and who closes those that are overdue.
final class Connections implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Connections.class.getName());
  private static final long ROUND_MILLIS = 250;
  private static final Duration AFTER_FAILURE = Duration.ofMillis(100);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
  private static final Duration LAST_WORD = Duration.ofSeconds(1);

  private final ServerSocket server;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Semaphore places;
  private final Limits.Patience patience;
  private final Dispatcher dispatcher;
  private volatile boolean stopped;

  Connections(ServerSocket server, Limits limits, Dispatcher dispatcher) {
    this.server = server;
    this.places = new Semaphore(limits.connections());
    this.patience = limits.patience();
    this.dispatcher = dispatcher;
  }

  /// Begins to take connections, and to watch them.
  void open() {
    Thread.ofVirtual().name("http-deadlines").start(this::watch);
    Thread.ofPlatform().name("http-" + server.getLocalPort()).daemon().start(this::accept);
  }

  private void accept() {
    while (!stopped) {
      try {
        places.acquire();
        begin(server.accept());
      } catch (IOException e) {
        places.release();
        if (!stopped) {
          // no file descriptor is left, as a rule
          LOG.log(System.Logger.Level.WARNING, "cannot take a connection: " + e.getMessage());
          LockSupport.parkNanos(AFTER_FAILURE.toNanos());
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void begin(Socket socket) throws IOException {
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    Connection connection = new Connection(socket, this);
    open.add(connection);
    Thread.ofVirtual().name("http").start(connection);
    if (stopped) {
      connection.close();
    }
  }

  private void watch() {
    try {
      while (!closed.await(ROUND_MILLIS, TimeUnit.MILLISECONDS)) {
        long now = System.nanoTime();
        for (Connection connection : open) {
          if (connection.isOverdue(now)) {
            connection.cut();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Limits.Patience patience() {
    return patience;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  void remove(Connection connection) {
    open.remove(connection);
    places.release();
  }

  /// Takes no more, lets what is under way end for as long as there is patience, and ends the rest.
  @Override
  public void close() {
    stopped = true;
    try {
      server.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a port failed", e);
    }
    open.forEach(Connection::close);
    awaitNone(patience.stop());
    open.forEach(Connection::end);
    awaitNone(LAST_WORD);
    closed.countDown();
  }

  private void awaitNone(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    while (!open.isEmpty() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }
}
