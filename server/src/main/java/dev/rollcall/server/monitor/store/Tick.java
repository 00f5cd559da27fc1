package dev.rollcall.server.monitor.store;

import dev.rollcall.server.monitor.check.LatencyHistogram;
import dev.rollcall.server.monitor.check.Measurements;
import dev.rollcall.server.monitor.check.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One observation as a row.
///
/// @param status the HTTP status code of the answer, if it has one
/// @param reason why the service was not up; empty if it was
/// @param roundTrips of a check that sent several packets
public record Tick(
    Instant at,
    State state,
    Duration response,
    Measurements.Phases phases,
    Optional<Integer> status,
    int redirects,
    Optional<String> reason,
    Optional<LatencyHistogram> roundTrips) {}
