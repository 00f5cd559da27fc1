package dev.rollcall.server.target;

import dev.rollcall.server.address.Blocks;
import java.time.Duration;

/// How the pool is kept.
///
/// @param most targets in all
/// @param perNetwork targets of one /24 or /48
/// @param interval the least time from one measurement of a target to the next
/// @param lease how long a node has for what it was handed
/// @param allowed blocks let in although they are special
/// @param denied blocks kept out
public record PoolSettings(
    int most, int perNetwork, Duration interval, Duration lease, Blocks allowed, Blocks denied) {}
