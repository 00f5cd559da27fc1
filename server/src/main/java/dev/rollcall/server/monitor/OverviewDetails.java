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
import org.jdbi.v3.core.Handle;

/// What the [Overview] shows of a page's services beside how they stand: one statement for the
/// observations of all of them, one for their hours.
record OverviewDetails(Map<Long, List<Observed>> ticks, Map<Long, Shares> shares) {
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

  /// An hour is missing where a service that is asked at least hourly has none between its first
  /// full hour and now.
  private static final String HOURS =
      """
      SELECT h.service_id, s.created_at, d.interval_ms,
        SUM(h.up_count) AS up, SUM(h.down_count) AS down, SUM(h.unknown_count) AS unknown,
        COUNT(*) AS hours,
        SUM(CASE WHEN h.hour > :day THEN h.up_count ELSE 0 END) AS day_up,
        SUM(CASE WHEN h.hour > :day THEN h.down_count ELSE 0 END) AS day_down,
        SUM(CASE WHEN h.hour > :day THEN h.unknown_count ELSE 0 END) AS day_unknown,
        SUM(CASE WHEN h.hour > :day THEN 1 ELSE 0 END) AS day_hours
      FROM service s JOIN service_schedule d ON d.service_id = s.id
        JOIN service_hour h ON h.service_id = s.id AND h.hour > :month
      WHERE s.id IN (<ids>) GROUP BY h.service_id, s.created_at, d.interval_ms""";

  private record Shares(Share day, Share month) {}

  static OverviewDetails of(Handle handle, List<Long> ids, Instant now) {
    if (ids.isEmpty()) {
      return new OverviewDetails(Map.of(), Map.of());
    }
    return new OverviewDetails(ticks(handle, ids), shares(handle, ids, now));
  }

  /// Oldest first, 50 at most.
  List<Observed> latest(long id) {
    return ticks.getOrDefault(id, List.of());
  }

  Share day(long id) {
    return shares.containsKey(id) ? shares.get(id).day() : NOTHING;
  }

  Share month(long id) {
    return shares.containsKey(id) ? shares.get(id).month() : NOTHING;
  }

  private static Map<Long, List<Observed>> ticks(Handle handle, List<Long> ids) {
    Map<Long, List<Observed>> found = new HashMap<>();
    handle
        .createQuery(TICKS)
        .bindList("ids", ids)
        .bind("most", LATEST - 1)
        .map(
            (row, _) ->
                found
                    .computeIfAbsent(row.getLong("service_id"), _ -> new ArrayList<>(LATEST))
                    .add(observed(row)))
        .list();
    return found;
  }

  private static Observed observed(ResultSet row) throws SQLException {
    return new Observed(
        Instant.ofEpochMilli(row.getLong("at")),
        Overview.standing(State.ofCode(row.getInt("state"))),
        Duration.ofNanos(row.getLong("response_us") * 1000),
        Optional.ofNullable(row.getString("reason")));
  }

  private static Map<Long, Shares> shares(Handle handle, List<Long> ids, Instant now) {
    Map<Long, Shares> found = new HashMap<>();
    Instant day = now.minus(DAY).minus(HourStore.HOUR);
    Instant month = now.minus(MONTH).minus(HourStore.HOUR);
    handle
        .createQuery(HOURS)
        .bindList("ids", ids)
        .bind("day", day.toEpochMilli())
        .bind("month", month.toEpochMilli())
        .map(
            (row, _) -> {
              Instant created = Instant.ofEpochMilli(row.getLong("created_at"));
              Duration interval = Duration.ofMillis(row.getLong("interval_ms"));
              Instant asked = created.plus(interval);
              boolean hourly = interval.compareTo(HourStore.HOUR) <= 0;
              return found.put(
                  row.getLong("service_id"),
                  new Shares(
                      share(row, "day_", hourly ? hours(day, asked, now) : 0),
                      share(row, "", hourly ? hours(month, asked, now) : 0)));
            })
        .list();
    return found;
  }

  /// How many full hours there have to be after `from`, of a service asked since `asked`.
  private static long hours(Instant from, Instant asked, Instant now) {
    Instant first = (from.isAfter(asked) ? from : asked).truncatedTo(ChronoUnit.HOURS);
    return Duration.between(first, now.truncatedTo(ChronoUnit.HOURS)).toHours() - 1;
  }

  private static Share share(ResultSet row, String span, long hours) throws SQLException {
    long up = row.getLong(span + "up");
    long all = up + row.getLong(span + "down");
    return new Share(
        all == 0 ? OptionalDouble.empty() : OptionalDouble.of(100.0 * up / all),
        row.getLong(span + "unknown") > 0 || row.getLong(span + "hours") < hours);
  }
}
