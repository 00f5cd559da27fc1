package dev.rollcall.probe;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/// One run of one check: its deadline and its measurements.
///
/// An attempt belongs to the thread that runs it. Other threads may read its measurements after the
/// check has ended. Measurements are optional: a probe that measures nothing is complete.
public final class Attempt {
  private static final int NOTHING = -1;

  /// Maximum number of details of one check: 50.
  public static final int MOST_DETAILS = 50;

  /// A longer timeout is one without end: 100 years, which a clock of nanoseconds can count.
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final long start;
  private final long deadline;
  private final Notes notes;

  /// What was measured.
  private static final class Notes {
    private Map<Phase, Duration> times = Map.of(); // most checks measure nothing
    private int status = NOTHING;
    private int redirects;
    private Optional<Instant> certificateExpiry = Optional.empty();
    private Optional<List<ProbeResult>> dependencies = Optional.empty();
    private Optional<String> degraded = Optional.empty();
    private Optional<AnswerExcerpt> unexpected = Optional.empty();
    private Optional<RoundTrips> roundTrips = Optional.empty();
    private Map<String, String> details = Map.of();
  }

  private Attempt(Duration timeout, Notes notes) {
    this.start = System.nanoTime();
    this.deadline = start + (timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout).toNanos();
    this.notes = notes;
  }

  /// An attempt that starts now and has to end within `timeout`.
  public static Attempt within(Duration timeout) {
    return new Attempt(timeout, new Notes());
  }

  /// The same attempt for a part of the check that may take at most `limit` from now on. Both share
  /// their measurements. Returns this attempt itself if it has no more time than that.
  public Attempt limitedTo(Duration limit) {
    return remaining().compareTo(limit) <= 0 ? this : new Attempt(limit, notes);
  }

  /// Time that is left for the check: zero after the deadline, never negative.
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  /// Maximum duration of the whole attempt.
  public Duration timeout() {
    return Duration.ofNanos(deadline - start);
  }

  /// Time since the start of the attempt.
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /// Records the duration of `phase`. Several durations of one phase are added up (a redirect
  /// connects again).
  public void took(Phase phase, Duration time) {
    if (notes.times.isEmpty()) {
      notes.times = new EnumMap<>(Phase.class);
    }
    notes.times.merge(phase, time, Duration::plus);
  }

  /// Duration of `phase`, if it was measured.
  public Optional<Duration> time(Phase phase) {
    return Optional.ofNullable(notes.times.get(phase));
  }

  /// Records the status code of the answer (HTTP: 100 to 599).
  public void answered(int statusCode) {
    notes.status = statusCode;
  }

  /// The status code of the answer, if there was an answer that has one.
  public OptionalInt status() {
    return notes.status == NOTHING ? OptionalInt.empty() : OptionalInt.of(notes.status);
  }

  /// Records one more redirect.
  public void redirected() {
    notes.redirects++;
  }

  /// Number of redirects that were followed.
  public int redirects() {
    return notes.redirects;
  }

  /// Records when the certificate of the server expires: the earliest expiry in its chain, and the
  /// earliest of several connections.
  public void certificateEnds(Instant notAfter) {
    if (notes.certificateExpiry.isEmpty() || notAfter.isBefore(notes.certificateExpiry.get())) {
      notes.certificateExpiry = Optional.of(notAfter);
    }
  }

  /// When the certificate of the server expires, if there was one.
  public Optional<Instant> certificateExpiry() {
    return notes.certificateExpiry;
  }

  /// Records the dependencies that the answer reports: the results of another `/_health`.
  public void dependsOn(List<ProbeResult> dependencies) {
    notes.dependencies = Optional.of(List.copyOf(dependencies));
  }

  /// The reported dependencies; empty if the answer reports none.
  public Optional<List<ProbeResult>> dependencies() {
    return notes.dependencies;
  }

  /// Records what came back instead of what was expected.
  public void unexpected(AnswerExcerpt answer) {
    notes.unexpected = Optional.of(answer);
  }

  /// What came back instead of what was expected; empty if nothing did, or the check does not tell.
  public Optional<AnswerExcerpt> unexpected() {
    return notes.unexpected;
  }

  /// Records the round trips of a check that sends several packets.
  public void roundTrips(RoundTrips trips) {
    notes.roundTrips = Optional.of(trips);
  }

  /// The round trips; empty if the check does not send several packets.
  public Optional<RoundTrips> roundTrips() {
    return notes.roundTrips;
  }

  /// Records that the target works, but not as it should. If the check then returns normally, its
  /// status is [Status#DEGRADED], which counts as healthy.
  ///
  /// @param why one line for a person, as in [ProbeFailure]
  public void degraded(String why) {
    notes.degraded = Optional.of(Objects.requireNonNull(why, "why it is degraded"));
  }

  /// Why the target is degraded, if it is.
  public Optional<String> degraded() {
    return notes.degraded;
  }

  /// Adds a detail to the result: `attempt.detail("free", "12 GB")`. Callers who may see why a
  /// probe failed see it too. Only the first [#MOST_DETAILS] names are kept.
  public void detail(String name, String value) {
    Objects.requireNonNull(name, "the name of a detail");
    Objects.requireNonNull(value, () -> "the value of the detail " + name);
    if (notes.details.isEmpty()) {
      notes.details = new LinkedHashMap<>();
    }
    if (notes.details.size() < MOST_DETAILS || notes.details.containsKey(name)) {
      notes.details.put(name, value);
    }
  }

  /// The details of [#detail(String, String)], in their order.
  public Map<String, String> details() {
    return Collections.unmodifiableMap(notes.details);
  }
}
