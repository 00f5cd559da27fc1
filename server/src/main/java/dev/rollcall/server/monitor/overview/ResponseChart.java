package dev.rollcall.server.monitor.overview;

import dev.rollcall.server.monitor.store.PeriodSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Response times and states of a day, true to time: pieces of equal length, of which those are
/// empty in which nothing was observed.
///
/// @param from the beginning of the first piece
/// @param step the length of a piece
/// @param slow a longer response time is slow; empty: none is
/// @param pieces in order
public record ResponseChart(
    Instant from, Duration step, Optional<Duration> slow, List<Optional<PeriodSummary>> pieces) {
  static final Duration SPAN = Duration.ofDays(1);

  /// So long that a service that is checked has an observation in each piece.
  private static final List<Duration> STEPS =
      List.of(
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofMinutes(30),
          Duration.ofHours(1),
          Duration.ofHours(2),
          Duration.ofHours(6),
          Duration.ofHours(12));

  /// Copies the list.
  public ResponseChart {
    pieces = List.copyOf(pieces);
  }

  /// The length of the pieces for a service with this interval.
  static Duration step(Duration interval) {
    Duration least = interval.multipliedBy(2);
    return STEPS.stream().filter(step -> step.compareTo(least) >= 0).findFirst().orElse(SPAN);
  }

  /// The beginning of the first piece.
  static Instant from(Instant now, Duration step) {
    long from = now.minus(SPAN).toEpochMilli();
    return Instant.ofEpochMilli(from - from % step.toMillis());
  }

  /// The number of pieces.
  static int pieces(Instant now, Duration step) {
    return (int) Duration.between(from(now, step), now).dividedBy(step) + 1;
  }

  /// Puts sums in their places.
  ///
  /// @param sums with beginnings that are whole steps
  static ResponseChart of(
      Instant now, Duration step, Optional<Duration> slow, List<PeriodSummary> sums) {
    Instant from = from(now, step);
    int many = pieces(now, step);
    List<Optional<PeriodSummary>> pieces =
        new ArrayList<>(Collections.nCopies(many, Optional.empty()));
    for (PeriodSummary sum : sums) {
      long place = Duration.between(from, sum.from()).toMillis() / step.toMillis();
      if (place >= 0 && place < many) {
        pieces.set((int) place, Optional.of(sum));
      }
    }
    return new ResponseChart(from, step, slow, pieces);
  }

  /// The response time at the top: a quarter more than the largest mean, so that a single slow
  /// answer does not flatten all others. Zero if there is none.
  public Duration top() {
    return pieces.stream()
        .flatMap(Optional::stream)
        .flatMap(piece -> piece.response().stream())
        .map(PeriodSummary.Response::mean)
        .max(Duration::compareTo)
        .map(most -> most.multipliedBy(5).dividedBy(4))
        .orElse(Duration.ZERO);
  }

  /// The worst state in a piece; empty if nothing was observed.
  public Optional<Overview.Standing> worst(Optional<PeriodSummary> piece) {
    return piece.map(
        sum -> {
          if (sum.down() > 0) {
            return Overview.Standing.DOWN;
          }
          if (sum.unknown() > 0) {
            return Overview.Standing.UNKNOWN;
          }
          return isSlow(sum) ? Overview.Standing.SLOW : Overview.Standing.UP;
        });
  }

  private boolean isSlow(PeriodSummary sum) {
    return slow.isPresent()
        && sum.response().filter(took -> took.max().compareTo(slow.get()) > 0).isPresent();
  }
}
