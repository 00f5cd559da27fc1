package dev.rollcall.probe;

/// A part of an attempt whose time can be told apart from the others.
public enum Phase {
  /// Turning the host's name into addresses.
  DNS,
  /// Opening the connection.
  CONNECT,
  /// The TLS handshake.
  TLS,
  /// From the request sent to the first byte of the answer.
  FIRST_BYTE,
  /// From the start of the attempt to the end of the answer's header: the response time.
  HEADER,
  /// The whole attempt, body included.
  TOTAL
}
