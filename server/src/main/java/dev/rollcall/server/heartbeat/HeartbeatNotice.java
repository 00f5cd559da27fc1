package dev.rollcall.server.heartbeat;

import java.time.Instant;

/// Something that somebody is to be told about a heartbeat.
///
/// @param heartbeat its id; another may have it once this one is removed
/// @param last when it last called in; where it never did, when it became known
/// @param at when this came about
public record HeartbeatNotice(long heartbeat, String name, Kind kind, Instant last, Instant at) {
  /// What came about.
  public enum Kind {
    /// It did not call in by its moment.
    LATE,
    /// It still has not, a while later.
    STILL_LATE,
    /// It called in and said that it failed.
    FAILED,
    /// It called in, after it was late or had failed; or it was never late, as the clock had been
    /// wrong.
    RECOVERED,
    /// It was late, and is waited for no longer: it was paused or removed.
    DISMISSED
  }
}
