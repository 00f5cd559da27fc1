package dev.rollcall.server.merge;

/// Nothing can be merged into a file: not writable, no room, none that a merge made. One line that
/// names it and says what to do.
public final class CannotMerge extends RuntimeException {
  private static final long serialVersionUID = 1;

  CannotMerge(String message) {
    super(message);
  }

  CannotMerge(String message, Throwable cause) {
    super(message, cause);
  }
}
