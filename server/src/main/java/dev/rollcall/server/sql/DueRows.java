package dev.rollcall.server.sql;

import dev.rollcall.server.sql.Lease.Finish;
import dev.rollcall.server.time.Clock;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;

/// Work that waits in a table, with the instant at which it is due.
///
/// A claim leases the rows that are due. It moves `due_at` to the end of the lease, so that the
/// rows become due again for any process if this one dies, and increments their `fence`. Finishing
/// moves `due_at` to the next due instant, unless the lease ended and another process has claimed
/// the row since: then the fence differs, and the late finish changes nothing. (After a later claim
/// by this same process, an earlier lease can still be finished: this process knows what it runs.)
/// Several processes share the rows of a PostgreSQL database; their clocks should agree to within a
/// fraction of the lease.
///
/// @param <T> the content of a row
public final class DueRows<T> {
  private static final SecureRandom RANDOM = new SecureRandom();

  /// SQLite goes down one step of its own stack for each part of a statement. Some hundred end the
  /// whole program.
  private static final int PARTS_AT_ONCE = 50;

  private final Database database;
  private final GroupCommit commits;
  private final Clock clock;
  private final DueTable<T> table;
  private final long owner = RANDOM.nextLong();
  private final Batch<Claim, List<Lease<T>>> claims = this::claimAll;

  private final String earliest;
  private final String select;
  private final String lock;
  private final String lease;
  private final String finish;
  private final String release;

  private record Claim(Optional<String> part, Instant until, int limit) {}

  /// The rows of that table, claimed by this process.
  public DueRows(Database database, GroupCommit commits, Clock clock, DueTable<T> table) {
    this.database = database;
    this.commits = commits;
    this.clock = clock;
    this.table = table;
    String ofPart = table.part().map(column -> column + " = :part AND ").orElse("");
    String rows =
        "SELECT %s AS due_key, due_at AS due_due, fence AS due_fence, %s FROM %s WHERE "
            .formatted(table.key(), table.columns(), table.name());
    String oldest =
        "due_at <= :until ORDER BY due_at LIMIT :limit" + database.dialect().skipLocked();
    this.earliest = "SELECT MIN(due_at) FROM " + table.name();
    this.select = rows + ofPart + oldest;
    this.lock = rows + "due_at > :after AND " + oldest;
    this.lease =
        "UPDATE %s SET due_at = ?, fence = fence + 1, owner = ? WHERE %s = ?"
            .formatted(table.name(), table.key());
    this.finish =
        "UPDATE %s SET due_at = COALESCE(?, %s), owner = NULL WHERE %s = ? AND (fence = ? OR owner = ?)"
            .formatted(table.name(), table.next(), table.key());
    this.release =
        "UPDATE %s SET due_at = :now, owner = NULL WHERE owner <> :owner".formatted(table.name());
  }

  /// Claims at most `limit` rows that are due by `until`, the oldest first. If there is none, this
  /// costs one read of the index and no transaction.
  public List<Lease<T>> claim(Instant until, int limit) {
    return earliest().filter(due -> !due.isAfter(until)).isEmpty()
        ? List.of()
        : commits.write(claims, new Claim(Optional.empty(), until, limit));
  }

  /// The same for the rows of one part. It does not look first whether there are any: see
  /// [#earliest(List)].
  public List<Lease<T>> claim(String part, Instant until, int limit) {
    return commits.write(claims, new Claim(Optional.of(part), until, limit));
  }

  /// The rows that became due after `after` and by `until`, at most `limit`, the oldest first. For
  /// work that is done in the transaction `tx` that finds them, so that no lease is needed. No
  /// other process gets them meanwhile. The transaction has to move their `due_at` itself; their
  /// fence is not incremented.
  public List<Lease<T>> lock(Handle tx, Instant after, Instant until, int limit) {
    try (Query query = tx.createQuery(lock)) {
      return leases(query.bind("after", after.toEpochMilli()), until, limit, 0);
    }
  }

  private List<List<Lease<T>>> claimAll(Handle tx, List<Claim> asked) {
    return asked.stream().map(claim -> claim(tx, claim)).toList();
  }

