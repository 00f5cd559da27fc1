package dev.rollcall.server.monitor.schedule;

import java.time.Duration;
import java.time.Instant;

/// When a service is due: at the instants `k * interval + phase` since 1970. So the times do not
/// drift, and the services are spread over time.
///
/// The phase is a fraction of the interval, given by the service's id and the golden ratio
/// (Fibonacci hashing, Knuth, The Art of Computer Programming, volume 3, section 6.4): successive
/// ids are spread evenly. [#NEXT_DUE] is the same in SQL.
final class CheckPhase {
  private static final long GOLDEN = 2_654_435_769L; // 2^32 over the golden ratio
  private static final long ALL = 1L << 32;

  /// The number of possible phases in an interval. With 2^32 of them, an interval of a month would
  /// overflow 64 bits.
  private static final long PLACES = 1L << 24;

  private static final String PHASE =
      "((service_id * %d) %% %d) / %d * interval_ms / %d"
          .formatted(GOLDEN, ALL, ALL / PLACES, PLACES);

  /// The first due instant after `?`, from the columns `service_id` and `interval_ms` of a row.
  static final String NEXT_DUE = "((? - " + PHASE + ") / interval_ms + 1) * interval_ms + " + PHASE;

  private CheckPhase() {}

  /// The first instant after `now` at which service `id` is due.
  static Instant next(long id, Duration interval, Instant now) {
    long every = interval.toMillis();
    long phase = id * GOLDEN % ALL / (ALL / PLACES) * every / PLACES;
    return Instant.ofEpochMilli(((now.toEpochMilli() - phase) / every + 1) * every + phase);
  }
}
