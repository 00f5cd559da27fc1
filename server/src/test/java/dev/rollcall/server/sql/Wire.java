package dev.rollcall.server.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/// A line to a server on this machine that can be cut, or carry nothing without being cut, and be
/// mended.
public final class Wire implements AutoCloseable {
  private final ServerSocket entrance;
  private final int server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile CountDownLatch flow = new CountDownLatch(0);

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

  /// Holds back whatever is sent from now on, in both directions: a server that was frozen, or a
  /// firewall that has forgotten the connection.
  public void stall() {
    flow = new CountDownLatch(1);
  }

  /// Whether it holds back.
  public boolean isStalled() {
    return flow.getCount() > 0;
  }

  /// Lets new connections, and what was held back, through.
  public void mend() {
    cut = false;
    flow.countDown();
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        Socket near = entrance.accept();
        if (cut) {
          closed(near);
          continue;
        }
        Socket far = farEnd(near);
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

  /// Nobody may listen there: then the near end is closed, too.
  private Socket farEnd(Socket near) throws IOException {
    try {
      return new Socket(InetAddress.getLoopbackAddress(), server);
    } catch (IOException e) {
      near.close();
      throw e;
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      for (int read = from.getInputStream().read(buffer);
          read >= 0;
          read = from.getInputStream().read(buffer)) {
        flow.await();
        to.getOutputStream().write(buffer, 0, read);
      }
    } catch (IOException | InterruptedException e) {
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
    flow.countDown();
    cut();
  }
}
