package dev.rollcall.server.redis;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/// A socket whose timeout is that of a whole answer: it counts from the last request, not from the
/// last byte. A server that sends a byte from time to time would hold a thread for as long as it
/// likes.
///
/// It is of no use where something comes that was not asked for. For one thread.
final class AnswerDeadline extends Socket {
  private volatile int millis;
  private volatile long asked = System.nanoTime();

  @Override
  public void setSoTimeout(int timeout) throws SocketException {
    millis = timeout;
    super.setSoTimeout(timeout);
  }

  @Override
  public int getSoTimeout() {
    return millis;
  }

  /// How long the answer may still take.
  private void limit() throws IOException {
    Duration left = Duration.ofMillis(millis).minusNanos(System.nanoTime() - asked);
    if (left.toMillis() <= 0) {
      throw new SocketTimeoutException("the whole answer takes longer than " + millis + " ms");
    }
    super.setSoTimeout((int) left.toMillis());
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        limit();
        return in.read();
      }

      @Override
      public int read(byte[] bytes, int from, int count) throws IOException {
        limit();
        return in.read(bytes, from, count);
      }
    };
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new FilterOutputStream(super.getOutputStream()) {
      @Override
      public void write(int one) throws IOException {
        asked = System.nanoTime();
        out.write(one);
      }

      @Override
      public void write(byte[] bytes, int from, int count) throws IOException {
        asked = System.nanoTime();
        out.write(bytes, from, count);
      }
    };
  }
}
