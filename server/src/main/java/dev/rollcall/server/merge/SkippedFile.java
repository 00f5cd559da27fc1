package dev.rollcall.server.merge;

/// A file cannot be merged, while others can; the message follows its name.
final class SkippedFile extends Exception {
  private static final long serialVersionUID = 1;

  SkippedFile(String message) {
    super(message);
  }

  SkippedFile(String message, Throwable cause) {
    super(message, cause);
  }
}
