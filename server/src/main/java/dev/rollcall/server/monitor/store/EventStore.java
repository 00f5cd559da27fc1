package dev.rollcall.server.monitor.store;

import dev.rollcall.server.monitor.check.Evaluator.Transition;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.InstantColumns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Stores the events.
public final class EventStore {
  private static final String COLUMNS =
      "id, event, cause, date_started, date_ended, created_at, updated_at";

  private static final String END =
      """
      UPDATE service_event SET date_ended = :at, updated_at = :at
      WHERE service_id = :service AND date_ended IS NULL AND event <> :event\
      """;

  private static final String BEGIN =
      """
      INSERT INTO service_event (service_id, event, cause, date_started, created_at, updated_at)
      SELECT :service, :event, :cause, :at, :at, :at
      WHERE NOT EXISTS (
        SELECT 1 FROM service_event WHERE service_id = :service AND date_ended IS NULL)\
      """;

  private final Database database;

  public EventStore(Database database) {
    this.database = database;
  }

  /// Ends and begins events as each outcome requires, in their order. If an event of the same kind
  /// is open already, nothing changes: so an outcome may begin an event without having read the
  /// row.
  static void apply(Handle tx, List<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      switch (outcome.transition()) {
        case Transition.Stays _ -> {}
        case Transition.Begins begins -> begin(tx, outcome, begins);
      }
    }
  }

  private static void begin(Handle tx, Outcome outcome, Transition.Begins begins) {
    long at = outcome.observation().at().toEpochMilli();
    tx.createUpdate(END)
        .bind("at", at)
        .bind("service", outcome.serviceId())
        .bind("event", begins.kind().word())
        .execute();
    tx.createUpdate(BEGIN)
        .bind("at", at)
        .bind("service", outcome.serviceId())
        .bind("event", begins.kind().word())
        .bind("cause", begins.cause().orElse(null))
        .execute();
  }

  /// The events of one service, newest first.
  public List<Event> of(Scope scope, long service, Slice slice) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + COLUMNS
                        + " FROM service_event WHERE service_id = :service AND location_id = 0"
                        + ServiceStore.ofService(scope)
                        + " ORDER BY id DESC LIMIT :limit OFFSET :offset")
                .bind("service", service)
                .bind("limit", slice.limit())
                .bind("offset", slice.offset())
                .map((row, _) -> event(row, ""))
                .list());
  }

  /// How many events one service has.
  public long count(Scope scope, long service) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT count(*) FROM service_event"
                        + " WHERE service_id = :service AND location_id = 0"
                        + ServiceStore.ofService(scope))
                .bind("service", service)
                .mapTo(Long.class)
                .one());
  }

  /// Reads an event from a row whose columns of `service_event` have `prefix` before their names.
  static Event event(ResultSet row, String prefix) throws SQLException {
    return new Event(
        row.getLong(prefix + "id"),
        Event.Kind.CODEC.ofWord(row.getString(prefix + "event")),
        Optional.ofNullable(row.getString(prefix + "cause")),
        Instant.ofEpochMilli(row.getLong(prefix + "date_started")),
        InstantColumns.instant(row, prefix + "date_ended"),
        Instant.ofEpochMilli(row.getLong(prefix + "created_at")),
        Instant.ofEpochMilli(row.getLong(prefix + "updated_at")));
  }
}
