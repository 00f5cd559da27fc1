package dev.rollcall.probe;

/// A part of an attempt whose duration is measured separately.
public enum Phase {
  /// Name lookup (DNS).
  DNS,
  /// Opening the connection.
  CONNECT,
  /// The TLS handshake.
  TLS,
  /// From the end of the request to the first byte of the answer.
  FIRST_BYTE,
  /// From the start of the attempt to the end of the answer's header: the response time.
  HEADER,
  /// The whole attempt, body included.
  TOTAL
}
