package dev.rollcall.server.http;

/// The client sent something that is no request of HTTP/1.1 or 1.0, or that is too large. It is
/// answered with the status, and the connection ends, because the begin of the next request is not
/// known.
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
