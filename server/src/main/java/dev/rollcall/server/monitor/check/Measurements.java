package dev.rollcall.server.monitor.check;

import dev.rollcall.probe.AnswerExcerpt;
import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probe.ProbeResult;
import dev.rollcall.probe.RoundTrips;
import dev.rollcall.server.monitor.path.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What a check measured besides its result. A part is empty if the check did not reach it.
///
/// @param response the time until the end of the header of the answer
/// @param unexpected what came back instead of what was expected
/// @param dependencies the first 100 dependencies in a report, if the check reads one
/// @param roundTrips of a check that sends several packets; the response time is then their median
/// @param path to the service, if it was traced because the check has failed
public record Measurements(
    Optional<Duration> response,
    Phases phases,
    OptionalInt status,
    int redirects,
    Optional<Instant> certificateEnds,
    Optional<List<ProbeResult>> dependencies,
    Optional<AnswerExcerpt> unexpected,
    Optional<LatencyHistogram> roundTrips,
    Optional<Path> path) {

  /// The times of the parts of a check.
  public record Phases(
      Optional<Duration> dns,
      Optional<Duration> connect,
      Optional<Duration> tls,
      Optional<Duration> firstByte,
      Optional<Duration> total) {}

  /// No measurements: the check did not begin.
  public static final Measurements NOTHING = of(Attempt.within(Duration.ZERO));

  /// The same without what came back.
  Measurements withoutAnswer() {
    return unexpected.isEmpty()
        ? this
        : new Measurements(
            response,
            phases,
            status,
            redirects,
            certificateEnds,
            dependencies,
            Optional.empty(),
            roundTrips,
            path);
  }

  /// The same without round trips: what was lost here says nothing about the target.
  Measurements withoutRoundTrips() {
    return roundTrips.isEmpty()
        ? this
        : new Measurements(
            response,
            phases,
            status,
            redirects,
            certificateEnds,
            dependencies,
            unexpected,
            Optional.empty(),
            path);
  }

  /// The same with the path to the service.
  Measurements with(Path traced) {
    return new Measurements(
        response,
        phases,
        status,
        redirects,
        certificateEnds,
        dependencies,
        unexpected,
        roundTrips,
        Optional.of(traced));
  }

  private static List<ProbeResult> bounded(List<ProbeResult> dependencies) {
    return List.copyOf(
        dependencies.subList(0, Math.min(DependencyReport.MOST, dependencies.size())));
  }

  /// What an attempt has measured so far.
  public static Measurements of(Attempt attempt) {
    return new Measurements(
        attempt.roundTrips().flatMap(RoundTrips::median).or(() -> attempt.time(Phase.HEADER)),
        new Phases(
            attempt.time(Phase.DNS),
            attempt.time(Phase.CONNECT),
            attempt.time(Phase.TLS),
            attempt.time(Phase.FIRST_BYTE),
            attempt.time(Phase.TOTAL)),
        attempt.status(),
        attempt.redirects(),
        attempt.certificateExpiry(),
        attempt.dependencies().map(Measurements::bounded),
        attempt.unexpected(),
        attempt.roundTrips().map(LatencyHistogram::of),
        Optional.empty());
  }
}
