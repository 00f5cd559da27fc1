package dev.rollcall.server.monitor.overview;

import dev.rollcall.server.monitor.check.LatencyHistogram;
import dev.rollcall.server.monitor.store.LatencyPeriod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// The round trips of a day of a service that is pinged: pieces of equal length, of which those are
/// empty in which nothing was sent. Its pieces are those of [ResponseChart].
///
/// @param from the beginning of the first piece
/// @param step the length of a piece
/// @param pieces in order
public record LatencyChart(Instant from, Duration step, List<Optional<LatencyHistogram>> pieces) {
  /// Copies the list.
  public LatencyChart {
    pieces = List.copyOf(pieces);
  }

  /// Puts periods in their places.
  ///
  /// @param periods with beginnings that are whole steps, or within them
  static LatencyChart of(Instant now, Duration step, List<LatencyPeriod> periods) {
    Instant from = ResponseChart.from(now, step);
    int many = ResponseChart.pieces(now, step);
    List<Optional<LatencyHistogram>> pieces =
        new ArrayList<>(Collections.nCopies(many, Optional.empty()));
    for (LatencyPeriod period : periods) {
      long place = Duration.between(from, period.from()).dividedBy(step);
      if (place >= 0 && place < many) {
        pieces.set((int) place, Optional.of(period.latencies()));
      }
    }
    return new LatencyChart(from, step, pieces);
  }

  /// The round trip at the top: a quarter more than the largest one of nine in ten, so that a
  /// single slow answer does not flatten all others. Zero if there is none.
  public Duration top() {
    return pieces.stream()
        .flatMap(Optional::stream)
        .flatMap(piece -> piece.quantile(0.9).stream())
        .max(Duration::compareTo)
        .map(most -> most.multipliedBy(5).dividedBy(4))
        .orElse(Duration.ZERO);
  }
}
