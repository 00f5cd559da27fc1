package dev.rollcall.server.sql;

import dev.rollcall.server.sql.Lease.Finish;
import dev.rollcall.server.time.Clock;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
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
/// moves `due_at` to the next due instant, unless another process has claimed the row since, or has
/// taken it over: then the fence differs, and the late finish changes nothing. (If this same
/// process has claimed the row once more, and nobody else did in between, the earlier lease can
/// still be finished: this process knows what it runs.)
///
/// Several processes share the rows of a PostgreSQL database. Each claims those of its own share
/// ahead of time ([Claimant.Share]), and those of the others only when they are overdue. What a
/// dead process had claimed is taken over long before its leases end ([#takeOver]).
///
/// @param <T> the content of a row
public final class DueRows<T> {
  /// Rows of the share of another process are claimed if they are overdue by more than this.
  private static final Duration OVERDUE = Duration.ofMillis(300);

  /// How many rows one transaction takes over.
  private static final int TAKEN_AT_ONCE = 1_000;

  /// SQLite goes down one step of its own stack for each part of a statement. Some hundred end the
  /// whole program.
  private static final int PARTS_AT_ONCE = 50;

  private final Database database;
  private final GroupCommit commits;
  private final Clock clock;
  private final DueTable<T> table;
  private final Claimant claimant;
  private final boolean shared;
  private final Batch<Claim, List<Lease<T>>> claims = this::claimAll;
  private final Batch<Held, List<Long>> takeovers = this::takeOverAll;

  private final String earliest;
  private final String select;
  private final String lock;
  private final String lease;
  private final String finish;
  private final String finishSame;
  private final String end;
  private final String release;
  private final String held;
  private final String take;

  private record Claim(Optional<String> part, Instant until, int limit) {}

  /// Rows that `owner` has claimed, with a key above `after`.
  private record Held(long owner, long after) {}

  /// The rows of that table, claimed by this process.
  public DueRows(Database database, GroupCommit commits, Clock clock, DueTable<T> table) {
    this(database, commits, clock, table, database.claimant());
    database.shares(this);
  }

  /// @param claimant who claims them
  DueRows(
      Database database, GroupCommit commits, Clock clock, DueTable<T> table, Claimant claimant) {
    this.claimant = claimant;
    // What is claimed by its part is work that begins at once, and is not divided.
    this.shared = database.dialect() instanceof Dialect.Postgres && table.part().isEmpty();
    this.database = database;
    this.commits = commits;
    this.clock = clock;
    this.table = table;
    String ofPart = table.part().map(column -> column + " = :part AND ").orElse("");
    String rows =
        "SELECT %s AS due_key, due_at AS due_due, fence AS due_fence, %s FROM %s WHERE "
            .formatted(table.key(), table.columns(), table.name());
    String due = "due_at <= :until ";
    String share = " AND (due_at <= :overdue OR %s %% :of = :index) ".formatted(table.key());
    String oldest = "ORDER BY due_at LIMIT :limit" + database.dialect().skipLocked();
    this.earliest = "SELECT MIN(due_at) FROM " + table.name();
    this.select = rows + ofPart + due + (shared ? share : "") + oldest;
    this.lock = rows + "due_at > :after AND " + due + oldest;
    this.lease =
        "UPDATE %s SET due_at = ?, fence = fence + 1, owner = ? WHERE %s = ?"
            .formatted(table.name(), table.key());
    String finished = "UPDATE %s SET due_at = COALESCE(?, %s), owner = %s WHERE %s = ? AND %s";
    this.finish =
        finished.formatted(
            table.name(),
            table.next(),
            "CASE WHEN fence = ? THEN NULL ELSE owner END",
            table.key(),
            "(fence = ? OR (owner = ? AND fence = ? + 1))");
    this.finishSame =
        finished.formatted(table.name(), table.next(), "NULL", table.key(), "fence = ?");
    this.end =
        "UPDATE %s SET due_at = COALESCE(?, %s), fence = fence + 1, owner = NULL WHERE %s = ?"
            .formatted(table.name(), table.next(), table.key());
    this.release =
        "UPDATE %s SET due_at = :now, owner = NULL WHERE owner <> :owner".formatted(table.name());
    this.held =
        "SELECT %s FROM %s WHERE owner = ? AND %s > ? ORDER BY %s LIMIT ?%s"
            .formatted(
                table.key(),
                table.name(),
                table.key(),
                table.key(),
                database.dialect().skipLocked());
    this.take =
        "UPDATE %s SET due_at = ?, fence = fence + 1, owner = NULL WHERE %s = ?"
            .formatted(table.name(), table.key());
  }

  /// Claims at most `limit` rows that are due by `until`, the oldest first. If there is none, this
  /// costs one read of the index and no transaction.
  ///
  /// @throws StorageException if the other processes may believe that this one is dead
  public List<Lease<T>> claim(Instant until, int limit) {
    claimant.awaitBelief(database::trouble);
    return earliest().filter(due -> !due.isAfter(until)).isEmpty()
        ? List.of()
        : commits.write(claims, new Claim(Optional.empty(), until, limit));
  }

  /// The same for the rows of one part. It does not look first whether there are any: see
  /// [#earliest(List)].
  public List<Lease<T>> claim(String part, Instant until, int limit) {
    claimant.awaitBelief(database::trouble);
    return commits.write(claims, new Claim(Optional.of(part), until, limit));
  }

