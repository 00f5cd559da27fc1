package dev.rollcall.server.channel.store;

import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The channels that were made by the API, with their definitions as they are stored: encrypted.
public final class ChannelStore {
  /// A channel.
  ///
  /// @param sealed its definition, encrypted
  public record Row(long id, long owner, String name, String type, String sealed) {}

  /// A change of one channel. How many channels there may be.
  ///
  /// @param ofOwner the operator, an account or a team
  /// @param ofAccounts all accounts and teams together
  public record Most(int ofOwner, int ofAccounts) {}

  private sealed interface Change {
    record Create(long owner, String name, String type, String sealed, Most most)
        implements Change {}

    record Replace(long owner, String name, String sealed) implements Change {}

    record Delete(long owner, String name) implements Change {}
  }

  private final Database database;
  private final GroupCommit commits;
  private final Clock clock;
  private final Batch<Change, Boolean> changes = this::apply;

  public ChannelStore(Database database, GroupCommit commits, Clock clock) {
    this.database = database;
    this.commits = commits;
    this.clock = clock;
  }

  /// The name of a channel in the outbox.
  public static String key(long owner, String name) {
    return owner == Scope.OPERATOR ? name : owner + "/" + name;
  }

  /// The channels, in the order of their names.
  public List<Row> list(Scope scope) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT id, owner_id, name, type, definition FROM channel"
                        + scope.where("owner_id")
                        + " ORDER BY owner_id, name")
                .map(
                    (row, _) ->
                        new Row(
                            row.getLong("id"),
                            row.getLong("owner_id"),
                            row.getString("name"),
                            row.getString("type"),
                            row.getString("definition")))
                .list());
  }

  /// One channel.
  public Optional<Row> find(Scope scope, String name) {
    return list(Scope.of(scope.owner())).stream()
        .filter(row -> row.name().equals(name))
        .findFirst();
  }

  /// Adds a channel.
  ///
  /// @return false if the owner has one of that name, or there are as many as may be
  public boolean create(long owner, String name, String type, String sealed, Most most) {
    return commits.write(changes, new Change.Create(owner, name, type, sealed, most));
  }

  /// Changes the definition of a channel.
  ///
  /// @return false if there is none of that name
  public boolean replace(long owner, String name, String sealed) {
    return commits.write(changes, new Change.Replace(owner, name, sealed));
  }

  /// Deletes a channel.
  ///
  /// @return false if there is none of that name
  public boolean delete(long owner, String name) {
    return commits.write(changes, new Change.Delete(owner, name));
  }

  /// Processes that share PostgreSQL take turns, so that each counts the channels of the one
  /// before.
  private List<Boolean> apply(Handle tx, List<Change> items) {
    database.takeTurns(tx, "channel");
    return items.stream().map(change -> apply(tx, change)).toList();
  }

  private boolean apply(Handle tx, Change change) {
    long now = clock.wall().toEpochMilli();
    return switch (change) {
          case Change.Create(long owner, String name, String type, String sealed, Most most) ->
              tx.createUpdate(
                      "INSERT INTO channel (owner_id, name, type, definition, created_at,"
                          + " updated_at) SELECT :owner, :name, :type, :sealed, :now, :now WHERE"
                          + " (SELECT COUNT(*) FROM channel WHERE owner_id = :owner) < :most"
                          + " AND (:owner = 0 OR"
                          + " (SELECT COUNT(*) FROM channel WHERE owner_id <> 0) < :all)"
                          + " ON CONFLICT (owner_id, name) DO NOTHING")
                  .bind("most", most.ofOwner())
                  .bind("all", most.ofAccounts())
                  .bind("owner", owner)
                  .bind("name", name)
                  .bind("type", type)
                  .bind("sealed", sealed)
                  .bind("now", now)
                  .execute();
          case Change.Replace(long owner, String name, String sealed) ->
              tx.createUpdate(
                      "UPDATE channel SET definition = :sealed, updated_at = :now"
                          + " WHERE owner_id = :owner AND name = :name")
                  .bind("owner", owner)
                  .bind("name", name)
                  .bind("sealed", sealed)
                  .bind("now", now)
                  .execute();
          case Change.Delete(long owner, String name) ->
              tx.createUpdate("DELETE FROM channel WHERE owner_id = :owner AND name = :name")
                  .bind("owner", owner)
                  .bind("name", name)
                  .execute();
        }
        > 0;
  }
}
