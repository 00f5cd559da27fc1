package dev.rollcall.server.http;

/// The connection has ended: the client is gone or was too slow, or the server stops. There is
/// nobody to answer. Code that reads or writes lets this exception pass.
final class ConnectionEnded extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ConnectionEnded(String why) {
    super(why, null, false, false);
  }
}
