package dev.rollcall.server.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;

/// The services as a person looks at them: what is wrong first.
public final class Overview {
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
  /// @param response the response time of the newest observation, if that was an answer
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
      Optional<Duration> response,
      Share day,
      Share month,
      List<Observed> latest) {}

  /// Observations in a row that found the same.
  ///
  /// @param at when the first of them was made
  /// @param last when the last of them was made
  public record Observed(
      Instant at, Instant last, int count, Standing standing, Optional<String> reason) {}

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

  /// What there is to see at one moment.
  ///
  /// @param whole how all services stand
  /// @param matching how those stand that were asked for, in whatever state
  /// @param page which one is shown: the last, where one beyond it was asked for
  /// @param rows of that page
  public record Seen(Totals whole, Totals matching, int page, List<Row> rows) {}

  private final CurrentStates states;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  Overview(CurrentStates states) {
    this.states = states;
  }

  /// Has `listener`, which returns at once, hear of each commit that may change what there is to
  /// see.
  public void onCommit(Runnable listener) {
    listeners.add(listener);
  }

  void committed() {
    listeners.forEach(Runnable::run);
  }

  /// The services whose name or URL contains `text`: those that are down first, the longest down
  /// last; then what is unknown, what is new, and what is up, by name. The database is asked for
  /// little or nothing.
  ///
  /// @param page from 1
  /// @param size rows of a page
  public Seen look(String text, Optional<Standing> only, int page, int size) {
    String lower = text.toLowerCase(Locale.ROOT);
    return states.look(
        services -> {
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

  private static Totals totals(List<CurrentState> services) {
    Map<Standing, Integer> counts = new EnumMap<>(Standing.class);
    services.forEach(one -> counts.merge(one.standing(), 1, Integer::sum));
    return new Totals(counts);
  }

  static Standing standing(State state) {
    return switch (state) {
      case DOWN -> Standing.DOWN;
      case UP -> Standing.UP;
      case UNKNOWN -> Standing.UNKNOWN;
    };
  }
}
