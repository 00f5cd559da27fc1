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

  /// As text; bytes that are not UTF-8 become replacement characters.
  public String text() {
    return new String(bytes, UTF_8);
  }
}
