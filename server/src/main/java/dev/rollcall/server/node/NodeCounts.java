package dev.rollcall.server.node;

import java.util.concurrent.atomic.AtomicLong;

/// What a node has done since it started.
///
/// @param targets measured
/// @param answered how many of them answered
/// @param packets sent
/// @param refused targets that were assigned and are not measured, as the settings say
/// @param discarded targets measured while the machine slept, whose results say nothing
record NodeCounts(
    AtomicLong targets,
    AtomicLong answered,
    AtomicLong packets,
    AtomicLong refused,
    AtomicLong discarded) {
  NodeCounts() {
    this(new AtomicLong(), new AtomicLong(), new AtomicLong(), new AtomicLong(), new AtomicLong());
  }
}
