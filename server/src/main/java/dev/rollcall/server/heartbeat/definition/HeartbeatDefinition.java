package dev.rollcall.server.heartbeat.definition;

import dev.rollcall.server.signal.AlertKeys;

/// A heartbeat as the configuration file declares it.
///
/// @param keys who is told about it, and how
public record HeartbeatDefinition(HeartbeatName key, Expectation expectation, AlertKeys keys) {
  public String name() {
    return key.name();
  }
}
