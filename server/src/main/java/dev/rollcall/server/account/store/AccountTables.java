package dev.rollcall.server.account.store;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
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
  private final Batch<Change<?>, Object[]> changes =
      (tx, items) -> items.stream().map(change -> new Object[] {change.apply(tx)}).toList();

  public AccountTables(Database database, GroupCommit commits) {
    this.database = database;
    this.commits = commits;
  }

  /// Writes, and returns what `change` returns.
  @SuppressWarnings("unchecked") // the element is what the change has returned
  public <R> R write(Change<R> change) {
    return (R) commits.write(changes, change)[0];
  }

  public <R> R read(Function<Handle, R> reading) {
    return database.read(reading);
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
