package dev.rollcall.server.http;

/// A port could not be opened. The message is one line with the reason and the remedy.
public final class CannotListen extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CannotListen(String message) {
    super(message);
  }
}
