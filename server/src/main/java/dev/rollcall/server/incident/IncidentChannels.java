package dev.rollcall.server.incident;

import dev.rollcall.server.sql.EnumCodec;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// How far each channel has been told of each incident. A row is deleted when there is nothing more
/// to tell.
final class IncidentChannels {
  private static final String INSERT =
      "INSERT INTO incident_channel (incident_id, channel, phase, due_at, times)"
          + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (incident_id, channel) DO NOTHING";

  private static final String SET =
      "UPDATE incident_channel SET phase = ?, due_at = ?, times = ?"
          + " WHERE incident_id = ? AND channel = ?";

  private static final String DELETE =
      "DELETE FROM incident_channel WHERE incident_id = ? AND channel = ?";

  private static final String OF_INCIDENT =
      "SELECT incident_id, channel, phase, due_at, times FROM incident_channel"
          + " WHERE incident_id = ?";

  private static final String OF_INCIDENT_ON_CHANNEL = OF_INCIDENT + " AND channel = ?";

  private static final String DUE =
      "SELECT c.incident_id, c.channel, c.phase, c.due_at, c.times, i.*"
          + " FROM incident_channel c JOIN incident i ON i.id = c.incident_id"
          + " WHERE c.channel = ? AND c.due_at <= ? ORDER BY c.due_at, c.incident_id LIMIT ?";

  private static final String QUIET =
      "INSERT INTO channel_quiet (channel, until_at) VALUES (?, ?)"
          + " ON CONFLICT (channel) DO UPDATE SET until_at = excluded.until_at";

  /// How far it has been told.
  enum Phase {
    /// That it opened is still to be told.
    WAITING(1),
    /// It has been told that it opened.
    TOLD(2),
    /// It is over, and that is still to be told.
    ENDED(3);

    static final EnumCodec<Phase> CODEC = EnumCodec.of(Phase.class, each -> each.code);

    private final int code;

    Phase(int code) {
      this.code = code;
    }

    /// The number in the database.
    int code() {
      return code;
    }
  }

  /// How far a channel has been told of an incident.
  ///
  /// @param due when it is told next; empty: when something happens
  /// @param times how many times it was told that the incident is open
  record Row(long incident, String channel, Phase phase, Optional<Instant> due, int times) {}

  /// Something that is due, with its incident.
  record Due(Row row, Incident incident) {}

  /// A channel that is told something next at a moment.
  record Next(String channel, Instant due, Optional<Instant> quietUntil) {}

  private IncidentChannels() {}

  static void insert(Handle tx, List<Row> rows) {
    Rows.write(
        tx,
        INSERT,
        rows,
        (row, one) -> {
          row.setLong(1, one.incident());
          row.setString(2, one.channel());
          row.setInt(3, one.phase().code());
          InstantColumns.set(row, 4, one.due());
          row.setInt(5, one.times());
        });
  }

  static void set(Handle tx, List<Row> rows) {
    Rows.write(
        tx,
        SET,
        rows,
        (row, one) -> {
          row.setInt(1, one.phase().code());
          InstantColumns.set(row, 2, one.due());
          row.setInt(3, one.times());
          row.setLong(4, one.incident());
          row.setString(5, one.channel());
        });
  }

  static void delete(Handle tx, List<Row> rows) {
    Rows.write(
        tx,
        DELETE,
        rows,
        (row, one) -> {
          row.setLong(1, one.incident());
          row.setString(2, one.channel());
        });
  }

  static List<Row> of(Handle tx, long incident) {
    return Rows.read(
        tx, OF_INCIDENT, incident, (row, id) -> row.setLong(1, id), IncidentChannels::row);
  }

  /// How far a channel has been told of these incidents; those of which there is nothing more to
  /// tell have no row.
  static List<Row> of(Handle tx, String channel, List<Long> incidents) {
    return incidents.stream()
        .flatMap(
            incident ->
                Rows.read(
                    tx,
                    OF_INCIDENT_ON_CHANNEL,
                    incident,
                    (row, id) -> {
                      row.setLong(1, id);
                      row.setString(2, channel);
                    },
                    IncidentChannels::row)
                    .stream())
        .toList();
  }

  /// What is due on a channel, the oldest first.
  static List<Due> due(Handle tx, String channel, Instant now, int limit) {
    return Rows.read(
        tx,
        DUE,
        channel,
        (row, name) -> {
          row.setString(1, name);
          row.setLong(2, now.toEpochMilli());
          row.setInt(3, limit);
        },
        row -> new Due(row(row), IncidentTable.incident(row)));
  }

  /// When each channel is told something next.
  static List<Next> next(Handle handle) {
    return handle
        .createQuery(
            "SELECT c.channel, MIN(c.due_at) AS due_at, MAX(q.until_at) AS until_at"
                + " FROM incident_channel c LEFT JOIN channel_quiet q ON q.channel = c.channel"
                + " WHERE c.due_at IS NOT NULL GROUP BY c.channel")
        .map(
            (row, _) ->
                new Next(
                    row.getString("channel"),
                    Instant.ofEpochMilli(row.getLong("due_at")),
                    InstantColumns.instant(row, "until_at")))
        .list();
  }

  /// Tells a channel nothing more until then.
  static void quiet(Handle tx, String channel, Instant until) {
    Rows.write(
        tx,
        QUIET,
        List.of(channel),
        (row, name) -> {
          row.setString(1, name);
          row.setLong(2, until.toEpochMilli());
        });
  }

  /// Nobody is told any more what has been due on a channel since `before`.
  static void forget(Handle tx, String channel, Instant before) {
    tx.createUpdate("DELETE FROM incident_channel WHERE channel = :channel AND due_at < :before")
        .bind("channel", channel)
        .bind("before", before.toEpochMilli())
        .execute();
  }

  /// Whoever was told of an incident is told again now.
  static void tellAgain(Handle tx, long incident, Instant now) {
    tx.createUpdate(
            "UPDATE incident_channel SET due_at = :now WHERE incident_id = :id AND phase = "
                + Phase.TOLD.code())
        .bind("now", now.toEpochMilli())
        .bind("id", incident)
        .execute();
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getLong("incident_id"),
        row.getString("channel"),
        Phase.CODEC.ofCode(row.getInt("phase")),
        InstantColumns.instant(row, "due_at"),
        row.getInt("times"));
  }
}
