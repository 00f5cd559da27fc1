package dev.rollcall.server.sql;

/// What a committed write survives.
public enum Durability {
  /// Loss of power: it is synced to the disk before the call returns.
  POWER,
  /// The end of this process, including `kill -9`. It is in the memory of the operating system
  /// then, and synced to the disk within a second. PostgreSQL treats this as [#POWER], as its
  /// server may stop independently of this process.
  PROCESS
}
