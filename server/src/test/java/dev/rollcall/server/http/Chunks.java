package dev.rollcall.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/// The body of an answer in chunks.
final class Chunks extends InputStream {
  private final InputStream in;
  private long left;
  private boolean ended;

  Chunks(InputStream in) {
    this.in = in;
  }

  /// The lines of an answer up to the empty one, in small letters.
  static String header(InputStream in) throws IOException {
    StringBuilder header = new StringBuilder();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      header.append(line.toLowerCase(Locale.ROOT)).append('\n');
    }
    return header.toString();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int read = read();
    if (read < 0) {
      return -1;
    }
    into[offset] = (byte) read;
    return 1;
  }

  @Override
  public int read() throws IOException {
    if (left == 0 && !ended) {
      left = Long.parseLong(line(in), 16);
      ended = left == 0;
    }
    if (ended) {
      return -1;
    }
    int read = in.read();
    if (--left == 0) {
      line(in);
    }
    return read;
  }
}
