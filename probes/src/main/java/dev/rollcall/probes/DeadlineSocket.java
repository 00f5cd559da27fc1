package dev.rollcall.probes;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A socket whose every read and write ends by the deadline of the attempt it serves: a server that
/// sends a byte a second gains nothing. TLS on top of it reads through it, and is bounded with it.
///
/// At the deadline, a scheduled task closes the socket; there is one task for all reads and writes
/// of an attempt. The read timeout of the JDK would start a timer for each read of a virtual
/// thread. The socket connects directly, whatever proxies the JVM is configured with.
///
/// After the deadline, reads and writes fail as on any closed socket. They do not throw a
/// `SocketTimeoutException`, because drivers take that for a temporary problem and read again:
/// pgjdbc does so forever if it has set no timeout itself.
final class DeadlineSocket extends Socket {
  private volatile Progress progress;
  // Guarded by this socket's monitor.
  private @Nullable ScheduledFuture<?> alarm;
  private long rings;
  private long until;
  private int waiting; // reads and writes, which may be at once
  private boolean rang;
  private @Nullable InputStream heard;

  DeadlineSocket(Progress progress) {
    super(Proxy.NO_PROXY);
    this.progress = progress;
  }

  /// From now on, reads are bounded by `next`'s deadline.
  void serve(Progress next) {
    progress = next;
  }

  /// Connects within `limit`.
  ///
  /// @throws SocketTimeoutException when that has passed
  void connect(InetSocketAddress address, Duration limit) throws IOException {
    begin(limit);
    try {
      connect(address);
      end();
    } catch (IOException e) {
      if (end(e) instanceof Passed passed) {
        SocketTimeoutException late = new SocketTimeoutException(passed.getMessage());
        late.initCause(e);
        throw late;
      }
      throw e;
    }
  }

  /// Nothing: the attempt's deadline is the only timeout, whatever a driver sets.
  @Override
  public void setSoTimeout(int millis) {}

  /// From now on, [#getInputStream] returns the received bytes as `way` transforms them.
  void hear(UnaryOperator<InputStream> way) throws IOException {
    heard = way.apply(getInputStream());
  }

  @Override
  public InputStream getInputStream() throws IOException {
    InputStream other = heard;
    return other == null ? new BoundedInput(super.getInputStream()) : other;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new BoundedOutput(super.getOutputStream());
  }

  @Override
  public void close() throws IOException {
    silence();
    super.close();
  }

  /// Begins to wait, for `left` at most; with nothing left, this is the end.
  private void begin(Duration left) throws IOException {
    if (!left.isPositive()) {
      drop();
      throw new Passed(null);
    }
    await(left);
  }

  private synchronized void await(Duration left) {
    waiting++;
    until = System.nanoTime() + left.toNanos();
    if (alarm == null || until - rings < 0) {
      set(left.toNanos());
    }
  }

  private synchronized void end() {
    waiting--;
  }

  /// What `failure` of waiting means: the deadline, if the alarm rang.
  private synchronized IOException end(IOException failure) {
    waiting--;
    return rang ? new Passed(failure) : failure;
  }

  private void set(long nanos) {
    silence();
    rings = System.nanoTime() + nanos;
    alarm = Deadlines.in(Duration.ofNanos(nanos), this::ring);
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
      if (waiting == 0) {
        return;
      }
      long left = until - System.nanoTime();
      if (left > 0) { // it was set for an earlier wait
        set(left);
        return;
      }
      rang = true;
    }
    drop();
  }

  /// Closes the connection, and drops what the system has not sent yet. It would try that again for
  /// minutes: after an outage of the network, a request that was given up would arrive after those
  /// that were sent since.
  private void drop() {
    try {
      setSoLinger(true, 0);
    } catch (SocketException e) {
      // it is closed
    }
    Dialer.closeQuietly(this);
  }

  /// The deadline has passed, and the socket is closed.
  private static final class Passed extends SocketException {
    private static final long serialVersionUID = 1L;

    Passed(@Nullable IOException cause) {
      super("Socket closed: its deadline has passed");
      initCause(cause);
    }
  }

  private final class BoundedInput extends FilterInputStream {
    BoundedInput(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      begin(progress.remaining());
      try {
        int count = super.read(bytes, offset, length);
        end();
        return count;
      } catch (IOException e) {
        throw end(e);
      }
    }
  }

  private final class BoundedOutput extends FilterOutputStream {
    BoundedOutput(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      begin(progress.remaining());
      try {
        out.write(bytes, offset, length); // the filter's own method would write byte by byte
        end();
      } catch (IOException e) {
        throw end(e);
      }
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }
  }
}
