package dev.rollcall.server.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A line to PostgreSQL that breaks exactly when something is committed. The statements must be
/// sent as text each time (`prepareThreshold=0`).
public final class CommitCutter implements AutoCloseable {
  /// When it breaks.
  public enum Moment {
    /// The server does not get the commit.
    BEFORE,
    /// The server has committed; its answer is lost.
    AFTER,
    /// The line breaks, and the server gets the commit when [#deliver] is called.
    LATE
  }

  private static final byte[] COMMIT = "COMMIT\0".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket entrance;
  private final int server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch late = new CountDownLatch(1);
  private final CountDownLatch delivered = new CountDownLatch(1);
  private final AtomicInteger seen = new AtomicInteger();
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile int every;
  private volatile int left;
  private volatile Moment moment = Moment.BEFORE;

  /// A line to that port.
  public CommitCutter(int server) throws IOException {
    this.server = server;
    this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::accept);
  }

  /// Where to connect to.
  public int port() {
    return entrance.getLocalPort();
  }

  /// Breaks at the next commit.
  public void cutNext(Moment at) {
    cutEvery(1, 1, at);
  }

  /// Breaks at each of the `nth` commits from now on, `times` times.
  public synchronized void cutEvery(int nth, int times, Moment at) {
    moment = at;
    seen.set(0);
    every = nth;
    left = times;
  }

  /// How often it has broken.
  public int cuts() {
    return cuts.get();
  }

  /// Lets a late commit through, and waits until the server has answered it or has closed.
  public void deliver() throws InterruptedException {
    late.countDown();
    delivered.await();
  }

  private synchronized boolean breaksNow() {
    if (left > 0 && seen.incrementAndGet() % every == 0) {
      left--;
      cuts.incrementAndGet();
      return true;
    }
    return false;
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        Socket near = entrance.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), server);
        open.add(near);
        open.add(far);
        Thread.startVirtualThread(() -> forth(near, far));
        Thread.startVirtualThread(() -> back(near, far));
      } catch (IOException e) {
        // Closed, or one caller gone.
      }
    }
  }

  private void forth(Socket near, Socket far) {
    byte[] buffer = new byte[65_536];
    try (near) {
      InputStream from = near.getInputStream();
      OutputStream to = far.getOutputStream();
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        if (moment != Moment.AFTER && contains(buffer, read) && breaksNow()) {
          near.close();
          if (moment == Moment.LATE) {
            late.await();
            to.write(buffer, 0, read);
            return; // the other direction ends it
          }
          break;
        }
        to.write(buffer, 0, read);
      }
      far.close();
    } catch (IOException | InterruptedException e) {
      // Cut.
    }
  }

  private void back(Socket near, Socket far) {
    byte[] buffer = new byte[65_536];
    try (near;
        far) {
      InputStream from = far.getInputStream();
      OutputStream to = near.getOutputStream();
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        if (near.isClosed()) {
          break; // the answer to a late commit
        }
        if (moment == Moment.AFTER && contains(buffer, read) && breaksNow()) {
          break;
        }
        to.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // Cut.
    } finally {
      if (late.getCount() == 0) {
        delivered.countDown();
      }
    }
  }

  private static boolean contains(byte[] bytes, int length) {
    for (int at = 0; at + COMMIT.length <= length; at++) {
      int same = 0;
      while (same < COMMIT.length && bytes[at + same] == COMMIT[same]) {
        same++;
      }
      if (same == COMMIT.length) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    late.countDown();
    entrance.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
