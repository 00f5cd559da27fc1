package dev.rollcall.server.target;

import dev.rollcall.server.address.Blocks;
import java.time.Duration;

/// The settings of the pool.
///
/// @param most the largest number of targets in total
/// @param perNetwork the largest number of targets in one /24 or /48
/// @param interval the shortest time between two measurements of a target
/// @param lease how long a node may take for the targets it got
/// @param allowed special blocks that may be in the pool
/// @param denied blocks that may not be in the pool
public record PoolSettings(
    int most, int perNetwork, Duration interval, Duration lease, Blocks allowed, Blocks denied) {}
