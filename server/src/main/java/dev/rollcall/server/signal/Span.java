package dev.rollcall.server.signal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A span of time: from a moment, until just before another.
public record Span(Instant from, Instant to) {
  /// Those parts of spans that are within `[from, to)`, in order, without overlaps.
  public static List<Span> merged(List<Span> spans, Instant from, Instant to) {
    List<Span> sorted =
        spans.stream()
            .map(span -> new Span(later(span.from(), from), earlier(span.to(), to)))
            .filter(span -> span.from().isBefore(span.to()))
            .sorted(Comparator.comparing(Span::from))
            .toList();
    List<Span> merged = new ArrayList<>();
    for (Span span : sorted) {
      boolean joins = !merged.isEmpty() && !span.from().isAfter(merged.getLast().to());
      if (joins) {
        Span last = merged.removeLast();
        merged.add(new Span(last.from(), later(last.to(), span.to())));
      } else {
        merged.add(span);
      }
    }
    return merged;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
