package dev.rollcall.probes;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A socket whose every read ends by the deadline of the attempt it serves: a server that sends a
/// byte a second gains nothing. TLS on top of it reads through it, and is bounded with it.
///
/// Who waits too long is cut off by an alarm that closes the socket, one for all that is read in an
/// attempt. The JDK's own timeouts of a read would wake a timer thread for each read of a virtual
/// thread. Connects directly, whatever proxies the JVM was told of.
final class DeadlineSocket extends Socket {
  private static final ScheduledThreadPoolExecutor ALARMS = alarms();

  private volatile Trail trail;
  // Guarded by this socket's monitor.
  private @Nullable ScheduledFuture<?> alarm;
  private long rings;
  private long until;
  private boolean waiting;
  private boolean rang;

  DeadlineSocket(Trail trail) {
    super(Proxy.NO_PROXY);
    this.trail = trail;
  }

  /// One thread, which is there only while somebody waits. Most alarms are taken back before they
  /// ring, and those that come later seldom ring earlier: it is hardly ever woken.
  private static ScheduledThreadPoolExecutor alarms() {
    ScheduledThreadPoolExecutor alarms =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("deadlines").factory());
    alarms.setRemoveOnCancelPolicy(true);
    alarms.setKeepAliveTime(1, TimeUnit.SECONDS);
    alarms.allowCoreThreadTimeOut(true);
    return alarms;
  }

  /// From now on, reads are bounded by `next`'s deadline.
  void serve(Trail next) {
    trail = next;
  }

  /// Connects within `limit`.
  ///
  /// @throws SocketTimeoutException when that has passed
  void connect(InetSocketAddress address, Duration limit) throws IOException {
    begin(limit);
    try {
      connect(address);
    } catch (IOException e) {
      throw end(e);
    }
    end();
  }

  /// Nothing: the attempt's deadline is the only timeout, whatever a driver sets.
  @Override
  public void setSoTimeout(int millis) {}

  @Override
  public InputStream getInputStream() throws IOException {
    return new Bounded(super.getInputStream());
  }

  @Override
  public void close() throws IOException {
    silence();
    super.close();
  }

  /// Begins to wait, for `left` at most.
  private synchronized void begin(Duration left) throws SocketTimeoutException {
    if (!left.isPositive()) {
      throw new SocketTimeoutException("deadline passed");
    }
    waiting = true;
    until = System.nanoTime() + left.toNanos();
    if (alarm == null || until - rings < 0) {
      set(left.toNanos());
    }
  }

  private synchronized void end() {
    waiting = false;
  }

  /// What `failure` of waiting means: the deadline, if the alarm rang.
  private synchronized IOException end(IOException failure) {
    waiting = false;
    if (!rang) {
      return failure;
    }
    SocketTimeoutException late = new SocketTimeoutException("deadline passed");
    late.initCause(failure);
    return late;
  }

  private void set(long nanos) {
    silence();
    rings = System.nanoTime() + nanos;
    alarm = ALARMS.schedule(this::ring, nanos, TimeUnit.NANOSECONDS);
  }

  private synchronized void silence() {
    if (alarm != null) {
      alarm.cancel(false);
      alarm = null;
    }
  }

  private void ring() {
    synchronized (this) {
      alarm = null;
      if (!waiting) {
        return;
      }
      long left = until - System.nanoTime();
      if (left > 0) { // it was set for an earlier wait
        set(left);
        return;
      }
      rang = true;
    }
    Dialer.closeQuietly(this);
  }

  private final class Bounded extends FilterInputStream {
    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      begin(trail.remaining());
      try {
        int count = super.read(bytes, offset, length);
        end();
        return count;
      } catch (IOException e) {
        throw end(e);
      }
    }
  }
}
