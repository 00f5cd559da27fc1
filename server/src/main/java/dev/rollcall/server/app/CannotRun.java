package dev.rollcall.server.app;

/// A reason why Rollcall cannot run that is no bug, such as a port in use or a folder that cannot
/// be written. The message is one line with the remedy. The exit status is 1.
final class CannotRun extends RuntimeException {
  private static final long serialVersionUID = 1;

  CannotRun(String message) {
    super(message);
  }
}
