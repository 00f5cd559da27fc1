package dev.rollcall.server.collector;

import java.io.IOException;
import java.util.List;

/// Who is told of new hops: the input service that feeds the target pool.
@FunctionalInterface
public interface HopReceiver {
  /// What became of a delivery.
  enum Answer {
    /// They were taken.
    TAKEN,
    /// They were looked at and refused: sending the same again changes nothing.
    REFUSED
  }

  /// Hands over at most 1,000 addresses, each in its one spelling.
  ///
  /// @throws IOException where nobody answers; they are handed over again later
  Answer take(List<String> hops) throws IOException, InterruptedException;
}
