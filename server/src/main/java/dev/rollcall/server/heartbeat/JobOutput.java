package dev.rollcall.server.heartbeat;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The beginning of what a run printed, as bytes.
final class JobOutput {
  private final byte[] bytes;

  /// @param bytes must not change any more
  JobOutput(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  /// As text; bytes that are not UTF-8 become replacement characters.
  String text() {
    return new String(bytes, UTF_8);
  }
}
