package dev.rollcall.server.app;

/// What keeps Rollcall from running and is nobody's bug: a port taken, a folder not writable. Its
/// message is one line that says what to do; the exit status is 1.
final class CannotRun extends RuntimeException {
  private static final long serialVersionUID = 1;

  CannotRun(String message) {
    super(message);
  }
}
