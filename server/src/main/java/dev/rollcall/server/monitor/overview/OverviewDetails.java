package dev.rollcall.server.monitor.overview;

import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.overview.Overview.Observed;
import dev.rollcall.server.monitor.overview.Overview.Share;
import dev.rollcall.server.monitor.overview.Overview.Standing;
import dev.rollcall.server.monitor.store.HourStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jdbi.v3.core.Handle;

/// What the [Overview] shows of one service besides its state. For the services of a page, it is
/// read in three statements. Observations are then added to it until the hour ends, since the sums
/// are by hour.
final class OverviewDetails {
  private static final int LATEST = 50;
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration MONTH = Duration.ofDays(30);

  /// Details without observations.
  static final OverviewDetails NONE = nothing(Instant.EPOCH);

  /// The subquery finds where the newest observations of a service begin: counting back in the
  /// primary key reads only the rows that are shown.
  private static final String TICKS =
      """
      SELECT t.service_id, t.at, t.state, t.response_us, t.reason
      FROM service s JOIN service_tick t ON t.service_id = s.id AND t.at >= COALESCE(
        (SELECT o.at FROM service_tick o WHERE o.service_id = s.id AND o.location_id = 0
          ORDER BY o.at DESC LIMIT 1 OFFSET :most), 0)
      WHERE s.id IN (<ids>) AND t.location_id = 0 ORDER BY t.service_id, t.at\
      """;

  /// Read once for each of the two spans: a plain sum over the primary key takes a third of the
  /// time of one statement that computes both.
  private static final String HOURS =
      """
      SELECT service_id, SUM(up_count), SUM(down_count), SUM(unknown_count), COUNT(*)
      FROM service_hour
      WHERE service_id IN (<ids>) AND hour > :from AND location_id = 0 GROUP BY service_id\
      """;

  /// The sums of a span of time.
  ///
  /// @param gaps whether hours are missing
  private record Sums(long up, long down, long unknown, boolean gaps) {
    private static final Sums NOTHING = new Sums(0, 0, 0, false);

    private Sums plus(State state) {
      return new Sums(
          up + (state.counted() == State.UP ? 1 : 0),
          down + (state == State.DOWN ? 1 : 0),
          unknown + (state == State.UNKNOWN ? 1 : 0),
          gaps);
    }

    /// A part of the time is unknown if there are unknown observations or missing hours.
    private Share share() {
      long all = up + down;
      return new Share(
          all == 0 ? OptionalDouble.empty() : OptionalDouble.of(100.0 * up / all),
          unknown > 0 || gaps);
    }
  }

  private final Instant hour;
  private final ArrayDeque<Observed> latest = new ArrayDeque<>(4);
  private int count;
  private Optional<Duration> response = Optional.empty();
  private Sums day = Sums.NOTHING;
  private Sums month = Sums.NOTHING;

  private OverviewDetails(Instant now) {
    hour = hour(now);
  }

  /// The details of a service that was never checked.
  static OverviewDetails nothing(Instant now) {
    return new OverviewDetails(now);
  }

  /// Reads the details of services.
  ///
  /// @param services by their ids
  static Map<Long, OverviewDetails> of(
      Handle handle, Map<Long, CurrentState> services, Instant now) {
    Map<Long, OverviewDetails> found = new HashMap<>();
    services.keySet().forEach(id -> found.put(id, nothing(now)));
    ticks(handle, services, found);
    sums(handle, services, now.minus(DAY), now).forEach((id, sums) -> known(found, id).day = sums);
    sums(handle, services, now.minus(MONTH), now)
        .forEach((id, sums) -> known(found, id).month = sums);
    return found;
  }

  private static <T> T known(Map<Long, T> services, long id) {
    return Objects.requireNonNull(services.get(id), "one for each service asked for");
  }

  /// Whether they can still be shown: the hour is the same.
  boolean isOf(Instant now) {
    return hour.equals(hour(now));
  }

