package dev.rollcall.server.account.store;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// Reads and writes the tables of accounts. They change rarely, so each change is one function of
/// its transaction.
public final class AccountTables {
  /// One change. It may run again if its transaction has to be repeated.
  @FunctionalInterface
  public interface Change<R> {
    R apply(Handle tx);
  }

  private final Database database;
  private final GroupCommit commits;
  private final Batch<Change<?>, Object[]> changes = AccountTables::apply;
  private final Batch<Change<?>, Object[]> inTurn = this::applyInTurn;

  public AccountTables(Database database, GroupCommit commits) {
    this.database = database;
    this.commits = commits;
  }

  /// Writes, and returns what `change` returns.
  public <R> R write(Change<R> change) {
    return write(changes, change);
  }

  /// Writes a change that counts rows and then adds one. Such changes come one after the other, in
  /// all processes, so that none counts before another has added its row.
  public <R> R writeInTurn(Change<R> change) {
    return write(inTurn, change);
  }

  @SuppressWarnings("unchecked") // the element is what the change has returned
  private <R> R write(Batch<Change<?>, Object[]> kind, Change<R> change) {
    return (R) commits.write(kind, change)[0];
  }

  private List<Object[]> applyInTurn(Handle tx, List<Change<?>> items) {
    database.takeTurns(tx, "account");
    return apply(tx, items);
  }

  private static List<Object[]> apply(Handle tx, List<Change<?>> items) {
    return items.stream().map(change -> new Object[] {change.apply(tx)}).toList();
  }

  public <R> R read(Function<Handle, R> reading) {
    return database.read(reading);
  }

  /// Whether the database can be read, as far as is known.
  public boolean isReadable() {
    return database.takesReads();
  }

  /// Whether there is an account or a team with this id whose deletion has not begun.
  public static boolean hasOwner(Handle tx, long id) {
    return tx.createQuery(
            "SELECT EXISTS (SELECT 1 FROM account WHERE id = :id AND deleted_at IS NULL)"
                + " OR EXISTS (SELECT 1 FROM team WHERE id = :id AND deleted_at IS NULL)")
        .bind("id", id)
        .mapTo(Boolean.class)
        .one();
  }

  /// Says, within a change, that somebody may no longer do what a token allowed: every process
  /// forgets what it remembers of accounts.
  static void revoke(Handle tx) {
    tx.createUpdate("UPDATE account_revision SET number = number + 1 WHERE id = 1").execute();
  }

  /// The number of such changes so far.
  public long revision() {
    return read(
        handle ->
            handle
                .createQuery("SELECT number FROM account_revision WHERE id = 1")
                .mapTo(Long.class)
                .one());
  }
}
