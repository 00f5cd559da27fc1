package dev.rollcall.server.monitor.store;

import dev.rollcall.server.monitor.check.LatencyHistogram;
import java.time.Duration;
import java.time.Instant;

/// The latencies of a service in a period.
///
/// @param from its beginning
/// @param length of the period
public record LatencyPeriod(Instant from, Duration length, LatencyHistogram latencies) {}