  /// Adds an observation; false if it is in another hour, so that all has to be read again.
  boolean add(Observation observation) {
    Instant at = observation.at().truncatedTo(ChronoUnit.MILLIS); // as it is stored
    if (!isOf(at)) {
      return false;
    }
    State state = State.of(observation);
    add(at, Overview.standing(state), observation.response(), observation.why());
    day = day.plus(state);
    month = month.plus(state);
    return true;
  }

  private void add(Instant at, Standing standing, Duration took, Optional<String> reason) {
    Observed before = latest.peekLast();
    if (before != null && before.standing() == standing && before.reason().equals(reason)) {
      latest.removeLast();
      latest.addLast(new Observed(before.at(), at, before.count() + 1, standing, reason));
    } else {
      latest.addLast(new Observed(at, at, 1, standing, reason));
    }
    count++;
    if (count > LATEST) {
      count--;
      Observed oldest = latest.removeFirst();
      if (oldest.count() > 1) {
        latest.addFirst(
            new Observed(
                oldest.at(),
                oldest.last(),
                oldest.count() - 1,
                oldest.standing(),
                oldest.reason()));
      }
    }
    response = standing == Standing.UNKNOWN ? Optional.empty() : Optional.of(took);
  }

  /// Oldest first, at most 50 observations. An older result that lasts into these 50 has the time
  /// of its first observation in memory.
  List<Observed> latest() {
    return List.copyOf(latest);
  }

  /// The response time of the last observation, if it was up or down.
  Optional<Duration> response() {
    return response;
  }

  Share day() {
    return day.share();
  }

  Share month() {
    return month.share();
  }

  private static Instant hour(Instant moment) {
    return moment.truncatedTo(ChronoUnit.HOURS);
  }

  private static void ticks(
      Handle handle, Map<Long, CurrentState> services, Map<Long, OverviewDetails> found) {
    handle
        .createQuery(TICKS)
        .bindList("ids", services.keySet())
        .bind("most", LATEST - 1)
        .map(
            (row, _) -> {
              OverviewDetails details = known(found, row.getLong(1));
              Duration took = Duration.ofNanos(row.getLong(4) * 1000);
              details.add(
                  Instant.ofEpochMilli(row.getLong(2)),
                  standing(known(services, row.getLong(1)), row.getInt(3), took),
                  took,
                  Optional.ofNullable(row.getString(5)));
              return details;
            })
        .list();
  }

  /// Ticks have a slow observation as up.
  private static Standing standing(CurrentState service, int code, Duration took) {
    State state = State.CODEC.ofCode(code);
    boolean slow = service.slow().filter(limit -> took.compareTo(limit) > 0).isPresent();
    return state == State.UP && slow ? Standing.SLOW : Overview.standing(state);
  }

  private static Map<Long, Sums> sums(
      Handle handle, Map<Long, CurrentState> services, Instant from, Instant now) {
    Instant first = from.minus(HourStore.HOUR);
    Map<Long, Sums> found = new HashMap<>();
    handle
        .createQuery(HOURS)
        .bindList("ids", services.keySet())
        .bind("from", first.toEpochMilli())
        .map(
            (row, _) -> {
              long id = row.getLong(1);
              return found.put(id, sums(row, fullHours(known(services, id), first, now)));
            })
        .list();
    return found;
  }

  /// The number of hours with ticks that are expected since `from`; 0 for a service with an
  /// interval of more than an hour.
  private static long fullHours(CurrentState service, Instant from, Instant now) {
    if (service.interval().compareTo(HourStore.HOUR) > 0) {
      return 0;
    }
    Instant begun = service.created().plus(service.interval());
    Instant first = (from.isAfter(begun) ? from : begun).truncatedTo(ChronoUnit.HOURS);
    return Duration.between(first, now.truncatedTo(ChronoUnit.HOURS)).toHours() - 1;
  }

  private static Sums sums(ResultSet row, long fullHours) throws SQLException {
    return new Sums(row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5) < fullHours);
  }
}
