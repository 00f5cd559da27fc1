package dev.rollcall.icmp;

/// What a tracer has counted since it was opened.
///
/// @param sent probes
/// @param answered answers that belong to a probe
/// @param late answers after their timeout; those within the time of the trace are used
/// @param duplicate answers to probes that had been answered
/// @param malformed packets with a wrong length or checksum
/// @param foreign packets that belong to no probe: of others, too late, or forged
public record TracerCounts(
    long sent, long answered, long late, long duplicate, long malformed, long foreign) {}
