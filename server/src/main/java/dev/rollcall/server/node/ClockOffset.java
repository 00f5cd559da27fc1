package dev.rollcall.server.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How far the clock of this node is ahead of a server's, from the requests to it.
///
/// A server looks at its clock some time during a request: so a request says the offset up to half
/// of the time that it took, as in NTP (RFC 5905, section 8). The fastest one counts, until it is
/// old, since clocks drift apart, or until another one contradicts it, since one of the clocks was
/// set. For one thread.
final class ClockOffset {
  private static final Duration OLD = Duration.ofMinutes(2);

  /// A server whose clock is further away has none.
  private static final Duration FURTHEST = Duration.ofDays(36_500);

  /// @param ahead how far the clock here is ahead; negative: behind
  /// @param error by how much that may be wrong
  /// @param at when it was found, on the monotonic clock
  private record Found(Duration ahead, Duration error, Duration at) {
    boolean contradicts(Found other) {
      return ahead.minus(other.ahead).abs().compareTo(error.plus(other.error)) > 0;
    }
  }

  private Optional<Found> best = Optional.empty();

  /// Learns from a request.
  ///
  /// @param sent when it was sent, by the clock here
  /// @param there what the clock of the server said during the request
  /// @param took how long it took
  /// @param now the monotonic clock
  void learn(Instant sent, Instant there, Duration took, Duration now) {
    Duration half = took.dividedBy(2);
    Found found = new Found(Duration.between(there, sent.plus(half)), half, now);
    if (found.ahead().abs().compareTo(FURTHEST) >= 0) {
      best = Optional.empty();
      return;
    }
    boolean keep =
        best.filter(
                before ->
                    before.error().compareTo(found.error()) < 0
                        && now.minus(before.at()).compareTo(OLD) < 0
                        && !found.contradicts(before))
            .isPresent();
    if (!keep) {
      best = Optional.of(found);
    }
  }

  /// Negative if the clock here is behind; empty until it is known.
  Optional<Duration> ahead() {
    return best.map(Found::ahead);
  }
}
