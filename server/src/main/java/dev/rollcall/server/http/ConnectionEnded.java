package dev.rollcall.server.http;

/// The client is gone, was too slow, or is served no longer: nobody is there to answer. It passes
/// through whatever was reading or writing.
final class ConnectionEnded extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ConnectionEnded(String why) {
    super(why, null, false, false);
  }
}
