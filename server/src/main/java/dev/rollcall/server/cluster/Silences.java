package dev.rollcall.server.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds out which of the other processes are dead: those whose sign of life stayed the same for
/// [#DEAD], while this process looked again and again. Only this process's monotonic clock counts.
///
/// If this process could not look for a while, everybody's silence counts from anew: it stood still
/// itself, or the database was away, and then nobody could give a sign of life.
final class Silences {
  /// A process that was silent for so long is dead.
  static final Duration DEAD = Duration.ofSeconds(5);

  /// Who has not looked for so long knows nothing of what happened meanwhile.
  private static final Duration GAP = Duration.ofMillis(2_500);

  /// @param heard whether another sign of life came since this process looks
  private record Silence(Instant seen, Duration since, boolean heard) {}

  private final Map<Long, Silence> silences = new HashMap<>();
  private Duration looked = Duration.ZERO;

  /// Looks at the processes that are there.
  ///
  /// @param others all but this one
  /// @param now when they were read, on the monotonic clock
  /// @return those that are dead
  List<Member> look(List<Member> others, Duration now) {
    if (now.minus(looked).compareTo(GAP) > 0) {
      silences.clear();
    }
    looked = now;
    silences.keySet().retainAll(others.stream().map(Member::id).toList());
    return others.stream().filter(other -> silence(other, now).compareTo(DEAD) >= 0).toList();
  }

  /// Whether another sign of life of that process came since this process looks: it lives, or did a
  /// moment ago.
  boolean isHeard(long id) {
    Silence known = silences.get(id);
    return known != null && known.heard();
  }

  /// Whether some of them gave no sign of life yet since this process looks: after an outage of the
  /// database they may not have come back.
  boolean isAnyUnheard() {
    return silences.values().stream().anyMatch(one -> !one.heard());
  }

  private Duration silence(Member other, Duration now) {
    Silence known = silences.get(other.id());
    if (known == null || !known.seen().equals(other.seen())) {
      silences.put(other.id(), new Silence(other.seen(), now, known != null));
      return Duration.ZERO;
    }
    return now.minus(known.since());
  }
}
