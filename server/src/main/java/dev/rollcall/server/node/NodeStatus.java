package dev.rollcall.server.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How a node is, as it reports it to those who list nodes.
///
/// @param version of its program
/// @param rate the most packets a second that it sends
/// @param packetsPerSecond how many it sent since the report before
/// @param spoolBatches batches that wait for a collector
/// @param spoolBytes their size
/// @param dropped results that were lost because too many waited
/// @param sentAt when it reports, by its clock
/// @param clockOffset how far its clock is ahead of the server's, as far as it knows; negative:
///   behind
public record NodeStatus(
    String version,
    int rate,
    double packetsPerSecond,
    long spoolBatches,
    long spoolBytes,
    long dropped,
    Instant sentAt,
    Optional<Duration> clockOffset) {}
