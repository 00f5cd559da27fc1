package dev.rollcall.server.http;

/// A listener could not be opened; the message is one line that says why and what to change.
public final class CannotListen extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CannotListen(String message) {
    super(message);
  }
}
