package dev.rollcall.server.time;

/// A failure whose cause lies outside of Rollcall and may go away, such as a database that is
/// unavailable. It is logged in one line; all other failures are logged with their stack.
public interface OutsideFailure {
  /// The cause, in one line.
  String reason();
}
