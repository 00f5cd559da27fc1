package dev.rollcall.server.heartbeat;

import java.time.Instant;

/// A change of a heartbeat for which a notification is written.
///
/// @param heartbeat its id; after its removal, another heartbeat may get the same id
/// @param last when its last ping came; if none has come, when it was created
/// @param at when the change was found
public record HeartbeatNotice(long heartbeat, String name, Kind kind, Instant last, Instant at) {
  /// What happened.
  public enum Kind {
    /// No ping came by its deadline.
    LATE,
    /// It is still late, some time after the last notification.
    STILL_LATE,
    /// A ping reported a failure.
    FAILED,
    /// A success came after it was late or had failed. Or a correction of the clock showed that it
    /// was not late.
    RECOVERED,
    /// It was late, and no ping is expected any more: it was paused or removed.
    DISMISSED
  }
}
