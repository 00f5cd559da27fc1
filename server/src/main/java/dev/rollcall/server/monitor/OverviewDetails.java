package dev.rollcall.server.monitor;

import dev.rollcall.server.monitor.Overview.Observed;
import dev.rollcall.server.monitor.Overview.Share;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/// What the [Overview] shows of a page's services beside how they stand: one statement for the
/// observations of all of them, two for their hours.
record OverviewDetails(
    Map<Long, List<Observed>> ticks, Map<Long, Share> days, Map<Long, Share> months) {
  private static final int LATEST = 50;
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration MONTH = Duration.ofDays(30);
  private static final Share NOTHING = new Share(OptionalDouble.empty(), false);

  /// Where the newest observations of a service begin is looked up by service: counting back in the
  /// primary key reads no more rows than are shown.
  private static final String TICKS =
      """
      SELECT t.service_id, t.at, t.state, t.response_us, t.reason
      FROM service s JOIN service_tick t ON t.service_id = s.id AND t.at >= COALESCE(
        (SELECT o.at FROM service_tick o WHERE o.service_id = s.id ORDER BY o.at DESC
          LIMIT 1 OFFSET :most), 0)
      WHERE s.id IN (<ids>) ORDER BY t.service_id, t.at""";

  /// Asked for both stretches apart: a plain sum over the primary key takes a third of the time of
  /// one statement that tells the hours apart.
  private static final String HOURS =
      """
      SELECT service_id, SUM(up_count), SUM(down_count), SUM(unknown_count), COUNT(*)
      FROM service_hour WHERE service_id IN (<ids>) AND hour > :from GROUP BY service_id""";

  /// Since when a service is asked, and how often.
  record Asked(Instant created, Duration interval) {}

  /// @param services by their ids
  static OverviewDetails of(Handle handle, Map<Long, Asked> services, Instant now) {
    if (services.isEmpty()) {
      return new OverviewDetails(Map.of(), Map.of(), Map.of());
    }
    return new OverviewDetails(
        ticks(handle, services.keySet()),
        shares(handle, services, now.minus(DAY), now),
        shares(handle, services, now.minus(MONTH), now));
  }

  /// Oldest first, 50 at most.
  List<Observed> latest(long id) {
    return ticks.getOrDefault(id, List.of());
  }

  Share day(long id) {
    return days.getOrDefault(id, NOTHING);
  }

  Share month(long id) {
    return months.getOrDefault(id, NOTHING);
  }

  private static Map<Long, List<Observed>> ticks(Handle handle, Set<Long> ids) {
    Map<Long, List<Observed>> found = new HashMap<>();
    handle
        .createQuery(TICKS)
        .bindList("ids", ids)
        .bind("most", LATEST - 1)
        .map(
            (row, _) ->
                found
                    .computeIfAbsent(row.getLong(1), _ -> new ArrayList<>(LATEST))
                    .add(observed(row)))
        .list();
    return found;
  }

  private static Observed observed(ResultSet row) throws SQLException {
    return new Observed(
        Instant.ofEpochMilli(row.getLong(2)),
        Overview.standing(State.ofCode(row.getInt(3))),
        Duration.ofNanos(row.getLong(4) * 1000),
        Optional.ofNullable(row.getString(5)));
  }

  private static Map<Long, Share> shares(
      Handle handle, Map<Long, Asked> services, Instant from, Instant now) {
    Instant first = from.minus(HourStore.HOUR);
    Map<Long, Share> found = new HashMap<>();
    handle
        .createQuery(HOURS)
        .bindList("ids", services.keySet())
        .bind("from", first.toEpochMilli())
        .map(
            (row, _) -> {
              long id = row.getLong(1);
              Asked asked = services.getOrDefault(id, new Asked(now, Duration.ZERO));
              return found.put(id, share(row, fullHours(asked, first, now)));
            })
        .list();
    return found;
  }

  /// How many hours there have to be since `from`; none of a service asked less than hourly.
  private static long fullHours(Asked asked, Instant from, Instant now) {
    if (asked.interval().compareTo(HourStore.HOUR) > 0) {
      return 0;
    }
    Instant begun = asked.created().plus(asked.interval());
    Instant first = (from.isAfter(begun) ? from : begun).truncatedTo(ChronoUnit.HOURS);
    return Duration.between(first, now.truncatedTo(ChronoUnit.HOURS)).toHours() - 1;
  }

  /// Some of the time is unknown where observations found nothing out, or hours are missing.
  private static Share share(ResultSet row, long fullHours) throws SQLException {
    long up = row.getLong(2);
    long all = up + row.getLong(3);
    return new Share(
        all == 0 ? OptionalDouble.empty() : OptionalDouble.of(100.0 * up / all),
        row.getLong(4) > 0 || row.getLong(5) < fullHours);
  }
}
