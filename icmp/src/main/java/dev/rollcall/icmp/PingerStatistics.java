package dev.rollcall.icmp;

/// What a pinger has counted since it was opened.
///
/// @param sent packets that the system took
/// @param notSent packets that it did not take
/// @param replies replies to pings that are known, late and duplicate ones among them
/// @param stale replies to pings so old that they are no longer known
/// @param foreign messages that are no reply to a ping of ours: others' replies, forged ones
/// @param receiveDrops messages that the kernel discarded because the receive buffer was full
/// @param leftOut late and duplicate replies that the listener was not told about, as it was too
///   slow
public record PingerStatistics(
    long sent,
    long notSent,
    long replies,
    long stale,
    long foreign,
    long receiveDrops,
    long leftOut) {}
