package dev.rollcall.server.app;

/// What a process does of Rollcall's work; several on one PostgreSQL may share it out.
enum Role {
  /// Asks services.
  RUNNER,
  /// Answers over HTTP.
  API
}
