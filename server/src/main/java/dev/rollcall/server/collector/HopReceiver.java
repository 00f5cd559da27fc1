package dev.rollcall.server.collector;

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
  /// @throws RuntimeException whose message says why, if they are not taken now; they are sent
  ///   again later
  Answer take(List<String> hops) throws InterruptedException;
}
