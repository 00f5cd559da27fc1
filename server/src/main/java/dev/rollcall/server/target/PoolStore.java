package dev.rollcall.server.target;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.target.Candidate.Fate;
import dev.rollcall.server.target.Candidate.Origin;
import dev.rollcall.server.time.Clock;
import inet.ipaddr.IPAddress;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// The pool in the database.
///
/// Every transaction that changes it first updates the only row of `target_pool`. On PostgreSQL
/// this locks the row (SQLite has one writer anyway). So the counts agree with the rows, the limits
/// are exact, and two requests never get the same target.
final class PoolStore {
  private static final String KNOWN =
      "SELECT address FROM target WHERE address IN (" + Chunks.PLACES + ")";
  private static final String INSERT =
      "INSERT INTO target (address, name, origin, added_at, due_at) VALUES (?, ?, ?, ?, 0)";
  private static final String DELETE = "DELETE FROM target WHERE address = ?";
  private static final String GROW =
      "UPDATE target_pool SET members = members + :more WHERE id = 1";
  private static final String LEASE =
      "UPDATE target_pool SET leases = leases + 1 WHERE id = 1 RETURNING leases";
  private static final String DUE =
      "SELECT id, address FROM target WHERE due_at <= :now ORDER BY due_at, id LIMIT :limit";
  private static final String TAKE = "UPDATE target SET due_at = ?, lease = ? WHERE id = ?";
  private static final String FINISH =
      "UPDATE target SET due_at = :due, measured_at = :now, lease = NULL WHERE lease = :lease";
  private static final String REFUSE =
      "UPDATE target SET due_at = ?, lease = NULL WHERE lease = ? AND address = ?";
  private static final String EARLIEST = "SELECT MIN(due_at) FROM target";
  private static final String EARLIEST_MEASURED = "SELECT MIN(due_at) FROM target WHERE due_at > 0";
  private static final String MEMBERS = "SELECT members FROM target_pool WHERE id = 1";

  // The inner query reads only the index up to the beginning of the page.
  private static final String LIST =
      "SELECT address, origin, name, added_at, measured_at, due_at FROM target WHERE address IN"
          + " (SELECT address FROM target ORDER BY address LIMIT :limit OFFSET :offset)"
          + " ORDER BY address";
  private static final String WITHIN =
      "SELECT address FROM target WHERE address >= :low AND address <= :high"
          + " AND length(address) = :bytes ORDER BY address LIMIT :limit";

  /// The largest number of rounds in one request; each takes due targets, and removes those that
  /// the policy rejects now.
  private static final int MOST_ROUNDS = 10;

  private final Database database;
  private final GroupCommit commits;
  private final PoolSettings settings;
  private final Predicate<IPAddress> welcome;
  private final Clock clock;
  private final Batch<Candidate, Fate> adding = this::addAll;
  private final Batch<IPAddress, Boolean> removing = this::removeAll;
  private final Batch<Refusals, Integer> refusing =
      (tx, refused) -> refused.stream().map(each -> refuse(tx, each)).toList();
  private final Batch<Ask, IntakeResult> handing =
      (tx, asked) -> asked.stream().map(ask -> hand(tx, ask)).toList();

  private record Ask(int limit, OptionalLong done) {}

  private record Due(long id, IPAddress address) {}

  /// @param welcome whether an address may be leased
  PoolStore(
      Database database,
      GroupCommit commits,
      PoolSettings settings,
      Predicate<IPAddress> welcome,
      Clock clock) {
    this.database = database;
    this.commits = commits;
    this.settings = settings;
    this.welcome = welcome;
    this.clock = clock;
  }

  /// Adds the new ones, as far as the limits allow, and returns the result for each.
  List<Fate> add(List<Candidate> newcomers) {
    Set<IPAddress> known = database.read(handle -> known(handle, addresses(newcomers)));
    List<Candidate> unknown =
        newcomers.stream().filter(each -> !known.contains(each.address())).toList();
    List<Fate> written = commits.writeAll(adding, unknown);
    List<Fate> fates = new ArrayList<>(newcomers.size());
    int next = 0;
    for (Candidate each : newcomers) {
      fates.add(known.contains(each.address()) ? Fate.KNOWN : written.get(next++));
    }
    return fates;
  }

