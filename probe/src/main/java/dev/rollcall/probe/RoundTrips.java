package dev.rollcall.probe;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The round trips of one check that sends several packets.
///
/// @param sent the number of packets that left this machine
/// @param times how long the answers took: one for each packet that was answered, shortest first
public record RoundTrips(int sent, List<Duration> times) {
  /// Sorts the times.
  ///
  /// @throws IllegalArgumentException if there are more answers than packets
  public RoundTrips {
    times = times.stream().sorted().toList();
    if (times.size() > sent) {
      throw new IllegalArgumentException("%d answers to %d packets".formatted(times.size(), sent));
    }
  }

  /// The number of packets without an answer.
  public int lost() {
    return sent - times.size();
  }

  /// The share of packets without an answer, in percent; 0 if none was sent.
  public double lossPercent() {
    return sent == 0 ? 0 : 100.0 * lost() / sent;
  }

  /// The time that half of the answers did not exceed; empty without an answer.
  public Optional<Duration> median() {
    return times.isEmpty() ? Optional.empty() : Optional.of(times.get((times.size() - 1) / 2));
  }
}
