package dev.rollcall.server.monitor.store;

import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Span;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.UptimeSpans;
import dev.rollcall.server.sql.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// Computes how much of a span of time a service was up. Whole hours come from the hourly sums, and
/// the rest from ticks, which are there until their retention.
public final class UptimeStore {
  private static final String HOURS =
      "SELECT COALESCE(SUM(up_count), 0) AS up, COALESCE(SUM(down_count), 0) AS down"
          + " FROM service_hour WHERE service_id = :service AND location_id = 0"
          + " AND hour >= :from AND hour < :to";

  private static final String TICKS =
      "SELECT COALESCE(SUM(CASE state WHEN 1 THEN 1 ELSE 0 END), 0) AS up,"
          + " COALESCE(SUM(CASE state WHEN 0 THEN 1 ELSE 0 END), 0) AS down"
          + " FROM service_tick WHERE service_id = :service AND location_id = 0"
          + " AND at >= :from AND at < :to";

  /// The number of spans that are read; older ones count as usual.
  private static final int MOST_SPANS = 1_000;

  private final Database database;
  private final UptimeSpans spans;

  private record Counts(long up, long down) {
    private static final Counts NONE = new Counts(0, 0);

    private Counts plus(Counts other) {
      return new Counts(up + other.up, down + other.down);
    }

    private Counts minus(Counts other) {
      return new Counts(Math.max(0, up - other.up), Math.max(0, down - other.down));
    }

    private OptionalDouble percent() {
      return up + down == 0 ? OptionalDouble.empty() : OptionalDouble.of(100.0 * up / (up + down));
    }
  }

  /// @param spans in which uptime is counted in another way
  public UptimeStore(Database database, UptimeSpans spans) {
    this.database = database;
    this.spans = spans;
  }

  /// The uptime of a service until `now`.
  ///
  /// @param keys of the service, by which maintenance may cover it
  public Uptime of(Service service, AlertKeys keys, Duration span, Instant now) {
    Subject subject =
        new Subject(Subject.Type.SERVICE, service.id(), service.owner(), service.name());
    Instant to = now.plusMillis(1);
    Instant from = to.minus(span);
    List<Span> unreachable = latest(Span.merged(spans.unreachable(subject, from, to), from, to));
    List<Span> maintenance =
        latest(Span.merged(spans.maintenance(subject, keys, from, to), from, to));
    List<Span> either =
        latest(
            Span.merged(
                Stream.concat(unreachable.stream(), maintenance.stream()).toList(), from, to));
    return database.readStale(
        handle -> {
          Counts all = counts(handle, service.id(), new Span(from, to));
          return new Uptime(
              all.minus(counts(handle, service.id(), unreachable)).percent(),
              all.minus(counts(handle, service.id(), either)).percent(),
              !unreachable.isEmpty(),
              !maintenance.isEmpty());
        });
  }

  private static List<Span> latest(List<Span> merged) {
    return merged.subList(Math.max(0, merged.size() - MOST_SPANS), merged.size());
  }

  private static Counts counts(Handle handle, long service, List<Span> spans) {
    return spans.stream()
        .map(span -> counts(handle, service, span))
        .reduce(Counts.NONE, Counts::plus);
  }

  private static Counts counts(Handle handle, long service, Span span) {
    long hour = HourStore.HOUR.toMillis();
    long from = span.from().toEpochMilli();
    long to = span.to().toEpochMilli();
    long firstHour = Math.ceilDiv(from, hour) * hour;
    long lastHour = to - to % hour;
    if (firstHour >= lastHour) {
      return read(handle, TICKS, service, from, to);
    }
    return read(handle, HOURS, service, firstHour, lastHour)
        .plus(read(handle, TICKS, service, from, firstHour))
        .plus(read(handle, TICKS, service, lastHour, to));
  }

  private static Counts read(Handle handle, String sql, long service, long from, long to) {
    return from >= to
        ? Counts.NONE
        : handle
            .createQuery(sql)
            .bind("service", service)
            .bind("from", from)
            .bind("to", to)
            .map((row, _) -> new Counts(row.getLong("up"), row.getLong("down")))
            .one();
  }
}
