package dev.rollcall.probes;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/// A socket whose every read ends by the deadline of the attempt it serves: a server that sends a
/// byte a second gains nothing. TLS on top of it reads through it, and is bounded with it.
///
/// It sets the read timeout before each read, which is a field of the JDK's socket and costs no
/// system call. Connects directly, whatever proxies the JVM was told of.
final class DeadlineSocket extends Socket {
  private volatile Trail trail;

  DeadlineSocket(Trail trail) {
    super(Proxy.NO_PROXY);
    this.trail = trail;
  }

  /// From now on, reads are bounded by `next`'s deadline.
  void serve(Trail next) {
    trail = next;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Bounded(super.getInputStream());
  }

  /// `time` in whole milliseconds as sockets want it: at least 1, since 0 means for ever.
  static int millis(Duration time) {
    return Math.clamp(time.plusNanos(999_999).toMillis(), 1, Integer.MAX_VALUE);
  }

  private final class Bounded extends FilterInputStream {
    Bounded(InputStream in) {
      super(in);
    }

    private void arm() throws IOException {
      Duration left = trail.remaining();
      if (left.isZero()) {
        throw new SocketTimeoutException("deadline passed");
      }
      setSoTimeout(millis(left));
    }

    @Override
    public int read() throws IOException {
      arm();
      return super.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      arm();
      return super.read(bytes, offset, length);
    }
  }
}
