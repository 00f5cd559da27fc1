package dev.rollcall.server.sql;

import java.time.Duration;
import java.util.Optional;

/// What is known of the standby that serves reads.
///
/// @param lag how far it is behind the primary; empty while it cannot be asked, is no standby, or
///   is further behind than has been measured
/// @param served how many reads it has served since the start
/// @param refused how many the primary served instead
public record StandbyState(Optional<Duration> lag, long served, long refused) {}
