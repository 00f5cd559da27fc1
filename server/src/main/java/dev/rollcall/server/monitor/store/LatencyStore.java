package dev.rollcall.server.monitor.store;

import dev.rollcall.server.monitor.check.LatencyHistogram;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// The latencies of services.
///
/// A service whose checks send several packets has all round trips in its ticks, and their sums by
/// hour, which are kept for ever. Each tick is added to its hour in its own transaction, as to
/// those of [HourStore]. The latency of another service is the response time of each of its ticks;
/// one that found it down is an answer that never came.
public final class LatencyStore {
  private static final long HOUR = HourStore.HOUR.toMillis();

  /// More ticks are not read at once.
  public static final int MOST_TICKS = 200_000;

  private static final String OF_HOUR =
      "SELECT round_trips FROM service_hour_round_trips"
          + " WHERE service_id = ? AND hour = ? AND location_id = 0";

  private static final String PUT =
      """
      INSERT INTO service_hour_round_trips (service_id, hour, round_trips) VALUES (?, ?, ?)
      ON CONFLICT (service_id, hour, location_id) DO UPDATE SET round_trips = excluded.round_trips\
      """;

  private static final String HOURS =
      "SELECT hour AS at, round_trips FROM service_hour_round_trips"
          + " WHERE service_id = :service AND hour >= :from AND hour < :to AND location_id = 0";

  private static final String TICKS =
      "FROM service_tick"
          + " WHERE service_id = :service AND at >= :from AND at < :to AND location_id = 0";

  private static final String WITH_ROUND_TRIPS = " AND round_trips IS NOT NULL";

  private final Database database;

  public LatencyStore(Database database) {
    this.database = database;
  }

  private record Hour(long service, long from) {
    static Hour of(Outcome outcome) {
      long at = outcome.observation().at().toEpochMilli();
      return new Hour(outcome.serviceId(), at - at % HOUR);
    }
  }

  /// Adds the round trips of outcomes to the sums of their hours.
  static void add(Handle tx, List<Outcome> outcomes) {
    Map<Hour, List<LatencyHistogram>> added = new LinkedHashMap<>();
    for (Outcome outcome : outcomes) {
      Optional<LatencyHistogram> trips = outcome.observation().measurements().roundTrips();
      if (trips.isPresent()) {
        added.computeIfAbsent(Hour.of(outcome), _ -> new ArrayList<>(1)).add(trips.get());
      }
    }
    if (added.isEmpty()) {
      return;
    }
    LatencyHistogram.Sum sum = new LatencyHistogram.Sum();
    Map<Hour, LatencyHistogram> sums = new LinkedHashMap<>();
    added.forEach(
        (hour, trips) -> {
          kept(tx, hour).forEach(sum::add);
          trips.forEach(sum::add);
          sums.put(hour, sum.take());
        });
    Rows.write(
        tx,
        PUT,
        List.copyOf(sums.entrySet()),
        (row, one) -> {
          row.setLong(1, one.getKey().service());
          row.setLong(2, one.getKey().from());
          row.setBytes(3, one.getValue().bytes());
        });
  }

  private static List<LatencyHistogram> kept(Handle tx, Hour hour) {
    return Rows.read(
        tx,
        OF_HOUR,
        hour,
        (query, one) -> {
          query.setLong(1, one.service());
          query.setLong(2, one.from());
        },
        LatencyStore::histogram);
  }

  /// Whether checks of the service send several packets, or did.
  public boolean hasRoundTrips(Scope scope, long service) {
    return database.readStale(handle -> hasRoundTrips(handle, scope, service));
  }

