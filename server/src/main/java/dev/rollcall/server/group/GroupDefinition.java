package dev.rollcall.server.group;

import dev.rollcall.server.signal.AlertKeys;

/// A group with a rule, as the configuration file declares it.
///
/// @param keys who is told about it, and how; its group is the one it lies in
public record GroupDefinition(String name, GroupRule rule, AlertKeys keys) {}
