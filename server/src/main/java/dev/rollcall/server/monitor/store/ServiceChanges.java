package dev.rollcall.server.monitor.store;

import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Circle;
import dev.rollcall.server.signal.Circles;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// Adds, changes and removes services.
///
/// A service that is no longer in the file is retired: it keeps its history, and continues it when
/// its name comes back. A service that is deleted through the API is deleted with its history.
///
/// Changes take ids that [ServiceStore] has found within the scope of the caller.
public final class ServiceChanges {
  /// A change to make.
  private sealed interface Change {
    record Create(long owner, ServiceDefinition definition) implements Change {}

    record Replace(long id, ServiceDefinition definition) implements Change {}

    record Delete(long id) implements Change {}
  }

  /// The result of a change.
  public sealed interface Done {
    /// The service that was added, changed or deleted.
    record Service(long id) implements Done {}

    /// Another service of the same owner has that name.
    record NameTaken() implements Done {}

    /// The account or team has as many services as it may have.
    record TooMany(int most) implements Done {}

    /// All accounts and teams together have as many services as they may have.
    record Full() implements Done {}

    /// It would depend on itself, directly or not.
    record InCircle(Circle circle) implements Done {}
  }

  /// How the services of the file changed.
  ///
  /// @param refused whether nothing was changed, because more than half of the services would have
  ///   been removed: `retired` is their number
  public record Synced(int added, int changed, int retired, boolean refused) {
    Synced(int added, int changed, int retired) {
      this(added, changed, retired, false);
    }
  }

  /// The services of the file.
  ///
  /// @param fewer whether more than half of the services may be removed; otherwise such a file is
  ///   rejected, since it is probably incomplete or the wrong one
  public record File(List<ServiceDefinition> services, boolean fewer) {}

  /// A row of the table of services, with the columns that are compared.
  private record Row(long id, String definition, String origin, boolean retired) {
    boolean isOfTheFile() {
      return origin.equals(Service.Origin.FILE.word()) && !retired;
    }
  }

  private final Database database;
  private final GroupCommit commits;
  private final AccountLimits ofAccounts;
  private final Clock clock;
  private final SignalWriter signals;
  private final Circles circles;
  private final Consumer<Set<Long>> committed;
  private final Batch<Change, Done> changes = this::apply;
  private final Batch<File, Synced> syncs =
      (tx, files) -> files.stream().map(file -> sync(tx, file)).toList();

  /// @param signals gets the end of the state of services that were down and are removed
  /// @param circles finds those of `depends-on`
  /// @param committed is called with the changed services after the commit, and returns at once
  public ServiceChanges(
      Database database,
      GroupCommit commits,
      AccountLimits ofAccounts,
      SignalWriter signals,
      Circles circles,
      Clock clock,
      Consumer<Set<Long>> committed) {
    this.database = database;
    this.signals = signals;
    this.circles = circles;
    this.committed = committed;
    this.commits = commits;
    this.ofAccounts = ofAccounts;
    this.clock = clock;
  }

  /// Adds a service of the API, for the owner of the scope. It is checked within a second.
  public Done create(Scope scope, ServiceDefinition definition) {
    return commits.write(changes, new Change.Create(scope.owner(), definition));
  }

  /// Replaces the definition of a service. It holds from the next check on.
  public Done replace(long id, ServiceDefinition definition) {
    return commits.write(changes, new Change.Replace(id, definition));
  }

  /// Deletes a service with its events and sums. Its ticks are deleted in the background.
  public void delete(long id) {
    commits.write(changes, new Change.Delete(id));
  }

  /// Replaces the services of the file.
  public Synced sync(File file) {
    return commits.write(syncs, file);
  }

  private List<Done> apply(Handle tx, List<Change> items) {
    takeTurns(tx);
    lockDueRows(
        tx,
        items.stream()
            .flatMap(
                change ->
                    switch (change) {
                      case Change.Create _ -> Stream.<Long>empty();
                      case Change.Replace(long id, _) -> Stream.of(id);
                      case Change.Delete(long id) -> Stream.of(id);
                    }));
    List<Done> done = new ArrayList<>(items.size());
    Set<Long> ids = new HashSet<>();
    for (Change change : items) {
      Done what =
          switch (change) {
            case Change.Create(long owner, var definition) -> create(tx, owner, definition);
            case Change.Replace(long id, var definition) -> replace(tx, id, definition);
            case Change.Delete(long id) -> {
              signals.write(tx, StreakStore.remove(tx, id, clock.wall()));
              signals.write(tx, DerivedServices.retireAll(tx, id, clock.wall()));
              tx.createUpdate("DELETE FROM service WHERE id = :id").bind("id", id).execute();
              yield new Done.Service(id);
            }
          };
      done.add(what);
      if (what instanceof Done.Service(long id)) {
        ids.add(id);
      }
    }
    tx.afterCommit(() -> committed.accept(ids));
    return done;
  }

