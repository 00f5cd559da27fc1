package dev.rollcall.probe;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// One run of one check: its deadline, and what the check measured on its way.
///
/// An attempt belongs to the thread that runs it; what it measured may be read by others once the
/// check has ended. Noting a measurement is always optional: a probe that measures nothing is a
/// complete probe.
public final class Attempt {
  private static final int NOTHING = -1;

  private final long start;
  private final long deadline;
  private Map<Phase, Duration> times = Map.of(); // most checks measure nothing
  private int status = NOTHING;
  private int redirects;
  private Optional<Instant> certificateExpiry = Optional.empty();

  private Attempt(long start, Duration timeout) {
    this.start = start;
    this.deadline = start + timeout.toNanos();
  }

  /// An attempt that starts now and has to end within `timeout`.
  public static Attempt within(Duration timeout) {
    return new Attempt(System.nanoTime(), timeout);
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
    if (times.isEmpty()) {
      times = new EnumMap<>(Phase.class);
    }
    times.merge(phase, time, Duration::plus);
  }

  /// How long `phase` took, if it was measured.
  public Optional<Duration> time(Phase phase) {
    return Optional.ofNullable(times.get(phase));
  }

  /// Notes the protocol's status code in the answer (HTTP: 100 to 599).
  public void answered(int statusCode) {
    this.status = statusCode;
  }

  /// The status code of the answer, if there was an answer that has one.
  public OptionalInt status() {
    return status == NOTHING ? OptionalInt.empty() : OptionalInt.of(status);
  }

  /// Notes that one more redirect was followed.
  public void redirected() {
    redirects++;
  }

  /// How many redirects were followed.
  public int redirects() {
    return redirects;
  }

  /// Notes when the certificate that was shown ends: the earliest end in its chain, and the
  /// earliest of several connections.
  public void certificateEnds(Instant notAfter) {
    if (certificateExpiry.isEmpty() || notAfter.isBefore(certificateExpiry.get())) {
      certificateExpiry = Optional.of(notAfter);
    }
  }

  /// When the certificate that was shown ends, if one was.
  public Optional<Instant> certificateExpiry() {
    return certificateExpiry;
  }
}