  private static boolean hasRoundTrips(Handle handle, Scope scope, long service) {
    return handle
        .createQuery(
            "SELECT 1 FROM service_hour_round_trips WHERE service_id = :service"
                + ServiceStore.ofService(scope)
                + " LIMIT 1")
        .bind("service", service)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /// The latencies of one service in `[from, to)` by periods of `step`, oldest first, without
  /// periods in which nothing was measured.
  ///
  /// Those of a service with round trips come from the hourly sums if `step` is in whole hours.
  /// Otherwise they come from the ticks, and from hourly sums, with periods of an hour, where the
  /// ticks are no longer kept. Those of another service come from its ticks.
  ///
  /// @return empty if more than [#MOST_TICKS] would have to be read
  public Optional<List<LatencyPeriod>> between(
      Scope scope, long service, Instant from, Instant to, Duration step) {
    return database.readStale(
        handle ->
            new Reading(handle, scope, service, from.toEpochMilli(), to.toEpochMilli())
                .by(step.toMillis()));
  }

  /// One look at the latencies of a service.
  private record Reading(Handle handle, Scope scope, long service, long from, long to) {
    Optional<List<LatencyPeriod>> by(long step) {
      if (!hasRoundTrips(handle, scope, service)) {
        return ticks(from, step);
      }
      if (step % HOUR == 0) {
        return Optional.of(hours(to, step));
      }
      long border = firstFullHour();
      List<LatencyPeriod> before = hours(Math.min(border, to), HOUR);
      return roundTrips(Math.max(border, from), step)
          .map(
              after -> {
                List<LatencyPeriod> all = new ArrayList<>(before);
                all.addAll(after);
                return all;
              });
    }

    private Query query(String sql, long first, long end) {
      return handle.createQuery(sql).bind("service", service).bind("from", first).bind("to", end);
    }

    private List<LatencyPeriod> hours(long end, long step) {
      Periods periods = new Periods(step);
      query(HOURS + ServiceStore.ofService(scope) + " ORDER BY hour", from, end)
          .map(
              (row, _) -> {
                periods.at(row.getLong("at")).add(histogram(row));
                return true;
              })
          .list();
      return periods.end();
    }

    /// Where the ticks begin that are all still kept: the oldest hour may have lost some.
    private long firstFullHour() {
      Optional<Long> first =
          query(
                  "SELECT MIN(at) " + TICKS + WITH_ROUND_TRIPS + ServiceStore.ofService(scope),
                  from,
                  to)
              .mapTo(Long.class)
              .findOne();
      if (first.isEmpty()) {
        return to;
      }
      long hour = first.get() - first.get() % HOUR;
      return sent(HOURS, hour) == sent("SELECT at, round_trips " + TICKS + WITH_ROUND_TRIPS, hour)
          ? hour
          : hour + HOUR;
    }

    private long sent(String sql, long hour) {
      return query(sql, hour, hour + HOUR).map((row, _) -> histogram(row).sent()).stream()
          .mapToLong(Long::longValue)
          .sum();
    }

    private Optional<List<LatencyPeriod>> roundTrips(long first, long step) {
      Periods periods = new Periods(step);
      List<Boolean> read =
          query(limited("SELECT at, round_trips " + TICKS + WITH_ROUND_TRIPS), first, to)
              .map(
                  (row, _) -> {
                    periods.at(row.getLong("at")).add(histogram(row));
                    return true;
                  })
              .list();
      return read.size() > MOST_TICKS ? Optional.empty() : Optional.of(periods.end());
    }

    private Optional<List<LatencyPeriod>> ticks(long first, long step) {
      Periods periods = new Periods(step);
      List<Boolean> read =
          query(limited("SELECT at, state, response_us " + TICKS + " AND state <> 2"), first, to)
              .map(
                  (row, _) -> {
                    LatencyHistogram.Sum sum = periods.at(row.getLong("at"));
                    if (row.getInt("state") == State.UP.code()) {
                      sum.add(Duration.ofNanos(row.getLong("response_us") * 1000));
                    } else {
                      sum.addLost();
                    }
                    return true;
                  })
              .list();
      return read.size() > MOST_TICKS ? Optional.empty() : Optional.of(periods.end());
    }

    private String limited(String sql) {
      return sql + ServiceStore.ofService(scope) + " ORDER BY at LIMIT " + (MOST_TICKS + 1);
    }
  }

  /// Sums what comes in the order of time by periods.
  private static final class Periods {
    private final long step;
    private final LatencyHistogram.Sum sum = new LatencyHistogram.Sum();
    private final List<LatencyPeriod> done = new ArrayList<>();
    private long from = -1;

    Periods(long step) {
      this.step = step;
    }

    /// The sum of the period of `at`.
    LatencyHistogram.Sum at(long at) {
      long its = at - at % step;
      if (its != from) {
        end();
        from = its;
      }
      return sum;
    }

    /// All periods, after the last one has ended.
    List<LatencyPeriod> end() {
      if (from >= 0) {
        done.add(
            new LatencyPeriod(Instant.ofEpochMilli(from), Duration.ofMillis(step), sum.take()));
        from = -1;
      }
      return done;
    }
  }

  private static LatencyHistogram histogram(ResultSet row) throws SQLException {
    return LatencyHistogram.ofBytes(row.getBytes("round_trips"));
  }
}
