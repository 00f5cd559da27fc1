package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Events in the form in which they are sent, made once for all streams.
///
/// When compressed, they are blocks that can follow anything in a stream ([GzipBlocks]), so that no
/// stream needs its own compressor.
///
/// Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html>.
public final class PreparedEvents {
  private final byte[] plain;
  private byte[] deflated = new byte[0];

  private PreparedEvents(byte[] plain) {
    this.plain = plain;
  }

  /// Collects events.
  public static final class Builder {
    private final StringBuilder text = new StringBuilder();

    /// Adds an event. Each line of `data` becomes a line `data:`, so that line breaks are kept.
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

  /// The text of the stream.
  @Override
  public String toString() {
    return new String(plain, UTF_8);
  }

  byte[] plain() {
    return plain;
  }

  synchronized byte[] deflated() {
    if (deflated.length == 0) {
      deflated = GzipBlocks.deflate(plain);
    }
    return deflated;
  }
}
