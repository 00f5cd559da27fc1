package dev.rollcall.server.http;

/// What came is no request of HTTP/1.1 or 1.0, or too large to be looked at: it is answered with
/// the status, and the connection ends, as nobody knows where the next request begins.
final class MalformedRequest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String reason;

  MalformedRequest(int status, String reason) {
    super(reason, null, false, false);
    this.status = status;
    this.reason = reason;
  }

  int status() {
    return status;
  }

  String reason() {
    return reason;
  }
}