  private List<Fate> addAll(Handle tx, List<Candidate> newcomers) {
    takeTurns(tx);
    long members = number(tx, MEMBERS);
    Set<IPAddress> known = known(tx, addresses(newcomers));
    Map<IPAddress, Integer> networks = NetworkCounts.counts(tx, addresses(newcomers));
    List<Candidate> added = new ArrayList<>();
    List<Fate> fates = new ArrayList<>(newcomers.size());
    for (Candidate each : newcomers) {
      IPAddress network = NetworkCounts.of(each.address());
      Fate fate = Fate.ADDED;
      if (known.contains(each.address())) {
        fate = Fate.KNOWN;
      } else if (members + added.size() >= settings.most()) {
        fate = Fate.POOL_FULL;
      } else if (networks.getOrDefault(network, 0) >= settings.perNetwork()) {
        fate = Fate.NETWORK_FULL;
      }
      if (fate == Fate.ADDED) {
        known.add(each.address());
        networks.merge(network, 1, Integer::sum);
        added.add(each);
      }
      fates.add(fate);
    }
    if (!added.isEmpty()) {
      insert(tx, added);
      networks
          .keySet()
          .retainAll(added.stream().map(each -> NetworkCounts.of(each.address())).toList());
      NetworkCounts.set(tx, networks);
      grow(tx, added.size());
    }
    return fates;
  }

  private void insert(Handle tx, List<Candidate> added) {
    long now = clock.wall().toEpochMilli();
    Rows.write(
        tx,
        INSERT,
        added,
        (row, each) -> {
          row.setBytes(1, each.address().getBytes());
          if (each.name().isPresent()) {
            row.setString(2, each.name().get());
          } else {
            row.setNull(2, Types.VARCHAR);
          }
          row.setInt(3, each.origin().code());
          row.setLong(4, now);
        });
  }

  /// Removes targets; false for each that was not in the pool.
  List<Boolean> remove(List<IPAddress> addresses) {
    return commits.writeAll(removing, addresses);
  }

  private List<Boolean> removeAll(Handle tx, List<IPAddress> addresses) {
    takeTurns(tx);
    Map<IPAddress, Integer> networks = NetworkCounts.counts(tx, addresses);
    int[] deleted =
        Rows.write(tx, DELETE, addresses, (row, each) -> row.setBytes(1, each.getBytes()));
    List<Boolean> removed = new ArrayList<>(addresses.size());
    for (int i = 0; i < deleted.length; i++) {
      removed.add(deleted[i] > 0);
      networks.merge(NetworkCounts.of(addresses.get(i)), -deleted[i], Integer::sum);
    }
    NetworkCounts.set(tx, networks);
    grow(tx, -(int) removed.stream().filter(each -> each).count());
    return removed;
  }

  /// Leases at most `limit` due targets. Before that, it records the targets of the lease `done` as
  /// measured.
  IntakeResult hand(int limit, OptionalLong done) {
    if (done.isEmpty()) {
      // No target is due, and there is nothing to record: no transaction is needed.
      Optional<Instant> next = database.read(PoolStore::earliest);
      Instant now = clock.wall();
      if (next.isEmpty() || next.get().isAfter(now)) {
        return new IntakeResult(0, now, List.of(), next, 0, 0);
      }
    }
    return commits.write(handing, new Ask(limit, done));
  }

  private IntakeResult hand(Handle tx, Ask ask) {
    takeTurns(tx);
    long lease = number(tx, LEASE);
    Instant now = clock.wall();
    int measured = ask.done().isPresent() ? finish(tx, ask.done().getAsLong(), now) : 0;
    List<Due> taken = new ArrayList<>();
    int removed = 0;
    for (int round = 0; round < MOST_ROUNDS && taken.size() < ask.limit(); round++) {
      int wanted = ask.limit() - taken.size();
      List<Due> due = due(tx, now, wanted);
      List<Due> good = due.stream().filter(each -> welcome.test(each.address())).toList();
      Instant until = now.plus(settings.lease());
      Rows.write(
          tx,
          TAKE,
          good,
          (row, each) -> {
            row.setLong(1, until.toEpochMilli());
            row.setLong(2, lease);
            row.setLong(3, each.id());
          });
      taken.addAll(good);
      List<IPAddress> bad =
          due.stream().map(Due::address).filter(each -> !welcome.test(each)).toList();
      if (!bad.isEmpty()) {
        removeAll(tx, bad);
        removed += bad.size();
      }
      if (due.size() < wanted) {
        break;
      }
    }
    return new IntakeResult(
        lease,
        now.plus(settings.lease()),
        taken.stream().map(Due::address).toList(),
        earliest(tx),
        measured,
        removed);
  }

