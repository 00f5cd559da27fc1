package dev.rollcall.server.incident.maintenance;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.incident.maintenance.MaintenanceStore.Created;
import dev.rollcall.server.incident.maintenance.MaintenanceStore.Limits;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// What people do with maintenance, by the API and on pages, and what they see of it. Each change
/// is refused with 404 for one that is not in the scope.
public final class MaintenanceChanges {
  /// How many an owner may have at a time: each is looked at with each change of state.
  private static final int MOST = 200;

  private static final int MOST_OF_ACCOUNT = 20;

  /// How many an account or team may make within [#DAY]: each is kept for years.
  private static final int MOST_A_DAY = 50;

  private static final Duration DAY = Duration.ofDays(1);

  /// The characters of the definition of one: it is read with each change of state.
  private static final int LONGEST_OF_ACCOUNTS = 4096;

  private final MaintenanceStore store;
  private final Supplier<List<Maintenance>> ofFile;
  private final Runnable changed;
  private final Function<Caller, String> names;
  private final Function<Maintenance, Optional<String>> hints;
  private final Clock clock;

  /// Where one is in time.
  public enum Phase {
    SCHEDULED,
    ACTIVE,
    OVER
  }

  /// @param ofFile the maintenance of the configuration file
  /// @param changed is called after each change
  /// @param names how people read who calls
  /// @param hints what people should know about one
  public MaintenanceChanges(
      MaintenanceStore store,
      Supplier<List<Maintenance>> ofFile,
      Runnable changed,
      Function<Caller, String> names,
      Function<Maintenance, Optional<String>> hints,
      Clock clock) {
    this.store = store;
    this.ofFile = ofFile;
    this.changed = changed;
    this.names = names;
    this.hints = hints;
    this.clock = clock;
  }

  /// That of the configuration file, which is the operator's.
  public List<Maintenance> ofFile(Scope scope) {
    return scope.owner() == Scope.OPERATOR ? ofFile.get() : List.of();
  }

  /// The newest of the API below an id.
  public List<MaintenanceStore.Row> newest(Scope scope, long before, int limit) {
    return store.newest(scope, before, limit);
  }

  MaintenanceStore.Row existing(Scope scope, long id) {
    return store
        .find(scope, id)
        .orElseThrow(() -> Refusal.notFound("there is no maintenance " + id));
  }

  /// What whoever has made or changed one should know: that nothing fits a word of it. Empty if
  /// there is nothing.
  public Optional<String> hint(Scope scope, long id) {
    return existing(scope, id).maintenance().flatMap(hints);
  }

  /// Makes one. Refused with 400 and a line for each mistake, with 409 if there are too many, and
  /// with 429 if too many were made today.
  ///
  /// @return its id
  public long create(Scope scope, ObjectNode definition, Caller by) {
    Instant now = clock.wall();
    read(definition, scope.owner(), now);
    Limits limits = limits(scope.owner(), now);
    return switch (store.create(
        scope.owner(), definition.toString(), names.apply(by), limits, now)) {
      case Created.As(long id) -> {
        changed.run();
        yield id;
      }
      case Created.TooMany _ ->
          throw Refusal.of(
              409, "there are " + limits.open() + " maintenance spans: end or delete one first");
      case Created.TooManyOfLate _ ->
          throw Refusal.of(429, limits.made() + " maintenance spans were made within a day: wait");
    };
  }

  /// Given fields replace the previous ones; fields that are null are removed.
  void change(Scope scope, long id, ObjectNode given) {
    MaintenanceStore.Row row = existing(scope, id);
    ObjectNode merged = row.definition();
    given.properties().forEach(field -> merged.set(field.getKey(), field.getValue()));
    merged.properties().removeIf(field -> field.getValue().isNull());
    read(merged, row.owner(), row.created());
    store.replace(row.id(), merged.toString());
    changed.run();
  }

  /// Ends one now. Refused with 409 if somebody has ended it.
  public void end(Scope scope, long id) {
    if (!store.end(existing(scope, id).id(), clock.wall())) {
      throw Refusal.of(409, "maintenance " + id + " has been ended before");
    }
    changed.run();
  }

  /// Deletes one.
  public void delete(Scope scope, long id) {
    store.delete(existing(scope, id).id());
    changed.run();
  }

  private static Limits limits(long owner, Instant now) {
    return owner == Scope.OPERATOR
        ? new Limits(MOST, Long.MAX_VALUE, now)
        : new Limits(MOST_OF_ACCOUNT, MOST_A_DAY, now.minus(DAY));
  }

  private static void read(ObjectNode definition, long owner, Instant now) {
    if (owner != Scope.OPERATOR && definition.toString().length() > LONGEST_OF_ACCOUNTS) {
      throw Refusal.badRequest("has more than " + LONGEST_OF_ACCOUNTS + " characters of JSON");
    }
    Mistakes mistakes = new Mistakes();
    if (MaintenanceReader.one(definition, "", owner, now, mistakes).isEmpty()) {
      throw Refusal.badRequest(mistakes.lines());
    }
  }

  /// Where one of the API is in time.
  public Phase phase(MaintenanceStore.Row row) {
    Optional<Maintenance> maintenance = row.maintenance();
    return row.ended().isPresent() || maintenance.isEmpty() ? Phase.OVER : phase(maintenance.get());
  }

  /// Where one is in time.
  public Phase phase(Maintenance maintenance) {
    Instant now = clock.wall();
    if (maintenance.when().end(now).isPresent()) {
      return Phase.ACTIVE;
    }
    return maintenance.when().isOver(now) ? Phase.OVER : Phase.SCHEDULED;
  }
}
