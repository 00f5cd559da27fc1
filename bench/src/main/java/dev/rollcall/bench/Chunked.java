package dev.rollcall.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The chunked body of an answer. A read returns as soon as there are bytes.
///
/// Source: [RFC 9112, section 7.1](https://www.rfc-editor.org/rfc/rfc9112#section-7.1).
final class Chunked extends InputStream {
  private final InputStream in;
  private long left;
  private boolean first = true;
  private boolean ended;

  Chunked(InputStream in) {
    this.in = in;
  }

  /// The next line, without its end.
  static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the answer ends within a line");
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (left == 0 && !ended) {
      if (!first) {
        line(in);
      }
      first = false;
      left = Long.parseLong(line(in).replaceFirst(";.*", ""), 16);
      ended = left == 0;
    }
    if (ended) {
      return -1;
    }
    int read = in.read(into, offset, (int) Math.min(length, left));
    if (read < 0) {
      throw new EOFException("the answer ends within a chunk");
    }
    left -= read;
    return read;
  }

  /// The header, up to the empty line, in lower case.
  static String header(InputStream in) throws IOException {
    StringBuilder header = new StringBuilder();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      header.append(line).append('\n');
    }
    return header.toString().toLowerCase(Locale.ROOT);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
