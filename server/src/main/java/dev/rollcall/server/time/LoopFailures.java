package dev.rollcall.server.time;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the log says of loops that fail because of something outside: of all that wait for the same
/// thing, one line at once, one line with the names of the others some seconds later, one line for
/// each other reason, and one line when they continue.
///
/// The thing is what stands before the first colon of a reason: `database
/// postgresql://10.0.0.31/rollcall: connection refused`.
final class LoopFailures {
  /// Within this time, those that need the same thing have noticed that it is away, and the reasons
  /// that come and go at the beginning are over.
  private static final Duration GATHERING = Duration.ofSeconds(5);

  /// Beyond so many reasons, one that was told may be told again.
  private static final int MOST_REASONS = 100;

  /// Something outside, and the loops that have waited for it since the first of them failed.
  private static final class Cause {
    final String thing;
    final LogDebounce trouble;
    final Map<Object, String> loops = new LinkedHashMap<>();
    final Set<Object> waiting = new HashSet<>();
    final Set<String> unnamed = new LinkedHashSet<>();
    final Set<String> reasons = new HashSet<>();
    Duration told = Duration.ZERO;

    Cause(String thing, Clock clock) {
      this.thing = thing;
      this.trouble = new LogDebounce(Duration.ZERO, clock);
    }
  }

  private final Clock clock;
  private final Map<String, Cause> causes = new HashMap<>();
  private final Map<Object, Cause> causeOf = new HashMap<>();

  LoopFailures(Clock clock) {
    this.clock = clock;
  }

  /// A round of a loop failed.
  ///
  /// @param description of the loop
  /// @return the line to log, if any
  synchronized Optional<String> failed(Object loop, String description, String reason) {
    String thing = thing(reason);
    Cause cause = causes.computeIfAbsent(thing, _ -> new Cause(thing, clock));
    if (causeOf.get(loop) != cause) {
      forget(loop);
      causeOf.put(loop, cause);
    }
    cause.waiting.add(loop);
    if (cause.loops.put(loop, description) == null) {
      cause.unnamed.add(description);
    }
    Duration now = clock.monotonic();
    if (!cause.trouble.begins() && now.minus(cause.told).compareTo(GATHERING) < 0) {
      return Optional.empty();
    }
    Optional<String> line = line(cause, description, reason);
    if (line.isPresent()) {
      cause.told = now;
    }
    return line;
  }

  private static Optional<String> line(Cause cause, String description, String reason) {
    if (cause.reasons.size() >= MOST_REASONS) {
      cause.reasons.clear();
    }
    if (cause.reasons.add(kind(reason))) {
      cause.unnamed.remove(description);
      return Optional.of(description + " waits, and is tried again: " + reason);
    }
    if (cause.unnamed.isEmpty()) {
      return Optional.empty();
    }
    int more = cause.unnamed.size();
    String names = String.join(", ", cause.unnamed);
    cause.unnamed.clear();
    return Optional.of(
        "%s: %d more %s: %s".formatted(cause.thing, more, more == 1 ? "waits" : "wait", names));
  }

  /// A round of a loop succeeded.
  ///
  /// @return the line to log, if any
  synchronized Optional<String> succeeded(Object loop) {
    Cause cause = causeOf.get(loop);
    if (cause == null) {
      return Optional.empty();
    }
    cause.waiting.remove(loop);
    boolean calm = cause.trouble.ends();
    if (!cause.waiting.isEmpty() && !calm) {
      return Optional.empty(); // those that wait may not be tried again for minutes
    }
    remove(cause);
    String first = cause.loops.values().iterator().next();
    int others = cause.loops.size() - 1;
    return Optional.of(
        others == 0
            ? first + " continues"
            : "%s and %d %s continue".formatted(first, others, others == 1 ? "other" : "others"));
  }

  /// A loop is closed, or fails because of something else.
  synchronized void forget(Object loop) {
    Cause cause = causeOf.remove(loop);
    if (cause != null) {
      cause.waiting.remove(loop);
      cause.unnamed.remove(cause.loops.remove(loop));
      if (cause.waiting.isEmpty()) {
        remove(cause);
      }
    }
  }

  private void remove(Cause cause) {
    causes.remove(cause.thing);
    causeOf.values().removeIf(cause::equals);
  }

  private static String thing(String reason) {
    int colon = reason.indexOf(": ");
    return colon < 0 ? kind(reason) : reason.substring(0, colon);
  }

  /// Numbers make no difference.
  static String kind(String reason) {
    return reason.replaceAll("\\d+", "#");
  }
}
