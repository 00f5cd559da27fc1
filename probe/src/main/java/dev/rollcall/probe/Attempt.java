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

/// One run of one check: its deadline, and what the check measured on its way.
///
/// An attempt belongs to the thread that runs it; what it measured may be read by others once the
/// check has ended. Noting a measurement is always optional: a probe that measures nothing is a
/// complete probe.
public final class Attempt {
  private static final int NOTHING = -1;

  /// How many details are kept of one check: 50.
  public static final int MOST_DETAILS = 50;

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
    private Map<String, String> details = Map.of();
  }

  private Attempt(Duration timeout, Notes notes) {
    this.start = System.nanoTime();
    this.deadline = start + timeout.toNanos();
    this.notes = notes;
  }

  /// An attempt that starts now and has to end within `timeout`.
  public static Attempt within(Duration timeout) {
    return new Attempt(timeout, new Notes());
  }

  /// The same attempt for a part of the check that may take no more than `limit` from now on: what
  /// is measured in one is measured in the other. Itself where it leaves no more than that.
  public Attempt limitedTo(Duration limit) {
    return remaining().compareTo(limit) <= 0 ? this : new Attempt(limit, notes);
  }

  /// How long the check may still take: zero once the deadline has passed, never negative.
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  /// How long the attempt may take as a whole.
  public Duration timeout() {
    return Duration.ofNanos(deadline - start);
  }

  /// How long the attempt has taken so far.
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /// Notes how long `phase` took; a phase that happens several times (a redirect connects anew)
  /// adds up.
  public void took(Phase phase, Duration time) {
    if (notes.times.isEmpty()) {
      notes.times = new EnumMap<>(Phase.class);
    }
    notes.times.merge(phase, time, Duration::plus);
  }

  /// How long `phase` took, if it was measured.
  public Optional<Duration> time(Phase phase) {
    return Optional.ofNullable(notes.times.get(phase));
  }

  /// Notes the protocol's status code in the answer (HTTP: 100 to 599).
  public void answered(int statusCode) {
    notes.status = statusCode;
  }

  /// The status code of the answer, if there was an answer that has one.
  public OptionalInt status() {
    return notes.status == NOTHING ? OptionalInt.empty() : OptionalInt.of(notes.status);
  }

  /// Notes that one more redirect was followed.
  public void redirected() {
    notes.redirects++;
  }

  /// How many redirects were followed.
  public int redirects() {
    return notes.redirects;
  }

  /// Notes when the certificate that was shown ends: the earliest end in its chain, and the
  /// earliest of several connections.
  public void certificateEnds(Instant notAfter) {
    if (notes.certificateExpiry.isEmpty() || notAfter.isBefore(notes.certificateExpiry.get())) {
      notes.certificateExpiry = Optional.of(notAfter);
    }
  }

  /// When the certificate that was shown ends, if one was.
  public Optional<Instant> certificateExpiry() {
    return notes.certificateExpiry;
  }

  /// Notes what the answer says of the things that what was asked depends on itself: what another
  /// `/_health` found.
  public void dependsOn(List<ProbeResult> dependencies) {
    notes.dependencies = Optional.of(List.copyOf(dependencies));
  }

  /// What was asked depends on these; empty where the answer was none that says so.
  public Optional<List<ProbeResult>> dependencies() {
    return notes.dependencies;
  }

  /// Notes that what was asked works, though not as it should: a check that returns normally then
  /// is [Status#DEGRADED], which is still healthy.
  ///
  /// @param why in words for a person, as of a [ProbeFailure]
  public void degraded(String why) {
    notes.degraded = Optional.of(why);
  }

  /// Why what was asked is degraded, if it is.
  public Optional<String> degraded() {
    return notes.degraded;
  }

  /// Notes something worth knowing beside the result: `attempt.detail("free", "12 GB")`. It is
  /// shown to those who see why a probe failed. Of more than [#MOST_DETAILS] names the first are
  /// kept.
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

  /// What was noted with [#detail(String, String)], in its order.
  public Map<String, String> details() {
    return Collections.unmodifiableMap(notes.details);
  }
}
