package dev.rollcall.server.collector;

import java.time.Instant;
import java.util.Optional;

/// What the collector has done since the process started, and where it writes: the `stats` of
/// output_service.
///
/// @param results number of stored results
/// @param successful how many of them had an answer
/// @param hopsDiscovered addresses found in traceroutes
/// @param hopsSent how many of them the input service accepted
/// @param last when results were last stored
/// @param file the name of the current file; empty while none is open
/// @param size the size of the file with its log, in bytes
/// @param begun when the file was started
public record CollectorStats(
    long results,
    long successful,
    long hopsDiscovered,
    long hopsSent,
    Optional<Instant> last,
    String file,
    long size,
    Optional<Instant> begun) {
  /// Results without an answer.
  public long failed() {
    return results - successful;
  }
}