  /// The rows that became due after `after` and by `until`, at most `limit`, the oldest first. For
  /// work that is done in the transaction `tx` that finds them, so that no lease is needed. No
  /// other process gets them meanwhile. The transaction has to move their `due_at` itself; their
  /// fence is not incremented.
  public List<Lease<T>> lock(Handle tx, Instant after, Instant until, int limit) {
    try (Query query = tx.createQuery(lock)) {
      return leases(query.bind("after", after.toEpochMilli()), until, limit, claimant.id(), 0);
    }
  }

  private List<List<Lease<T>>> claimAll(Handle tx, List<Claim> asked) {
    return asked.stream().map(claim -> claim(tx, claim)).toList();
  }

  private List<Lease<T>> claim(Handle tx, Claim claim) {
    List<Lease<T>> leases;
    long owner = claimant.id();
    try (Query query = tx.createQuery(select)) {
      claim.part().ifPresent(part -> query.bind("part", part));
      if (shared) {
        Claimant.Share share = claimant.share();
        query
            .bind("overdue", clock.wall().minus(OVERDUE).toEpochMilli())
            .bind("of", share.of())
            .bind("index", share.index());
      }
      leases = leases(query, claim.until(), claim.limit(), owner, 1);
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

  private List<Lease<T>> leases(Query query, Instant until, int limit, long owner, int claims) {
    Duration now = clock.monotonic();
    return query
        .bind("until", until.toEpochMilli())
        .bind("limit", limit)
        .map(
            (row, context) -> {
              T columns = table.mapper().map(row, context);
              return new Lease<>(
                  row.getLong("due_key"),
                  Instant.ofEpochMilli(row.getLong("due_due")),
                  row.getLong("due_fence") + claims,
                  owner,
                  now.plus(table.lease().apply(columns)),
                  columns);
            })
        .list();
  }

  /// Finishes leases inside the transaction `tx` of a [Batch], together with the results of the
  /// work. The answer for each lease, in order, is false if the lease was lost meanwhile, so that
  /// its result must be dropped. A row that this process has claimed since stays its own: more that
  /// was found under the lease before may wait.
  public List<Boolean> finish(Handle tx, List<Finish> done) {
    List<Boolean> valid = new ArrayList<>(done.size());
    long owner = claimant.id();
    for (int rows :
        Rows.write(
            tx,
            finish,
            done,
            (row, one) -> {
              InstantColumns.set(row, 1, one.due());
              row.setLong(2, one.at().toEpochMilli());
              row.setLong(3, one.fence());
              row.setLong(4, one.key());
              row.setLong(5, one.fence());
              row.setLong(6, owner);
              row.setLong(7, one.fence());
            })) {
      valid.add(rows > 0);
    }
    return valid;
  }

  /// Finishes leases of any process, if they have not been lost meanwhile. A row that this process
  /// has claimed since stays claimed: it does not know whether the lease before was its own, and
  /// may be working on the row.
  public void finishOfAny(Handle tx, List<Finish> done) {
    int[] _ =
        Rows.write(
            tx,
            finishSame,
            done,
            (row, one) -> {
              InstantColumns.set(row, 1, one.due());
              row.setLong(2, one.at().toEpochMilli());
              row.setLong(3, one.key());
              row.setLong(4, one.fence());
            });
  }

  /// Ends whatever claims of these rows there are, inside the transaction `tx`, whatever the fences
  /// say. Their fences are incremented: what is done under a claim of now can no longer finish it,
  /// and whoever claims a row next does not take it for unchanged.
  public void endClaims(Handle tx, List<Finish> rows) {
    int[] _ =
        Rows.write(
            tx,
            end,
            rows,
            (row, one) -> {
              InstantColumns.set(row, 1, one.due());
              row.setLong(2, one.at().toEpochMilli());
              row.setLong(3, one.key());
            });
  }

  /// Whose share of the rows is whose, and whether this process may claim any.
  public Claimant claimant() {
    return claimant;
  }

  /// Makes all rows due at once that `owner` has claimed: a process that is dead, or that stops.
  /// Their fences are incremented, so that it can no longer finish any of them. Rows that are
  /// locked, by a transaction of that process or by somebody who takes them over too, are left out.
  ///
  /// There is no index on `owner`: each claim would have to keep it up, for what happens once in a
  /// while. The rows are read once, in the order of their keys, and changed a thousand at a time.
  ///
  /// @return the number of these rows
  public int takeOver(long owner) {
    int taken = 0;
    long after = Long.MIN_VALUE;
    while (true) {
      List<Long> keys = commits.write(takeovers, new Held(owner, after));
      taken += keys.size();
      if (keys.size() < TAKEN_AT_ONCE) {
        return taken;
      }
      after = keys.getLast();
    }
  }

  /// Whether `owner` has claimed rows.
  public boolean isHeld(long owner) {
    return database.read(
        handle -> {
          try (Query query =
              handle.createQuery(
                  "SELECT 1 FROM " + table.name() + " WHERE owner = :owner LIMIT 1")) {
            return query.bind("owner", owner).mapTo(Integer.class).findOne().isPresent();
          }
        });
  }

  private List<List<Long>> takeOverAll(Handle tx, List<Held> all) {
    return all.stream().map(one -> takeOver(tx, one)).toList();
  }

  private List<Long> takeOver(Handle tx, Held one) {
    List<Long> keys =
        Rows.read(
            tx,
            held,
            one,
            (row, asked) -> {
              row.setLong(1, asked.owner());
              row.setLong(2, asked.after());
              row.setInt(3, TAKEN_AT_ONCE);
            },
            row -> row.getLong(1));
    long now = clock.wall().toEpochMilli();
    Rows.write(
        tx,
        take,
        keys,
        (row, key) -> {
          row.setLong(1, now);
          row.setLong(2, key);
        });
    return keys;
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
      return update.bind("now", now).bind("owner", claimant.id()).execute();
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
