package dev.rollcall.server.signal;

import java.time.Instant;
import java.util.List;

/// Spans in which the uptime of a subject is counted in another way. Both lists may overlap, and
/// reach out of `[from, to)`.
public interface UptimeSpans {
  /// Nothing is known of any.
  UptimeSpans NONE =
      new UptimeSpans() {
        @Override
        public List<Span> unreachable(Subject subject, Instant from, Instant to) {
          return List.of();
        }

        @Override
        public List<Span> maintenance(Subject subject, AlertKeys keys, Instant from, Instant to) {
          return List.of();
        }
      };

  /// When it was unreachable behind something it depends on: nobody knows whether it was up.
  List<Span> unreachable(Subject subject, Instant from, Instant to);

  /// When maintenance covered it.
  List<Span> maintenance(Subject subject, AlertKeys keys, Instant from, Instant to);
}
