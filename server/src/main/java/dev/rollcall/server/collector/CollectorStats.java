package dev.rollcall.server.collector;

import java.time.Instant;
import java.util.Optional;

/// What the collector has done since the process began, and where it writes: output_service's
/// `stats`.
///
/// @param results stored
/// @param successful those of them that had an answer
/// @param hopsDiscovered addresses found on the way
/// @param hopsSent those of them that the input service took
/// @param last when results were stored last
/// @param file the name of the current file; empty while none is open
/// @param size its bytes, its log included
/// @param begun when it was begun
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
