package dev.rollcall.server.sql;

/// What a committed write survives.
public enum Durability {
  /// Loss of power: it is synced to the disk before its caller hears of it.
  POWER,
  /// The end of this process, `kill -9` included: it stands in the system's memory by then, and is
  /// synced to the disk within a second. PostgreSQL, whose memory may end apart from this process,
  /// treats it as [#POWER].
  PROCESS
}