  /// Takes back what a node does not measure. It is due again after the interval, as if it had been
  /// measured: the node may be the only one.
  ///
  /// @return how many targets of the lease there were
  int refuse(Refusals refused) {
    return commits.write(refusing, refused);
  }

  private int refuse(Handle tx, Refusals refused) {
    takeTurns(tx);
    long due = clock.wall().plus(settings.interval()).toEpochMilli();
    return IntStream.of(
            Rows.write(
                tx,
                REFUSE,
                refused.targets(),
                (row, each) -> {
                  row.setLong(1, due);
                  row.setLong(2, refused.lease());
                  row.setBytes(3, each.getBytes());
                }))
        .sum();
  }

  private static List<Due> due(Handle tx, Instant now, int limit) {
    try (Query query = tx.createQuery(DUE)) {
      return query
          .bind("now", now.toEpochMilli())
          .bind("limit", limit)
          .map((row, _) -> new Due(row.getLong(1), Addresses.of(row.getBytes(2))))
          .list();
    }
  }

  private int finish(Handle tx, long lease, Instant now) {
    try (var update = tx.createUpdate(FINISH)) {
      return update
          .bind("due", now.plus(settings.interval()).toEpochMilli())
          .bind("now", now.toEpochMilli())
          .bind("lease", lease)
          .execute();
    }
  }

  /// A part of the pool, ordered by address.
  List<Target> list(int limit, long offset) {
    return database.read(
        handle -> {
          try (Query query = handle.createQuery(LIST)) {
            return query
                .bind("limit", limit)
                .bind("offset", offset)
                .map(
                    (row, _) ->
                        new Target(
                            Addresses.of(row.getBytes("address")),
                            Origin.CODEC.ofCode(row.getInt("origin")),
                            Optional.ofNullable(row.getString("name")),
                            Instant.ofEpochMilli(row.getLong("added_at")),
                            InstantColumns.instant(row, "measured_at"),
                            Instant.ofEpochMilli(row.getLong("due_at"))))
                .list();
          }
        });
  }

  /// At most `limit` targets of a block, from `low` on, ordered by address.
  List<IPAddress> within(IPAddress low, IPAddress high, int limit) {
    return database.read(
        handle -> {
          try (Query query = handle.createQuery(WITHIN)) {
            return query
                .bind("low", low.getBytes())
                .bind("high", high.getBytes())
                .bind("bytes", low.getByteCount())
                .bind("limit", limit)
                .map((row, _) -> Addresses.of(row.getBytes(1)))
                .list();
          }
        });
  }

  /// Those of the addresses that are in the pool.
  Set<IPAddress> known(List<IPAddress> addresses) {
    return database.read(handle -> known(handle, addresses));
  }

  private static Set<IPAddress> known(Handle handle, List<IPAddress> addresses) {
    Set<IPAddress> known = new HashSet<>();
    Chunks.each(
        handle,
        KNOWN,
        addresses.stream().map(IPAddress::getBytes).toList(),
        row -> known.add(Addresses.of(row.getBytes(1))));
    return known;
  }

  /// The number of targets.
  long members() {
    return database.read(handle -> number(handle, MEMBERS));
  }

  /// The earliest due instant of targets that were leased before; it may be in the past.
  Optional<Instant> earliestMeasured() {
    return database.read(handle -> instant(handle, EARLIEST_MEASURED));
  }

  /// The earliest due instant; it may be in the past. Empty if the pool is empty.
  private static Optional<Instant> earliest(Handle handle) {
    return instant(handle, EARLIEST);
  }

  private static Optional<Instant> instant(Handle handle, String sql) {
    try (Query query = handle.createQuery(sql)) {
      return query.map((row, _) -> InstantColumns.instant(row, 1)).one();
    }
  }

  private static List<IPAddress> addresses(List<Candidate> newcomers) {
    return newcomers.stream().map(Candidate::address).toList();
  }

  /// Processes that share PostgreSQL change the pool one after the other: the limits hold exactly.
  private void takeTurns(Handle tx) {
    database.takeTurns(tx, "target_pool");
  }

  private static void grow(Handle tx, int more) {
    tx.createUpdate(GROW).bind("more", more).execute();
  }

  private static long number(Handle handle, String sql) {
    try (Query query = handle.createQuery(sql)) {
      return query.mapTo(Long.class).one();
    }
  }
}
