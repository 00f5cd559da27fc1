package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.zip.Deflater;

/// Events in the form in which they are sent, made once for however many streams.
///
/// Compressed, they are whole blocks of DEFLATE that end at a byte and refer to nothing before
/// them: any stream can take them in after whatever it was sent, and no stream needs a compressor,
/// a quarter of a megabyte each, of its own.
///
/// Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html>; for the blocks [RFC
/// 1951](https://www.rfc-editor.org/rfc/rfc1951).
public final class PreparedEvents {
  private final byte[] plain;
  private byte[] deflated = new byte[0];

  private PreparedEvents(byte[] plain) {
    this.plain = plain;
  }

  /// Puts events together.
  public static final class Builder {
    private final StringBuilder text = new StringBuilder();

    /// Adds an event. Each line of `data` becomes one `data:` line, so that it arrives as it was.
    ///
    /// @param event its name: one line
    public Builder add(String event, String data) {
      if (event.lines().count() != 1) {
        throw new IllegalArgumentException("the name of an event is one line, not '" + event + "'");
      }
      text.append("event: ").append(event);
      for (String line : data.split("\r\n|\r|\n", -1)) {
        text.append("\ndata: ").append(line);
      }
      text.append("\n\n");
      return this;
    }

    public boolean isEmpty() {
      return text.isEmpty();
    }

    public PreparedEvents build() {
      return raw(text.toString());
    }
  }

  public static PreparedEvents of(String event, String data) {
    return new Builder().add(event, data).build();
  }

  static PreparedEvents raw(String text) {
    return new PreparedEvents(text.getBytes(UTF_8));
  }

  /// As it stands in the stream.
  @Override
  public String toString() {
    return new String(plain, UTF_8);
  }

  byte[] plain() {
    return plain;
  }

  synchronized byte[] deflated() {
    if (deflated.length == 0) {
      deflated = deflate(plain);
    }
    return deflated;
  }

  private static byte[] deflate(byte[] plain) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      deflater.setInput(plain);
      byte[] room = new byte[plain.length + plain.length / 1_000 + 64];
      int length = deflater.deflate(room, 0, room.length, Deflater.SYNC_FLUSH);
      return Arrays.copyOf(room, length);
    } finally {
      deflater.end();
    }
  }
}
