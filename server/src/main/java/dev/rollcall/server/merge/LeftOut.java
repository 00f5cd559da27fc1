package dev.rollcall.server.merge;

/// A file cannot be merged, while others can; the message goes on after its name.
final class LeftOut extends Exception {
  private static final long serialVersionUID = 1;

  LeftOut(String message) {
    super(message);
  }

  LeftOut(String message, Throwable cause) {
    super(message, cause);
  }
}
