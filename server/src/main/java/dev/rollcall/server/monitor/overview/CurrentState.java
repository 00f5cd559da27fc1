package dev.rollcall.server.monitor.overview;

import dev.rollcall.server.monitor.check.Evaluator.Transition;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.definition.PublicDefinition;
import dev.rollcall.server.monitor.overview.Overview.Observed;
import dev.rollcall.server.monitor.overview.Overview.Row;
import dev.rollcall.server.monitor.overview.Overview.Standing;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One service in the memory of [CurrentStates]: about 250 bytes while no page shows it.
final class CurrentState {
  static final String COLUMNS =
      "s.id, s.parent_id, s.name, s.url, s.created_at, d.interval_ms, d.lease_ms, m.last_at,"
          + " m.last_state, e.event, e.date_started, s.owner_id, d.slow_ms";

  private final long id;
  private final long parent;
  private final long owner;
  private final String name;
  private final String url;
  private final String lowerName;
  private final String lowerUrl;
  private final long created;
  private final long interval;
  private final long lease;
  private final long slow;
  private long lastAt;
  private int lastState;
  private Optional<Event.Kind> open;
  private long started;
  private Standing standing = Standing.NEW;
  private @Nullable OverviewDetails details;
  private @Nullable Row row;

  private CurrentState(ResultSet row) throws SQLException {
    id = row.getLong(1);
    parent = row.getLong(2);
    name = row.getString(3);
    url = PublicDefinition.url(row.getString(4));
    lowerName = name.toLowerCase(Locale.ROOT); // the same object if it is in lower case already
    lowerUrl = url.toLowerCase(Locale.ROOT);
    created = row.getLong(5);
    interval = row.getLong(6);
    lease = row.getLong(7);
    lastAt = row.getLong(8);
    lastState = row.getInt(9);
    open = Optional.ofNullable(row.getString(10)).map(Event.Kind.CODEC::ofWord);
    started = row.getLong(11);
    owner = row.getLong(12);
    slow = parent == 0 ? row.getLong(13) : 0; // the row of the schedule is that of the parent
  }

  /// Reads the [#COLUMNS].
  static CurrentState of(ResultSet row) throws SQLException {
    return new CurrentState(row);
  }

  long id() {
    return id;
  }

  /// The id of the service that reports it; 0 if it has its own checks.
  long parent() {
    return parent;
  }

  long owner() {
    return owner;
  }

  String name() {
    return name;
  }

  Standing standing() {
    return standing;
  }

  /// When the open event began, in milliseconds; 0 if there is none.
  long started() {
    return started;
  }

  /// Whether its name or URL contains `lower`, a text in lower case.
  boolean has(String lower) {
    return lowerName.contains(lower) || lowerUrl.contains(lower);
  }

  /// Whether `read`, which was read later, says the same.
  boolean isStill(CurrentState read) {
    return id == read.id
        && parent == read.parent
        && owner == read.owner
        && name.equals(read.name)
        && url.equals(read.url)
        && created == read.created
        && interval == read.interval
        && lease == read.lease
        && slow == read.slow
        && lastAt == read.lastAt
        && lastState == read.lastState
        && open.equals(read.open)
        && started == read.started;
  }

  /// Takes over the details for the page from the previous object, if nothing has been observed
  /// since.
  void follow(CurrentState before) {
    if (before.lastAt == lastAt && before.slow == slow) {
      details = before.details;
    }
  }

  /// Adds an observation, unless it is not newer than the last one.
  void observed(Outcome outcome) {
    Observation observation = outcome.observation();
    long at = observation.at().toEpochMilli();
    if (at <= lastAt) {
      return;
    }
    lastAt = at;
    lastState = State.of(observation).code();
    if (outcome.transition() instanceof Transition.Begins begins
        && !open.equals(Optional.of(begins.kind()))) {
      open = Optional.of(begins.kind());
      started = at;
    }
    if (details != null && !details.add(observation)) {
      details = null;
    }
    row = null;
  }

  private Standing standing(long now) {
    if (lastAt == 0) {
      return Standing.NEW;
    }
    return lastAt < now - 2 * interval - lease
        ? Standing.UNKNOWN
        : Overview.standing(State.CODEC.ofCode(lastState));
  }

  /// Computes the present state.
  ///
  /// After more than two intervals and a lease without an observation, the service is unknown: it
  /// is no longer checked.
  ///
  /// @return whether the state has changed
  boolean stands(long now) {
    Standing standsNow = standing(now);
    if (standsNow == standing) {
      return false;
    }
    standing = standsNow;
    row = null;
    return true;
  }

  /// Whether the page can show it without reading the database.
  boolean isDetailed(Instant now) {
    return details != null && details.isOf(now);
  }

  Instant created() {
    return Instant.ofEpochMilli(created);
  }

  Duration interval() {
    return Duration.ofMillis(interval);
  }

  /// A longer response time is slow.
  Optional<Duration> slow() {
    return slow == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(slow));
  }

  void detail(OverviewDetails found) {
    details = found;
    row = null;
  }

  /// Drops what only a page shows.
  void fold() {
    details = null;
    row = null;
  }

  /// The row of the page. The details must have been read.
  Row row() {
    Row known = row;
    if (known == null) {
      OverviewDetails shown = details == null ? OverviewDetails.NONE : details;
      List<Observed> latest = shown.latest();
      known =
          new Row(
              id,
              name,
              url,
              standing,
              since(latest),
              reason(latest),
              shown.response(),
              shown.day(),
              shown.month(),
              latest);
      row = known;
    }
    return known;
  }

  /// The time since which the state holds. Unknown and slow: the first of the last such
  /// observations in a row; or, if the service is no longer checked, its last observation.
  private Optional<Instant> since(List<Observed> latest) {
    if (standing != Standing.UNKNOWN && standing != Standing.SLOW) {
      return started == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(started));
    }
    if (latest.isEmpty()) {
      return Optional.empty();
    }
    if (latest.getLast().standing() != standing) {
      return Optional.of(latest.getLast().last());
    }
    int first = latest.size() - 1;
    while (first > 0 && latest.get(first - 1).standing() == standing) {
      first--;
    }
    return Optional.of(latest.get(first).at());
  }

  private Optional<String> reason(List<Observed> latest) {
    return switch (standing) {
      case UP, SLOW, NEW -> Optional.empty();
      case DOWN -> latest.isEmpty() ? Optional.empty() : latest.getLast().reason();
      case UNKNOWN ->
          latest.isEmpty() || latest.getLast().standing() != Standing.UNKNOWN
              ? Optional.of("not checked: is a Rollcall process with the role runner running?")
              : latest.getLast().reason();
    };
  }
}
