package dev.rollcall.server.collector;

import java.io.IOException;
import java.util.List;

/// Receives new hops: the input service of the target pool.
@FunctionalInterface
public interface HopReceiver {
  /// The result of sending.
  enum Answer {
    /// They were accepted.
    TAKEN,
    /// They were rejected: sending them again would change nothing.
    REFUSED
  }

  /// Sends at most 1,000 addresses in canonical form.
  ///
  /// @throws IOException if there is no answer; they are sent again later
  Answer take(List<String> hops) throws IOException, InterruptedException;
}
