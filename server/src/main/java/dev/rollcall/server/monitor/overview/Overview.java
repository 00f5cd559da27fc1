package dev.rollcall.server.monitor.overview;

import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;

/// The services for the pages, those with problems first.
public final class Overview {
  /// The state of a service on the page.
  public enum Standing {
    DOWN,
    /// Up, and slower than it should be.
    SLOW,
    UP,
    /// Nobody knows whether it is up: the fault is Rollcall's, or the service is no longer checked.
    UNKNOWN,
    /// Not checked yet.
    NEW
  }

  /// One service.
  ///
  /// @param since when the present state began
  /// @param reason why it is not up
  /// @param response the response time of the last observation, if it was up or down
  /// @param day how much of the last 24 hours it was up
  /// @param month how much of the last 30 days it was up
  /// @param latest its last observations, oldest first, at most 50
  public record Row(
      long id,
      String name,
      String url,
      Standing standing,
      Optional<Instant> since,
      Optional<String> reason,
      Optional<Duration> response,
      Share day,
      Share month,
      List<Observed> latest) {}

  /// Successive observations with the same result.
  ///
  /// @param at when the first of them was made
  /// @param last when the last of them was made
  public record Observed(
      Instant at, Instant last, int count, Standing standing, Optional<String> reason) {}

  /// How much of a span of time a service was up.
  ///
  /// @param percent of the observations that were up or down; empty if there was none
  /// @param unknown whether the state is unknown for a part of it: because of unknown observations,
  ///   or hours without any
  public record Share(OptionalDouble percent, boolean unknown) {}

  /// The number of services in each state.
  public record Totals(Map<Standing, Integer> counts) {
    public int of(Standing standing) {
      return counts.getOrDefault(standing, 0);
    }

    public int all() {
      return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /// What a page shows at one moment.
  ///
  /// @param whole the states of all services of the scope
  /// @param matching the states of the services that match the text, whatever state was asked for
  /// @param page the number of the page; the last one, if a later one was asked for
  /// @param rows the rows of the page
  public record Seen(Totals whole, Totals matching, int page, List<Row> rows) {}

  private final CurrentStates states;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  public Overview(Database database, Clock clock) {
    this.states = new CurrentStates(database, clock);
  }

  /// Calls `listener` after each commit that may change the page. It has to return at once.
  public void onCommit(Runnable listener) {
    listeners.add(listener);
  }

  /// Passes outcomes that were committed. It returns at once.
  public void committed(List<Outcome> outcomes) {
    states.committed(outcomes);
    listeners.forEach(Runnable::run);
  }

  /// Services were added, changed or deleted.
  public void changed(Collection<Long> ids) {
    states.changed(ids);
    listeners.forEach(Runnable::run);
  }

  /// The services whose name or URL contains `text`: first those that are down, the latest first;
  /// then the unknown, the slow, the new, and those that are up, by name. It reads little or
  /// nothing from the database.
  ///
  /// @param page from 1
  /// @param size the number of rows of a page
  public Seen look(Scope scope, String text, Optional<Standing> only, int page, int size) {
    String lower = text.toLowerCase(Locale.ROOT);
    return states.look(
        all -> {
          List<CurrentState> services =
              all.stream().filter(one -> scope.includes(one.owner())).toList();
          Totals whole = totals(services);
          List<CurrentState> named =
              lower.isEmpty() ? services : services.stream().filter(one -> one.has(lower)).toList();
          Totals matching = lower.isEmpty() ? whole : totals(named);
          List<CurrentState> found =
              only.isEmpty()
                  ? named
                  : named.stream().filter(one -> one.standing() == only.get()).toList();
          int shown = Math.clamp(page, 1, Math.max(1, (found.size() + size - 1) / size));
          List<CurrentState> rows =
              found.subList((shown - 1) * size, Math.min(shown * size, found.size()));
          states.detail(rows);
          return new Seen(whole, matching, shown, rows.stream().map(CurrentState::row).toList());
        });
  }

  /// One service; empty if there is none in the scope.
  Optional<Row> find(Scope scope, long id) {
    return states.look(
        all -> {
          List<CurrentState> found =
              all.stream().filter(one -> one.id() == id && scope.includes(one.owner())).toList();
          states.detail(found);
          return found.stream().map(CurrentState::row).findFirst();
        });
  }

  /// The time between two checks of a service; zero if there is none.
  Duration interval(long id) {
    return states.look(
        all ->
            all.stream()
                .filter(one -> one.id() == id)
                .map(CurrentState::interval)
                .findFirst()
                .orElse(Duration.ZERO));
  }

  /// A longer response time of a service is slow; empty if none is.
  Optional<Duration> slow(long id) {
    return states.look(
        all ->
            all.stream()
                .filter(one -> one.id() == id)
                .map(CurrentState::slow)
                .findFirst()
                .flatMap(limit -> limit));
  }

  /// The service of that name that an owner has; empty if there is none.
  Optional<Row> named(long owner, String name) {
    return states.look(
        all -> {
          List<CurrentState> found =
              all.stream().filter(one -> one.owner() == owner && one.name().equals(name)).toList();
          states.detail(found);
          return found.stream().map(CurrentState::row).findFirst();
        });
  }

  private static Totals totals(List<CurrentState> services) {
    Map<Standing, Integer> counts = new EnumMap<>(Standing.class);
    services.forEach(one -> counts.merge(one.standing(), 1, Integer::sum));
    return new Totals(counts);
  }

  static Standing standing(State state) {
    return switch (state) {
      case DOWN -> Standing.DOWN;
      case UP -> Standing.UP;
      case SLOW -> Standing.SLOW;
      case UNKNOWN -> Standing.UNKNOWN;
    };
  }
}
