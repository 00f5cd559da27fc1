package dev.rollcall.server.monitor.store;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.monitor.path.Path;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import tools.jackson.core.JsonGenerator;

/// The paths to services, one row for each change of the path.
public final class PathStore {
  /// How many paths of one service are kept; beyond that, the oldest goes.
  static final int MOST = 1_000;

  private static final String NEWEST =
      "SELECT since, reached, changed_ttl, path FROM service_path"
          + " WHERE service_id = ? AND location_id = 0 AND reached >= ?"
          + " ORDER BY since DESC LIMIT 1";

  private static final String PUT =
      """
      INSERT INTO service_path (service_id, since, reached, changed_ttl, path)
      SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS SMALLINT), CAST(? AS SMALLINT), ?
      WHERE EXISTS (SELECT 1 FROM service WHERE id = ?)
      ON CONFLICT (service_id, since, location_id) DO UPDATE SET
        reached = excluded.reached, changed_ttl = excluded.changed_ttl, path = excluded.path\
      """;

  private static final String FORGET =
      """
      DELETE FROM service_path WHERE service_id = ? AND location_id = 0 AND since < (
        SELECT since FROM service_path WHERE service_id = ? AND location_id = 0
        ORDER BY since DESC LIMIT 1 OFFSET ?)\
      """;

  private final Database database;
  private final GroupCommit commits;
  private final Batch<Row, Row> putting = PathStore::put;

  private record Row(long service, Instant since, int changedTtl, Path path) {}

  public PathStore(Database database, GroupCommit commits) {
    this.database = database;
    this.commits = commits;
  }

  /// The present path to a service.
  public Optional<KnownPath> present(long service) {
    return database.read(handle -> newest(handle, service, false));
  }

  /// The last path to a service that reached it.
  static Optional<Path> lastGood(Handle tx, long service) {
    return newest(tx, service, true).map(KnownPath::path);
  }

  private static Optional<KnownPath> newest(Handle handle, long service, boolean reached) {
    return Rows.read(
            handle,
            NEWEST,
            service,
            (query, id) -> {
              query.setLong(1, id);
              query.setInt(2, reached ? 1 : 0);
            },
            row -> known(row, Optional.empty()))
        .stream()
        .findFirst();
  }

  /// Stores the path of a service since a moment. One that begins at the same moment is replaced.
  /// If there is no such service, nothing is stored.
  ///
  /// @param changedTtl the first TTL at which it differs from the one before; 0 for the first path
  public void put(long service, Instant since, int changedTtl, Path path) {
    commits.write(putting, new Row(service, since, changedTtl, path));
  }

  private static List<Row> put(Handle tx, List<Row> rows) {
    Rows.write(
        tx,
        PUT,
        rows,
        (row, one) -> {
          row.setLong(1, one.service());
          row.setLong(2, one.since().toEpochMilli());
          row.setInt(3, one.path().reached() ? 1 : 0);
          row.setInt(4, one.changedTtl());
          row.setString(5, text(one.path()));
          row.setLong(6, one.service());
        });
    Rows.write(
        tx,
        FORGET,
        rows,
        (row, one) -> {
          row.setLong(1, one.service());
          row.setLong(2, one.service());
          row.setInt(3, MOST - 1);
        });
    return rows;
  }

  /// The paths to a service, newest first.
  public List<KnownPath> list(Scope scope, long service, Slice slice) {
    return database.readStale(
        handle -> {
          List<KnownPath> paths = new ArrayList<>();
          // One more before, which says until when the first one was.
          boolean first = slice.offset() == 0;
          handle
              .createQuery(
                  "SELECT since, reached, changed_ttl, path FROM service_path"
                      + " WHERE service_id = :service AND location_id = 0"
                      + ServiceStore.ofService(scope)
                      + " ORDER BY since DESC LIMIT :limit OFFSET :offset")
              .bind("service", service)
              .bind("limit", slice.limit() + (first ? 0 : 1))
              .bind("offset", slice.offset() - (first ? 0 : 1))
              .map(
                  (row, _) -> {
                    Optional<Instant> until =
                        paths.isEmpty() ? Optional.empty() : Optional.of(paths.getLast().since());
                    return paths.add(known(row, until));
                  })
              .list();
          return first || paths.isEmpty() ? paths : paths.subList(1, paths.size());
        });
  }

  /// The number of paths of [#list].
  public long count(Scope scope, long service) {
    return database.readStale(
        handle ->
            handle
                .createQuery(
                    "SELECT count(*) FROM service_path"
                        + " WHERE service_id = :service AND location_id = 0"
                        + ServiceStore.ofService(scope))
                .bind("service", service)
                .mapTo(Long.class)
                .one());
  }

  /// The form in which a path is stored.
  static String text(Path path) {
    return Json.text(
        json -> {
          json.writeStartObject();
          hops(json.writeName("hops"), path);
          json.writeEndObject();
        });
  }

  /// Writes the hops of a path: for each TTL a list of addresses.
  static void hops(JsonGenerator json, Path path) {
    json.writeStartArray();
    for (Set<String> addresses : path.hops()) {
      json.writeStartArray();
      addresses.forEach(json::writeString);
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  /// The hops of a path that was stored as [#text].
  static List<Set<String>> hops(String text) {
    return Json.stored(text)
        .path("hops")
        .valueStream()
        .map(
            hop ->
                hop.valueStream().map(address -> address.asString("")).collect(Collectors.toSet()))
        .toList();
  }

  private static KnownPath known(ResultSet row, Optional<Instant> until) throws SQLException {
    return new KnownPath(
        Instant.ofEpochMilli(row.getLong("since")),
        until,
        row.getInt("changed_ttl"),
        new Path(hops(row.getString("path")), row.getInt("reached") == 1));
  }
}
