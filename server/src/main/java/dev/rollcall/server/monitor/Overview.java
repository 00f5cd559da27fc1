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
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// The services as a person looks at them: what is wrong first.
public final class Overview {
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
      " FROM service s JOIN service_schedule d ON d.service_id = COALESCE(s.parent_id, s.id)"
          + " JOIN service_metric m ON m.service_id = s.id";

  private static final String EVENT =
      " LEFT JOIN service_event e ON e.service_id = s.id AND e.date_ended IS NULL";

  private static final String MATCHING =
      " WHERE s.retired_at IS NULL AND (lower(s.name) LIKE :like ESCAPE '!' OR lower(s.url) LIKE :like ESCAPE '!')";

  /// What is wrong first; of what is down, what went down last.
  private static final String ORDER =
      " ORDER BY CASE standing WHEN 0 THEN 0 WHEN 2 THEN 1 WHEN 3 THEN 2 ELSE 3 END,"
          + " CASE standing WHEN 0 THEN -date_started ELSE 0 END, name";

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
  /// @param since when what lasts began: being up or down, or nothing being known
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
  /// @param unknown whether nothing is known about a part of it: observations that found nothing
  ///   out, or hours without any
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
  ///
  /// Four statements, however many rows are asked for.
  public List<Row> rows(String text, Optional<Standing> only, int limit, int offset) {
    Instant now = clock.wall();
    return database.read(
        handle -> {
          List<Head> heads = heads(handle, text, only, limit, offset);
          OverviewDetails details =
              OverviewDetails.of(
                  handle, heads.stream().collect(Collectors.toMap(Head::id, Head::asked)), now);
          return heads.stream().map(head -> row(head, details)).toList();
        });
  }

  /// A row before its observations are known.
  ///
  /// @param started when the event that lasts began
  private record Head(
      long id,
      String name,
      String url,
      Standing standing,
      Optional<Instant> started,
      OverviewDetails.Asked asked) {}

  private List<Head> heads(
      Handle handle, String text, Optional<Standing> only, int limit, int offset) {
    return handle
        .createQuery(
            "SELECT * FROM (SELECT s.id AS s_id, s.name, s.url, e.date_started,"
                + " s.created_at, d.interval_ms, "
                + STATE
                + " AS standing"
                + FROM
                + EVENT
                + MATCHING
                + ") listed"
                + (only.isPresent() ? " WHERE standing = :only" : "")
                + ORDER
                + " LIMIT :limit OFFSET :offset")
        .bind("now", now())
        .bind("like", like(text))
        .bind("only", only.map(Overview::code).orElse(-1))
        .bind("limit", limit)
        .bind("offset", offset)
        .map((row, _) -> head(row))
        .list();
  }

  private static Head head(ResultSet row) throws SQLException {
    long started = row.getLong("date_started");
    return new Head(
        row.getLong("s_id"),
        row.getString("name"),
        row.getString("url"),
        standing(row.getInt("standing")),
        started == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(started)),
        new OverviewDetails.Asked(
            Instant.ofEpochMilli(row.getLong("created_at")),
            Duration.ofMillis(row.getLong("interval_ms"))));
  }

  private static Row row(Head head, OverviewDetails details) {
    List<Observed> latest = details.latest(head.id());
    return new Row(
        head.id(),
        head.name(),
        head.url(),
        head.standing(),
        since(head, latest),
        reason(head.standing(), latest),
        details.day(head.id()),
        details.month(head.id()),
        latest);
  }

  /// Nothing is known since the first of the observations in a row that found nothing out, or,
  /// where nobody asks, since the last one there is.
  private static Optional<Instant> since(Head head, List<Observed> latest) {
    if (head.standing() != Standing.UNKNOWN) {
      return head.started();
    }
    if (latest.isEmpty()) {
      return Optional.empty();
    }
    int first = latest.size() - 1;
    while (first > 0
        && latest.get(first).standing() == Standing.UNKNOWN
        && latest.get(first - 1).standing() == Standing.UNKNOWN) {
      first--;
    }
    return Optional.of(latest.get(first).at());
  }

  private static Optional<String> reason(Standing standing, List<Observed> latest) {
    return switch (standing) {
      case UP, NEW -> Optional.empty();
      case DOWN -> latest.isEmpty() ? Optional.empty() : latest.getLast().reason();
      case UNKNOWN ->
          latest.isEmpty() || latest.getLast().standing() != Standing.UNKNOWN
              ? Optional.of("nobody asks it: is a Rollcall with the role runner running?")
              : latest.getLast().reason();
    };
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
    return code == 3 ? Standing.NEW : standing(State.ofCode(code));
  }

  static Standing standing(State state) {
    return switch (state) {
      case DOWN -> Standing.DOWN;
      case UP -> Standing.UP;
      case UNKNOWN -> Standing.UNKNOWN;
    };
  }
}
