package dev.rollcall.server.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A line to a server on this machine that can be cut and mended.
public final class Wire implements AutoCloseable {
  private final ServerSocket entrance;
  private final int server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  /// A line to that port.
  public Wire(int server) throws IOException {
    this.server = server;
    this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::accept);
  }

  /// Where to connect to.
  public int port() {
    return entrance.getLocalPort();
  }

  /// Breaks what is connected, and whatever connects from now on.
  public void cut() {
    cut = true;
    open.forEach(Wire::closed);
    open.clear();
  }

  /// Lets new connections through.
  public void mend() {
    cut = false;
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        Socket near = entrance.accept();
        if (cut) {
          closed(near);
          continue;
        }
        Socket far = new Socket(InetAddress.getLoopbackAddress(), server);
        open.add(near);
        open.add(far);
        if (cut) {
          cut(); // it came between
        }
        Thread.startVirtualThread(() -> pump(near, far));
        Thread.startVirtualThread(() -> pump(far, near));
      } catch (IOException e) {
        // Closed, or one caller gone.
      }
    }
  }

  private static void pump(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // Cut.
    }
  }

  private static void closed(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    cut();
  }
}
