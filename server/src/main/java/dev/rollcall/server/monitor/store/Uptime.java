package dev.rollcall.server.monitor.store;

import java.util.OptionalDouble;

/// How much of a span of time a service was up, in percent of the observations that found it up or
/// down. What was found while it was unreachable behind something it depends on is unknown, and
/// does not count. Empty if nothing counts.
///
/// @param percent of all of the span
/// @param withoutMaintenance the same without what was found during maintenance
/// @param unreachable whether it was unreachable for a part of the span
/// @param maintained whether maintenance covered it for a part of the span
public record Uptime(
    OptionalDouble percent,
    OptionalDouble withoutMaintenance,
    boolean unreachable,
    boolean maintained) {}