  /// Processes that share PostgreSQL change services one after the other, so that each sees the
  /// changes of the one before.
  private void takeTurns(Handle tx) {
    database.takeTurns(tx, "service");
  }

  /// This comes before any other statement on these services. A writer of outcomes also locks the
  /// due row first, and then the other rows of the service. Both lock in the order of the ids, so
  /// that there is no deadlock.
  private static void lockDueRows(Handle tx, Stream<Long> ids) {
    Rows.write(
        tx,
        "UPDATE service_schedule SET due_at = due_at WHERE service_id = ?",
        ids.distinct().sorted().toList(),
        (row, id) -> row.setLong(1, id));
  }

  private Done create(Handle tx, long owner, ServiceDefinition definition) {
    if (owner != Scope.OPERATOR && ServiceStore.count(tx, Scope.of(owner)) >= ofAccounts.each()) {
      return new Done.TooMany(ofAccounts.each());
    }
    if (owner != Scope.OPERATOR && ServiceStore.countOfAccounts(tx) >= ofAccounts.all()) {
      return new Done.Full();
    }
    Optional<Circle> circle = circle(tx, owner, definition);
    if (circle.isPresent()) {
      return new Done.InCircle(circle.get());
    }
    Optional<Row> namesake = named(tx, owner, definition.name());
    if (namesake.isEmpty()) {
      return new Done.Service(insert(tx, owner, definition, Service.Origin.API));
    }
    if (!namesake.get().retired()) {
      return new Done.NameTaken();
    }
    update(tx, namesake.get(), definition, Service.Origin.API);
    return new Done.Service(namesake.get().id());
  }

  private Done replace(Handle tx, long id, ServiceDefinition definition) {
    Optional<Long> owner = owner(tx, id);
    Optional<Row> namesake = owner.flatMap(one -> named(tx, one, definition.name()));
    if (namesake.isPresent() && namesake.get().id() != id) {
      return new Done.NameTaken();
    }
    Optional<Circle> circle = owner.flatMap(one -> circle(tx, one, definition));
    if (circle.isPresent()) {
      return new Done.InCircle(circle.get());
    }
    update(tx, new Row(id, "", Service.Origin.API.word(), false), definition, Service.Origin.API);
    return new Done.Service(id);
  }

  private Optional<Circle> circle(Handle tx, long owner, ServiceDefinition definition) {
    return circles.closed(
        tx, Subject.Type.SERVICE, owner, definition.name(), definition.alertKeys());
  }

  private Synced sync(Handle tx, File file) {
    takeTurns(tx);
    Map<String, Row> before = new HashMap<>();
    tx.createQuery(
            "SELECT id, name, definition, origin, retired_at FROM service"
                + Scope.operator().where("owner_id"))
        .map((row, _) -> before.put(row.getString("name"), row(row)))
        .list();
    long filed = before.values().stream().filter(Row::isOfTheFile).count();
    List<ServiceDefinition> added = new ArrayList<>();
    Map<Row, ServiceDefinition> changed = new HashMap<>();
    for (ServiceDefinition definition : file.services()) {
      Row row = before.remove(definition.name());
      if (row == null) {
        added.add(definition);
      } else if (row.retired()
          || !row.origin().equals(Service.Origin.FILE.word())
          || !row.definition().equals(definition.json())) {
        changed.put(row, definition);
      }
    }
    List<Row> gone = before.values().stream().filter(Row::isOfTheFile).toList();
    if (!file.fewer() && gone.size() * 2L > filed) {
      return new Synced(0, 0, gone.size(), true);
    }
    lockDueRows(tx, Stream.concat(changed.keySet().stream(), gone.stream()).map(Row::id));
    Set<Long> ids = new HashSet<>();
    changed.forEach(
        (row, definition) -> {
          update(tx, row, definition, Service.Origin.FILE);
          ids.add(row.id());
        });
    gone.forEach(
        row -> {
          retire(tx, row.id());
          ids.add(row.id());
        });
    added.forEach(
        definition -> ids.add(insert(tx, Scope.OPERATOR, definition, Service.Origin.FILE)));
    tx.afterCommit(() -> committed.accept(ids));
    return new Synced(added.size(), changed.size(), gone.size());
  }

