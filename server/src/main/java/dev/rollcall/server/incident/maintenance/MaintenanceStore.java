package dev.rollcall.server.incident.maintenance;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.InstantColumns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.ObjectNode;

/// Maintenance that was made by the API.
public final class MaintenanceStore {
  private static final String COLUMNS = "id, owner_id, definition, ended_at, made_by, created_at";

  /// Instead of an id.
  private static final long TOO_MANY = -1;

  private static final long TOO_MANY_OF_LATE = -2;

  /// One of them.
  ///
  /// @param ended when somebody ended it
  /// @param by who made it, as people read it
  public record Row(
      long id,
      long owner,
      ObjectNode definition,
      Optional<Instant> ended,
      String by,
      Instant created) {
    /// What it says; empty if this program cannot read it.
    public Optional<Maintenance> maintenance() {
      return MaintenanceReader.one(definition, "", owner, created, new Mistakes());
    }
  }

  /// A change of the table.
  @FunctionalInterface
  private interface Change {
    long apply(Handle tx);
  }

  private final Database database;
  private final GroupCommit commits;
  private final Batch<Change, Long> changes = this::apply;

  public MaintenanceStore(Database database, GroupCommit commits) {
    this.database = database;
    this.commits = commits;
  }

  private List<Long> apply(Handle tx, List<Change> items) {
    database.takeTurns(tx, "maintenance"); // what is counted stays true until the commit
    return items.stream().map(change -> change.apply(tx)).toList();
  }

  /// Those of an owner that nobody has ended.
  static List<Row> open(Handle handle, long owner) {
    return handle
        .createQuery(
            "SELECT "
                + COLUMNS
                + " FROM maintenance WHERE ended_at IS NULL AND owner_id = :owner ORDER BY id")
        .bind("owner", owner)
        .map((row, _) -> row(row))
        .list();
  }

  /// The next hundred of all owners that nobody has ended, above an id.
  private List<Row> openAfter(long id) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + COLUMNS
                        + " FROM maintenance WHERE ended_at IS NULL AND id > :id"
                        + " ORDER BY id LIMIT 100")
                .bind("id", id)
                .map((row, _) -> row(row))
                .list());
  }

  List<Row> newest(Scope scope, long before, int limit) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + COLUMNS
                        + " FROM maintenance WHERE id < :before"
                        + scope.and("owner_id")
                        + " ORDER BY id DESC LIMIT :limit")
                .bind("before", before)
                .bind("limit", limit)
                .map((row, _) -> row(row))
                .list());
  }

  Optional<Row> find(Scope scope, long id) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + COLUMNS
                        + " FROM maintenance WHERE id = :id"
                        + scope.and("owner_id"))
                .bind("id", id)
                .map((row, _) -> row(row))
                .findOne());
  }

  /// How many an owner may have.
  ///
  /// @param open how many that nobody has ended
  /// @param since from when on it may make `made`
  record Limits(long open, long made, Instant since) {}

  /// What became of a new one.
  sealed interface Created {
    record As(long id) implements Created {}

    /// The owner has as many that nobody has ended as it may have.
    record TooMany() implements Created {}

    /// The owner has made as many of late as it may make.
    record TooManyOfLate() implements Created {}
  }

  /// Adds one, unless the owner has too many.
  Created create(long owner, String definition, String by, Limits limits, Instant now) {
    long id =
        commits.write(
            changes,
            tx -> {
              if (count(tx, owner, " AND ended_at IS NULL") >= limits.open()) {
                return TOO_MANY;
              }
              if (count(tx, owner, " AND created_at >= " + limits.since().toEpochMilli())
                  >= limits.made()) {
                return TOO_MANY_OF_LATE;
              }
              return tx.createQuery(
                      "INSERT INTO maintenance (owner_id, definition, made_by, created_at)"
                          + " VALUES (:owner, :definition, :by, :now) RETURNING id")
                  .bind("owner", owner)
                  .bind("definition", definition)
                  .bind("by", by)
                  .bind("now", now.toEpochMilli())
                  .mapTo(Long.class)
                  .one();
            });
    if (id == TOO_MANY) {
      return new Created.TooMany();
    }
    return id == TOO_MANY_OF_LATE ? new Created.TooManyOfLate() : new Created.As(id);
  }

  private static long count(Handle tx, long owner, String condition) {
    return tx.createQuery("SELECT COUNT(*) FROM maintenance WHERE owner_id = :owner" + condition)
        .bind("owner", owner)
        .mapTo(Long.class)
        .one();
  }

  void replace(long id, String definition) {
    commits.write(
        changes,
        tx ->
            tx.createUpdate("UPDATE maintenance SET definition = :definition WHERE id = :id")
                .bind("definition", definition)
                .bind("id", id)
                .execute());
  }

  /// Ends one; returns false if it was ended before.
  boolean end(long id, Instant now) {
    return commits.write(
            changes,
            tx ->
                tx.createUpdate(
                        "UPDATE maintenance SET ended_at = :now"
                            + " WHERE id = :id AND ended_at IS NULL")
                    .bind("now", now.toEpochMilli())
                    .bind("id", id)
                    .execute())
        > 0;
  }

  /// Marks what is over as ended, and deletes what ended before `before`.
  public void tidy(Instant now, Instant before) {
    eachOpen(
        row -> {
          if (row.maintenance().filter(one -> one.when().isOver(now)).isPresent()) {
            end(row.id(), now);
          }
        });
    for (String old :
        List.of(
            "DELETE FROM maintenance WHERE ended_at < :before",
            "DELETE FROM maintenance_span WHERE to_at < :before",
            "DELETE FROM incident_unreachable WHERE to_at < :before")) {
      commits.write(
          changes, tx -> tx.createUpdate(old).bind("before", before.toEpochMilli()).execute());
    }
  }

  /// Passes those of all owners that nobody has ended, a hundred at a time.
  void eachOpen(Consumer<Row> work) {
    List<Row> some = openAfter(0);
    while (!some.isEmpty()) {
      some.forEach(work);
      some = openAfter(some.getLast().id());
    }
  }

  void delete(long id) {
    commits.write(
        changes,
        tx -> tx.createUpdate("DELETE FROM maintenance WHERE id = :id").bind("id", id).execute());
  }

  /// Deletes all of an account.
  public void deleteOf(long owner) {
    for (String table : List.of("maintenance", "maintenance_span")) {
      commits.write(
          changes,
          tx ->
              tx.createUpdate("DELETE FROM " + table + " WHERE owner_id = :owner AND owner_id <> 0")
                  .bind("owner", owner)
                  .execute());
    }
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getLong("id"),
        row.getLong("owner_id"),
        Json.stored(row.getString("definition")),
        InstantColumns.instant(row, "ended_at"),
        row.getString("made_by"),
        Instant.ofEpochMilli(row.getLong("created_at")));
  }
}
