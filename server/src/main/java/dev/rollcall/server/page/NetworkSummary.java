package dev.rollcall.server.page;

/// What the measuring nodes have delivered so far.
///
/// @param rate recent results per second
/// @param targets the number of targets
/// @param nodes the number of nodes that report here
/// @param hops the number of hops found since the start
/// @param file the name of the results file that is being written; empty if there is none
/// @param bytes the size of that file with its log
public record NetworkSummary(
    double rate, long targets, int nodes, long hops, String file, long bytes) {
  /// Whether there is anything to show.
  boolean any() {
    return targets > 0 || nodes > 0 || collects();
  }

  /// Whether results were received.
  boolean collects() {
    return !file.isEmpty();
  }
}