  private static Optional<Long> owner(Handle tx, long id) {
    return tx.createQuery("SELECT owner_id FROM service WHERE id = :id")
        .bind("id", id)
        .mapTo(Long.class)
        .findOne();
  }

  private static Optional<Row> named(Handle tx, long owner, String name) {
    return tx.createQuery(
            "SELECT id, definition, origin, retired_at FROM service"
                + " WHERE name = :name AND owner_id = :owner")
        .bind("name", name)
        .bind("owner", owner)
        .map((row, _) -> row(row))
        .findOne();
  }

  private static Row row(java.sql.ResultSet row) throws java.sql.SQLException {
    return new Row(
        row.getLong("id"),
        row.getString("definition"),
        row.getString("origin"),
        row.getObject("retired_at") != null);
  }

  private long insert(Handle tx, long owner, ServiceDefinition definition, Service.Origin origin) {
    long id =
        tx.createQuery(
                """
                INSERT INTO service (owner_id, name, url, definition, group_name, origin, created_at,
                  updated_at)
                VALUES (:owner, :name, :url, :definition, :group, :origin, :now, :now) RETURNING id\
                """)
            .bind("owner", owner)
            .bind("name", definition.name())
            .bind("url", definition.shownUrl())
            .bind("definition", definition.json())
            .bind("group", definition.alertKeys().group().orElse(null))
            .bind("origin", origin.word())
            .bind("now", now())
            .mapTo(Long.class)
            .one();
    MetricStore.begin(tx, id);
    schedule(tx, id, definition);
    return id;
  }

  private void update(Handle tx, Row row, ServiceDefinition definition, Service.Origin origin) {
    tx.createUpdate(
            """
            UPDATE service SET name = :name, url = :url, definition = :definition,
              group_name = :group, origin = :origin, updated_at = :now, retired_at = NULL, parent_id = NULL, part = NULL
            WHERE id = :id\
            """)
        .bind("id", row.id())
        .bind("name", definition.name())
        .bind("url", definition.shownUrl())
        .bind("definition", definition.json())
        .bind("group", definition.alertKeys().group().orElse(null))
        .bind("origin", origin.word())
        .bind("now", now())
        .execute();
    schedule(tx, row.id(), definition);
    signals.write(tx, DerivedServices.changed(tx, row.id(), definition, clock.wall()));
  }

  /// The service is due at once; if it is being checked, after that check.
  private void schedule(Handle tx, long id, ServiceDefinition definition) {
    tx.createUpdate(
            """
            INSERT INTO service_schedule AS d
              (service_id, interval_ms, lease_ms, slow_ms, revision, due_at)
            VALUES (:id, :interval, :lease, CAST(:slow AS BIGINT), :now, :now)
            ON CONFLICT (service_id, location_id) DO UPDATE SET
              interval_ms = excluded.interval_ms,
              lease_ms = excluded.lease_ms,
              slow_ms = excluded.slow_ms,
              revision = d.revision + 1,
              due_at = CASE WHEN d.owner IS NULL THEN excluded.due_at ELSE d.due_at END\
            """)
        .bind("id", id)
        .bind("interval", definition.interval().toMillis())
        .bind("lease", definition.lease().toMillis())
        .bind("slow", definition.warnings().slow().map(Duration::toMillis).orElse(null))
        .bind("now", now())
        .execute();
  }

  private void retire(Handle tx, long id) {
    signals.write(tx, StreakStore.remove(tx, id, clock.wall()));
    tx.createUpdate("UPDATE service SET retired_at = :now, updated_at = :now WHERE id = :id")
        .bind("now", now())
        .bind("id", id)
        .execute();
    tx.createUpdate("DELETE FROM service_schedule WHERE service_id = :id").bind("id", id).execute();
    signals.write(tx, DerivedServices.retireAll(tx, id, clock.wall()));
  }

  private long now() {
    return clock.wall().toEpochMilli();
  }
}
