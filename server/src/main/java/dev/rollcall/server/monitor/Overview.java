package dev.rollcall.server.monitor;

import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jdbi.v3.core.Handle;

/// The services as a person looks at them: what is wrong first.
public final class Overview {
  private static final int LATEST = 50;
  private static final Duration DAY = Duration.ofDays(1);

  /// Silence of more than two intervals and a lease means that nobody asks: whatever was found last
  /// is no longer known.
  private static final String STATE =
      """
      CASE
        WHEN m.last_at IS NULL THEN 3
        WHEN m.last_at < :now - 2 * d.interval_ms - d.lease_ms THEN 2
        ELSE m.last_state
      END""";

  private static final String FROM =
      " FROM service_schedule d JOIN service s ON s.id = d.service_id"
          + " JOIN service_metric m ON m.service_id = s.id"
          + " LEFT JOIN service_event e ON e.service_id = s.id AND e.date_ended IS NULL";

  private static final String MATCHING =
      " WHERE (lower(s.name) LIKE :like ESCAPE '!' OR lower(s.url) LIKE :like ESCAPE '!')";

  /// How a service stands.
  public enum Standing {
    DOWN,
    UP,
    /// Nothing is known just now: Rollcall failed, or nobody asks.
    UNKNOWN,
    /// Not asked yet.
    NEW
  }

  /// One service.
  ///
  /// @param since when the event that lasts began
  /// @param reason why it is not up
  /// @param day how much of the last 24 hours it was up
  /// @param month how much of the last 30 days it was up
  /// @param latest its last observations, oldest first, 50 at most
  public record Row(
      long id,
      String name,
      String url,
      Standing standing,
      Optional<Instant> since,
      Optional<String> reason,
      Share day,
      Share month,
      List<Observed> latest) {

    /// The response time of the newest observation, if that was an answer.
    public Optional<Duration> response() {
      return latest.isEmpty() || latest.getLast().standing() == Standing.UNKNOWN
          ? Optional.empty()
          : Optional.of(latest.getLast().response());
    }
  }

  /// One observation in a bar of them.
  public record Observed(
      Instant at, Standing standing, Duration response, Optional<String> reason) {}

  /// How much of a stretch of time a service was up.
  ///
  /// @param percent of the observations that found it up or down; empty where there was none
  /// @param unknown whether some observations found nothing out
  public record Share(OptionalDouble percent, boolean unknown) {}

  /// How many services stand how.
  public record Totals(Map<Standing, Integer> counts) {
    public int of(Standing standing) {
      return counts.getOrDefault(standing, 0);
    }

    public int all() {
      return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  private final Database database;
  private final Clock clock;

  Overview(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /// How many services whose name or URL contains `text` stand how; an empty text is in all of
  /// them.
  public Totals totals(String text) {
    return database.read(
        handle -> {
          Map<Standing, Integer> counts = new EnumMap<>(Standing.class);
          handle
              .createQuery(
                  "SELECT "
                      + STATE
                      + " AS standing, count(*) AS n"
                      + FROM
                      + MATCHING
                      + " GROUP BY 1")
              .bind("now", now())
              .bind("like", like(text))
              .map((row, _) -> counts.put(standing(row.getInt("standing")), row.getInt("n")))
              .list();
          return new Totals(counts);
        });
  }

  /// The services whose name or URL contains `text`: those that are down first, the longest down
  /// last; then what is unknown, what is new, and what is up, by name.
  public List<Row> rows(String text, Optional<Standing> only, int limit, int offset) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT * FROM (SELECT s.id AS s_id, s.name, s.url, e.date_started, e.cause, "
                        + STATE
                        + " AS standing"
                        + FROM
                        + MATCHING
                        + ") listed"
                        + (only.isPresent() ? " WHERE standing = :only" : "")
                        + " ORDER BY CASE standing WHEN 0 THEN 0 WHEN 2 THEN 1 WHEN 3 THEN 2 ELSE 3 END,"
                        + " CASE standing WHEN 0 THEN -date_started ELSE 0 END, name"
                        + " LIMIT :limit OFFSET :offset")
                .bind("now", now())
                .bind("like", like(text))
                .bind("only", only.map(Overview::code).orElse(-1))
                .bind("limit", limit)
                .bind("offset", offset)
                .map((row, _) -> row(handle, row))
                .list());
  }

  private Row row(Handle handle, ResultSet row) throws SQLException {
    long id = row.getLong("s_id");
    Standing standing = standing(row.getInt("standing"));
    List<Observed> latest =
        TickStore.latest(handle, id, LATEST).reversed().stream()
            .map(
                tick ->
                    new Observed(
                        tick.at(), standing(tick.state().code()), tick.response(), tick.reason()))
            .toList();
    long started = row.getLong("date_started");
    Optional<Instant> since =
        row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(started));
    Instant now = clock.wall();
    return new Row(
        id,
        row.getString("name"),
        row.getString("url"),
        standing,
        since,
        reason(standing, latest),
        share(handle, id, now.minus(DAY)),
        share(handle, id, now.minus(DAY.multipliedBy(30))),
        latest);
  }

  private static Optional<String> reason(Standing standing, List<Observed> latest) {
    return switch (standing) {
      case UP, NEW -> Optional.empty();
      case DOWN -> latest.isEmpty() ? Optional.empty() : latest.getLast().reason();
      case UNKNOWN ->
          latest.isEmpty() || latest.getLast().reason().isEmpty()
              ? Optional.of("nobody asks it: is a Rollcall with the role runner running?")
              : latest.getLast().reason();
    };
  }

  private static Share share(Handle handle, long id, Instant from) {
    return handle
        .createQuery(
            "SELECT SUM(up_count) AS up, SUM(down_count) AS down, SUM(unknown_count) AS unknown"
                + " FROM service_hour WHERE service_id = :id AND hour > :from")
        .bind("id", id)
        .bind("from", from.minus(HourStore.HOUR).toEpochMilli())
        .map(
            (row, _) -> {
              long up = row.getLong("up");
              long all = up + row.getLong("down");
              return new Share(
                  all == 0 ? OptionalDouble.empty() : OptionalDouble.of(100.0 * up / all),
                  row.getLong("unknown") > 0);
            })
        .one();
  }

  private long now() {
    return clock.wall().toEpochMilli();
  }

  private static String like(String text) {
    String escaped =
        text.toLowerCase(Locale.ROOT).replace("!", "!!").replace("%", "!%").replace("_", "!_");
    return "%" + escaped + "%";
  }

  private static int code(Standing standing) {
    return switch (standing) {
      case DOWN -> State.DOWN.code();
      case UP -> State.UP.code();
      case UNKNOWN -> State.UNKNOWN.code();
      case NEW -> 3;
    };
  }

  private static Standing standing(int code) {
    return code == 3
        ? Standing.NEW
        : switch (State.ofCode(code)) {
          case DOWN -> Standing.DOWN;
          case UP -> Standing.UP;
          case UNKNOWN -> Standing.UNKNOWN;
        };
  }
}
