package dev.rollcall.server.page;

/// What measuring nodes have brought so far.
///
/// @param rate results a second, of late
/// @param targets what there is to measure
/// @param hops addresses found on the way since the start
/// @param file the name of the results file that is written; empty while none is
/// @param bytes of that file, its log included
public record NetworkSummary(double rate, long targets, long hops, String file, long bytes) {
  /// Where nobody measures anything.
  static final NetworkSummary NONE = new NetworkSummary(0, 0, 0, "", 0);

  /// Whether there is anything to tell.
  boolean any() {
    return targets > 0 || collects();
  }

  /// Whether results came.
  boolean collects() {
    return !file.isEmpty();
  }
}