  private List<Lease<T>> claim(Handle tx, Claim claim) {
    List<Lease<T>> leases;
    try (Query query = tx.createQuery(select)) {
      claim.part().ifPresent(part -> query.bind("part", part));
      leases = leases(query, claim.until(), claim.limit(), 1);
    }
    if (leases.isEmpty()) {
      return leases;
    }
    Instant now = clock.wall();
    Rows.write(
        tx,
        lease,
        leases,
        (row, due) -> {
          row.setLong(1, now.plus(table.lease().apply(due.row())).toEpochMilli());
          row.setLong(2, owner);
          row.setLong(3, due.key());
        });
    return leases;
  }

  private List<Lease<T>> leases(Query query, Instant until, int limit, int claims) {
    return query
        .bind("until", until.toEpochMilli())
        .bind("limit", limit)
        .map(
            (row, context) ->
                new Lease<>(
                    row.getLong("due_key"),
                    Instant.ofEpochMilli(row.getLong("due_due")),
                    row.getLong("due_fence") + claims,
                    table.mapper().map(row, context)))
        .list();
  }

  /// Finishes leases inside the transaction `tx` of a [Batch], together with the results of the
  /// work. The answer for each lease, in order, is false if the lease was lost meanwhile, so that
  /// its result must be dropped.
  public List<Boolean> finish(Handle tx, List<Finish> done) {
    List<Boolean> valid = new ArrayList<>(done.size());
    for (int rows : Rows.write(tx, finish, done, this::bind)) {
      valid.add(rows > 0);
    }
    return valid;
  }

  private void bind(PreparedStatement row, Finish one) throws SQLException {
    InstantColumns.set(row, 1, one.due());
    row.setLong(2, one.at().toEpochMilli());
    row.setLong(3, one.key());
    row.setLong(4, one.fence());
    row.setLong(5, owner);
  }

  /// Makes rows due at once that earlier processes claimed before they died. On PostgreSQL this
  /// does nothing, as their leases end by themselves. On SQLite they must be dead, as no other
  /// process can have the file open. To be called once, before the first claim.
  ///
  /// @return the number of these rows
  public int releaseAbandoned() {
    return switch (database.dialect()) {
      case Dialect.Postgres() -> 0;
      case Dialect.Sqlite() -> {
        Batch<Long, Integer> kind =
            (tx, nows) -> nows.stream().map(now -> release(tx, now)).toList();
        yield commits.write(kind, clock.wall().toEpochMilli());
      }
    };
  }

  private int release(Handle tx, long now) {
    try (Update update = tx.createUpdate(release)) {
      return update.bind("now", now).bind("owner", owner).execute();
    }
  }

  /// The earliest due instant; it may be in the past. A claimed row counts with the end of its
  /// lease.
  public Optional<Instant> earliest() {
    return database.read(
        handle -> {
          try (Query query = handle.createQuery(earliest)) {
            return query.map((row, _) -> InstantColumns.instant(row, 1)).one();
          }
        });
  }

  /// The earliest due instant of each of these parts that has rows, with one query for up to
  /// [#PARTS_AT_ONCE] of them.
  public Map<String, Instant> earliest(List<String> parts) {
    String column = table.part().orElseThrow();
    String each =
        "SELECT ?, (SELECT MIN(due_at) FROM %s WHERE %s = ?)".formatted(table.name(), column);
    Map<String, Instant> earliest = new HashMap<>();
    for (int from = 0; from < parts.size(); from += PARTS_AT_ONCE) {
      List<String> some = parts.subList(from, Math.min(from + PARTS_AT_ONCE, parts.size()));
      String sql = String.join(" UNION ALL ", Collections.nCopies(some.size(), each));
      database
          .read(handle -> Rows.read(handle, sql, some, DueRows::bindTwice, DueRows::earliest))
          .forEach(one -> one.due().ifPresent(due -> earliest.put(one.part(), due)));
    }
    return earliest;
  }

  private record Earliest(String part, Optional<Instant> due) {}

  private static Earliest earliest(ResultSet row) throws SQLException {
    return new Earliest(row.getString(1), InstantColumns.instant(row, 2));
  }

  private static void bindTwice(PreparedStatement row, List<String> parts) throws SQLException {
    int place = 1;
    for (String part : parts) {
      row.setString(place++, part);
      row.setString(place++, part);
    }
  }
}
