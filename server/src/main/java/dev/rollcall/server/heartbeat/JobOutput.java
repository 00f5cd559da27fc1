package dev.rollcall.server.heartbeat;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The beginning of what a run printed, as it came.
final class JobOutput {
  private final byte[] bytes;

  /// @param bytes must not change any more
  JobOutput(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  /// As text; what is no UTF-8 is shown as such.
  String text() {
    return new String(bytes, UTF_8);
  }
}
