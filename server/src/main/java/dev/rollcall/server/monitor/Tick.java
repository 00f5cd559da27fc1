package dev.rollcall.server.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One observation as it is kept.
///
/// @param status the answer's HTTP status code, where there was an answer that has one
/// @param reason why the service was not up; empty where it was
record Tick(
    Instant at,
    State state,
    Duration response,
    Measurements.Phases phases,
    Optional<Integer> status,
    int redirects,
    Optional<String> reason) {}
