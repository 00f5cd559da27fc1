package dev.rollcall.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/// The cheapest targets of checks: one thread accepts connections and closes them. Some services
/// have an address of their own, which can be closed; the others share a hundred.
final class TcpTargets implements AutoCloseable {
  private static final int SHARED = 100;
  private static final int BACKLOG = 4_096;

  private final int own;
  private final int port;
  private final Selector selector;
  private final List<ServerSocketChannel> open = new ArrayList<>();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("targets").unstarted(this::accept);

  /// @param own how many services have an address of their own
  TcpTargets(int own) throws IOException {
    this.own = own;
    this.port = Stage.freePort();
    this.selector = Selector.open();
    for (int i = 0; i < own + SHARED; i++) {
      open.add(listening(i));
    }
    thread.start();
  }

  /// The address that the service of this number has.
  String url(int service) {
    return "tcp://" + host(service < own ? service : own + service % SHARED) + ":" + port;
  }

  private static String host(int place) {
    return "127.0." + (1 + place / 200) + "." + (1 + place % 200);
  }

  private ServerSocketChannel listening(int place) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    channel.bind(new InetSocketAddress(InetAddress.getByName(host(place)), port), BACKLOG);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_ACCEPT);
    return channel;
  }

  /// Nobody listens any more at the address of this service.
  synchronized void down(int service) throws IOException {
    open.get(service).close();
    selector.wakeup(); // only a select lets go of the port
  }

  /// Somebody listens again.
  synchronized void up(int service) throws IOException {
    open.set(service, listening(service));
    selector.wakeup();
  }

  /// The same for all services.
  void allDown() throws IOException {
    for (int i = 0; i < own + SHARED; i++) {
      down(i);
    }
  }

  void allUp() throws IOException {
    for (int i = 0; i < own + SHARED; i++) {
      up(i);
    }
  }

  private void accept() {
    try {
      while (selector.isOpen()) {
        selector.select(key -> accept((ServerSocketChannel) key.channel()));
      }
    } catch (IOException | ClosedSelectorException e) {
      // closed
    }
  }

  private static void accept(ServerSocketChannel channel) {
    try {
      for (SocketChannel one = channel.accept(); one != null; one = channel.accept()) {
        one.close();
      }
    } catch (ClosedChannelException e) {
      // it went down meanwhile
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    selector.close();
    for (ServerSocketChannel each : open) {
      each.close();
    }
  }
}
