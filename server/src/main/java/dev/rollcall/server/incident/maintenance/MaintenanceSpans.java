package dev.rollcall.server.incident.maintenance;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.incident.maintenance.Maintenance.Which;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Span;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/// Records the maintenance that there really was, of the file and of the API: what it covered, from
/// when to when. Definitions change and go; what was is still counted then.
public final class MaintenanceSpans implements AutoCloseable {
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
  private static final Duration LOOK = Duration.ofSeconds(10);

  /// Maintenance that is found later than this after its beginning was not there before.
  private static final Duration JUST_BEGUN = Duration.ofMinutes(1);

  private static final int MOST = 10_000;

  /// How many spans of an account or a team are recorded within [#DAY]: each is kept for years, and
  /// some that recur each minute would fill the database.
  private static final int MOST_A_DAY = 200;

  private static final Duration DAY = Duration.ofDays(1);

  /// What maintenance covers, and whose.
  private record Covered(long owner, String which) {}

  /// Maintenance that is active.
  private record Active(Instant begin, Instant end) {}

  /// What is recorded. Nothing may have been written for a while, as the database was away.
  ///
  /// @param before what was active when this process last looked
  /// @param looked when that was
  private record Round(Map<Covered, Active> active, Map<Covered, Active> before, Instant looked) {
    /// When what is no longer active ended: as was planned, or now.
    Instant end(Covered covered, Instant now) {
      Active was = before.get(covered);
      return was != null && was.end().isBefore(now) ? was.end() : now;
    }

    /// Whether it was not there before.
    boolean isNew(Active one, Instant now) {
      return one.begin().isAfter(now.minus(JUST_BEGUN)) || one.begin().isAfter(looked);
    }
  }

  private final Database database;
  private final GroupCommit commits;
  private final MaintenanceStore store;
  private final Supplier<List<Maintenance>> ofFile;
  private final Clock clock;
  private final Batch<Round, Integer> recording = this::recordAll;
  private final BackgroundLoop loop =
      new BackgroundLoop(
          "maintenance-spans", "the record of maintenance", AFTER_FAILURE, this::round);
  private Map<Covered, Active> before = Map.of();
  private Instant looked = Instant.MAX;

  /// @param ofFile the maintenance of the configuration file
  public MaintenanceSpans(
      Database database,
      GroupCommit commits,
      MaintenanceStore store,
      Supplier<List<Maintenance>> ofFile,
      Clock clock) {
    this.database = database;
    this.commits = commits;
    this.store = store;
    this.ofFile = ofFile;
    this.clock = clock;
  }

  public void start() {
    loop.start();
  }

  public void wake() {
    loop.wake();
  }

  /// Records what has begun and ended.
  Duration round() {
    Instant now = clock.wall();
    Map<Covered, Active> active = active(now);
    Map<Covered, Long> open = database.read(MaintenanceSpans::open);
    if (!open.keySet().equals(active.keySet())) {
      commits.write(recording, new Round(active, before, looked));
    }
    before = active;
    looked = now;
    return active.values().stream()
        .filter(one -> one.end().isBefore(now.plus(LOOK)))
        .map(one -> Duration.between(now, one.end()))
        .min(Duration::compareTo)
        .orElse(LOOK);
  }

  private Map<Covered, Active> active(Instant now) {
    Map<Covered, Active> active = new HashMap<>();
    ofFile.get().forEach(one -> add(active, one, now));
    store.eachOpen(row -> row.maintenance().ifPresent(one -> add(active, one, now)));
    return active;
  }

  private static void add(Map<Covered, Active> active, Maintenance one, Instant now) {
    one.when()
        .end(now)
        .ifPresent(
            end ->
                active.merge(
                    new Covered(one.owner(), one.which().json()),
                    new Active(one.when().begin(now), end),
                    (a, b) ->
                        new Active(
                            a.begin().isBefore(b.begin()) ? a.begin() : b.begin(),
                            a.end().isAfter(b.end()) ? a.end() : b.end())));
  }

  private static Map<Covered, Long> open(Handle handle) {
    Map<Covered, Long> open = new HashMap<>();
    handle
        .createQuery("SELECT id, owner_id, which FROM maintenance_span WHERE to_at IS NULL")
        .map(
            (row, _) ->
                open.put(
                    new Covered(row.getLong("owner_id"), row.getString("which")),
                    row.getLong("id")))
        .list();
    return open;
  }

  private List<Integer> recordAll(Handle tx, List<Round> rounds) {
    database.takeTurns(tx, "maintenance"); // other processes record the same
    return rounds.stream().map(round -> record(tx, round)).toList();
  }

  private int record(Handle tx, Round round) {
    Instant now = clock.wall();
    Map<Covered, Active> active = round.active();
    Map<Covered, Long> open = open(tx);
    open.forEach(
        (covered, id) -> {
          if (!active.containsKey(covered)) {
            tx.createUpdate("UPDATE maintenance_span SET to_at = :now WHERE id = :id")
                .bind("now", round.end(covered, now).toEpochMilli())
                .bind("id", id)
                .execute();
          }
        });
    active.forEach(
        (covered, one) -> {
          if (!open.containsKey(covered) && hasRoom(tx, covered.owner(), now)) {
            tx.createUpdate(
                    "INSERT INTO maintenance_span (owner_id, which, from_at)"
                        + " VALUES (:owner, :which, :from)")
                .bind("owner", covered.owner())
                .bind("which", covered.which())
                .bind("from", (round.isNew(one, now) ? one.begin() : now).toEpochMilli())
                .execute();
          }
        });
    return active.size();
  }

  private static boolean hasRoom(Handle tx, long owner, Instant now) {
    return owner == Scope.OPERATOR
        || tx.createQuery(
                    "SELECT COUNT(*) FROM maintenance_span"
                        + " WHERE owner_id = :owner AND from_at >= :since")
                .bind("owner", owner)
                .bind("since", now.minus(DAY).toEpochMilli())
                .mapTo(Long.class)
                .one()
            < MOST_A_DAY;
  }

  /// The spans in which maintenance covered a subject, of those that reach into `[from, to)`.
  public List<Span> of(Subject subject, AlertKeys keys, Instant from, Instant to) {
    return database.read(handle -> of(handle, subject, keys, from, to));
  }

  /// The same, within a transaction.
  public static List<Span> of(
      Handle handle, Subject subject, AlertKeys keys, Instant from, Instant to) {
    return handle
        .createQuery(
            "SELECT which, from_at, to_at FROM maintenance_span WHERE owner_id = :owner"
                + " AND from_at < :to AND (to_at IS NULL OR to_at > :from)"
                + " ORDER BY from_at DESC LIMIT :limit")
        .bind("owner", subject.owner())
        .bind("from", from.toEpochMilli())
        .bind("to", to.toEpochMilli())
        .bind("limit", MOST)
        .map(
            (row, _) ->
                Which.stored(Json.stored(row.getString("which"))).covers(subject, keys)
                    ? List.of(
                        new Span(
                            Instant.ofEpochMilli(row.getLong("from_at")),
                            InstantColumns.instant(row, "to_at").orElse(to)))
                    : List.<Span>of())
        .list()
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public void close() {
    loop.close();
  }
}
