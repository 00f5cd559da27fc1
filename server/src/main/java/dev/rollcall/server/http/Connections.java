package dev.rollcall.server.http;

import dev.rollcall.server.time.BackgroundLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The connections of one port: accepts them, and closes those whose deadline has passed.
final class Connections implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Connections.class.getName());
  private static final Duration ROUND = Duration.ofMillis(250);

  /// The size of the send buffer of a socket. By default the operating system would use megabytes
  /// for each slow client.
  private static final int SEND_BUFFER = 128 * 1024;

  /// When connections have to be closed, one of this many is closed at a time, because finding them
  /// means looking at all.
  private static final int PART = 16;

  private static final Duration AFTER_FAILURE = Duration.ofMillis(100);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
  private static final Duration LAST_WORD = Duration.ofSeconds(1);

  /// A client that has kept the server waiting for longer was not about to send a ping.
  private static final Duration ON_ITS_WAY = Duration.ofSeconds(1);

  private final ServerSocket server;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final BackgroundLoop deadlines =
      new BackgroundLoop("http-deadlines", "closing overdue connections", ROUND, this::cutOverdue);
  private final int places;
  private final LongAdder turnedAway = new LongAdder();
  private final Limits.Patience patience;
  private final Dispatcher dispatcher;
  private volatile boolean stopped;

  Connections(ServerSocket server, Limits limits, Dispatcher dispatcher) {
    this.server = server;
    this.places = limits.connections();
    this.patience = limits.patience();
    this.dispatcher = dispatcher;
  }

  /// Starts to accept connections, and to watch them.
  void open() {
    deadlines.start();
    Thread.ofPlatform().name("http-" + server.getLocalPort()).daemon().start(this::accept);
  }

  private void accept() {
    while (!stopped) {
      try {
        begin(server.accept());
      } catch (IOException e) {
        if (!stopped) {
          // usually there are no file descriptors left
          turnsAway();
          LOG.log(System.Logger.Level.WARNING, "cannot accept a connection: " + e.getMessage());
          LockSupport.parkNanos(AFTER_FAILURE.toNanos());
        }
      }
    }
  }

  private void begin(Socket socket) throws IOException {
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    socket.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
    if (open.size() >= places && !clear(one -> true)) {
      turnsAway();
      socket.close();
      return;
    }
    Connection connection = new Connection(socket, this);
    open.add(connection);
    Thread.ofVirtual().name("http").start(connection);
    if (stopped) {
      connection.close();
    }
  }

  private Duration cutOverdue() {
    long now = System.nanoTime();
    for (Connection connection : open) {
      if (connection.isOverdue(now)) {
        connection.cut();
      }
    }
    return ROUND;
  }

  Limits.Patience patience() {
    return patience;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  void remove(Connection connection) {
    open.remove(connection);
  }

  /// Counts a ping that was rejected, or a connection that may have carried one.
  void turnsAway() {
    turnedAway.increment();
  }

  long turnedAway() {
    return turnedAway.sum();
  }

  /// Closes some connections that keep the server waiting: those of the address with the most,
  /// first idle ones, then those in the middle of a request, the longest waiting first. So one
  /// address cannot keep others out. The same holds for silent clients among those behind one
  /// address.
  ///
  /// @param of the connections to consider
  /// @return whether there were any
  synchronized boolean clear(Predicate<Connection> of) {
    long now = System.nanoTime();
    Map<InetAddress, List<Connection>> each =
        open.stream().collect(Collectors.groupingBy(one -> one.remote().getAddress()));
    List<Connection> most =
        each.values().stream().max(Comparator.comparingInt(List::size)).orElse(List.of());
    record Waiting(Connection connection, boolean idle, long nanos) {}
    List<Waiting> waiting = new ArrayList<>();
    for (Connection one : most) {
      OptionalLong since = one.waitingSince();
      if (since.isPresent() && of.test(one)) {
        waiting.add(new Waiting(one, one.isIdle(), now - since.getAsLong()));
      }
    }
    waiting.sort(
        Comparator.comparing((Waiting one) -> !one.idle())
            .thenComparing(Comparator.comparingLong(Waiting::nanos).reversed()));
    int enough = Math.max(1, most.size() / PART);
    for (Waiting one : waiting.subList(0, Math.min(enough, waiting.size()))) {
      open.remove(one.connection());
      one.connection().cut();
      if (one.nanos() < ON_ITS_WAY.toNanos()) {
        turnsAway();
      }
    }
    return !waiting.isEmpty();
  }

  /// Accepts no more connections, waits a limited time for requests under way, and closes the rest.
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
    deadlines.close();
  }

  private void awaitNone(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    while (!open.isEmpty() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }
}
