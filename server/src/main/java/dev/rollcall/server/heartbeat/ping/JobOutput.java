package dev.rollcall.server.heartbeat.ping;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The beginning of what a run printed, as bytes.
public final class JobOutput {
  private final byte[] bytes;

  /// @param bytes must not change any more
  public JobOutput(byte[] bytes) {
    this.bytes = bytes;
  }

  public byte[] bytes() {
    return bytes;
  }

  /// The end of it as text, which takes at most that many bytes as UTF-8 and begins with a whole
  /// character. U+0000, which PostgreSQL cannot store, becomes a replacement character too.
  public String end(int most) {
    byte[] all = text().replace('\0', '\ufffd').getBytes(UTF_8);
    int from = Math.max(0, all.length - most);
    while (from < all.length && (all[from] & 0xc0) == 0x80) {
      from++;
    }
    return new String(all, from, all.length - from, UTF_8);
  }

  /// As text; bytes that are not UTF-8 become replacement characters.
  public String text() {
    return new String(bytes, UTF_8);
  }
}
