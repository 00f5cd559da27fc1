package dev.rollcall.probes;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

/// The buffer of a connection while a chunked body is read. It says how many characters of lines
/// came without content between them: HttpCore keeps the lines behind the last chunk, which may be
/// a second header (RFC 9112, 7.1.2), and bounds only how many they are and how long each is.
final class ChunkLines implements SessionInputBuffer {
  private final SessionInputBuffer buffer;
  private final Watch watch;
  private int lines;

  /// Is told of lines.
  @FunctionalInterface
  interface Watch {
    /// One more line has come.
    ///
    /// @param length its characters
    /// @param together those of all lines since there was content
    void line(int length, int together) throws IOException;
  }

  ChunkLines(SessionInputBuffer buffer, Watch watch) {
    this.buffer = buffer;
    this.watch = watch;
  }

  @Override
  public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
    int before = line.length();
    int count = buffer.readLine(line, in);
    int length = line.length() - before;
    lines += length;
    watch.line(length, lines);
    return count;
  }

  @Override
  public int read(byte[] bytes, int offset, int length, InputStream in) throws IOException {
    lines = 0;
    return buffer.read(bytes, offset, length, in);
  }

  @Override
  public int read(byte[] bytes, InputStream in) throws IOException {
    lines = 0;
    return buffer.read(bytes, in);
  }

  @Override
  public int read(InputStream in) throws IOException {
    lines = 0;
    return buffer.read(in);
  }

  @Override
  public int length() {
    return buffer.length();
  }

  @Override
  public int capacity() {
    return buffer.capacity();
  }

  @Override
  public int available() {
    return buffer.available();
  }

  @Override
  public HttpTransportMetrics getMetrics() {
    return buffer.getMetrics();
  }
}
