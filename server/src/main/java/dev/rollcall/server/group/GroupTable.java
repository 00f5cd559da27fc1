package dev.rollcall.server.group;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.sql.InstantColumns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The rows of groups, and their times up and down.
final class GroupTable {
  private static final String SELECT =
      "SELECT id, name, rule, alert_keys, state, since_at, confirmed_state FROM subject_group";

  /// Uptime is told for a shorter time.
  private static final Duration KEPT = Duration.ofDays(366);

  /// A time up or down.
  ///
  /// @param to empty while it lasts
  record Event(Member.State state, Instant from, Optional<Instant> to) {}

  private GroupTable() {}

  /// All of them, by their names.
  static List<Group> all(Handle handle) {
    return handle.createQuery(SELECT + " ORDER BY name").map((row, _) -> group(row)).list();
  }

  static Optional<Group> find(Handle handle, String name) {
    return handle
        .createQuery(SELECT + " WHERE name = :name")
        .bind("name", name)
        .map((row, _) -> group(row))
        .findOne();
  }

  static Optional<Group> find(Handle handle, long id) {
    return handle
        .createQuery(SELECT + " WHERE id = :id")
        .bind("id", id)
        .map((row, _) -> group(row))
        .findOne();
  }

  /// Adds a group, whose state is unknown, or changes its rule and keys.
  static void declare(Handle tx, GroupDefinition definition, Instant now) {
    tx.createUpdate(
            "INSERT INTO subject_group (name, rule, alert_keys, state, since_at)"
                + " VALUES (:name, :rule, :keys, :unknown, :now) ON CONFLICT (name) DO UPDATE SET"
                + " rule = excluded.rule, alert_keys = excluded.alert_keys")
        .bind("name", definition.name())
        .bind("rule", definition.rule().text())
        .bind("keys", definition.keys().json())
        .bind("unknown", Member.State.UNKNOWN.code())
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /// Forgets a group and its times.
  static void remove(Handle tx, long id) {
    tx.createUpdate("DELETE FROM subject_group WHERE id = :id").bind("id", id).execute();
  }

  /// The last state that was certain is to be told anew.
  static void forgetConfirmed(Handle tx, long id) {
    tx.createUpdate("UPDATE subject_group SET confirmed_state = NULL WHERE id = :id")
        .bind("id", id)
        .execute();
  }

  /// Notes a state.
  static void set(Handle tx, Group before, Member.State state, Instant now) {
    boolean certain = state != Member.State.UNKNOWN;
    Optional<Member.State> confirmed = certain ? Optional.of(state) : before.confirmed();
    Instant since = state == before.state() ? before.since() : now;
    tx.createUpdate(
            "UPDATE subject_group SET state = :state, since_at = :since,"
                + " confirmed_state = :confirmed WHERE id = :id")
        .bind("state", state.code())
        .bind("since", since.toEpochMilli())
        .bind("confirmed", confirmed.map(Member.State::code).orElse(null))
        .bind("id", before.id())
        .execute();
    if (state != before.state()) {
      change(tx, before.id(), certain ? Optional.of(state) : Optional.empty(), now);
    }
  }

  private static void change(Handle tx, long id, Optional<Member.State> state, Instant now) {
    long at = now.toEpochMilli();
    tx.createUpdate("DELETE FROM group_event WHERE group_id = :id AND to_at < :before")
        .bind("id", id)
        .bind("before", now.minus(KEPT).toEpochMilli())
        .execute();
    tx.createUpdate("UPDATE group_event SET to_at = :at WHERE group_id = :id AND to_at IS NULL")
        .bind("at", at)
        .bind("id", id)
        .execute();
    state.ifPresent(
        begun ->
            tx.createUpdate(
                    "INSERT INTO group_event (group_id, from_at, state) VALUES (:id, :at, :state)"
                        + " ON CONFLICT (group_id, from_at) DO UPDATE SET to_at = NULL,"
                        + " state = excluded.state")
                .bind("id", id)
                .bind("at", at)
                .bind("state", begun.code())
                .execute());
  }

  /// The times of a group that reach beyond a moment, in order.
  static List<Event> events(Handle handle, long id, Instant from) {
    return handle
        .createQuery(
            "SELECT state, from_at, to_at FROM group_event WHERE group_id = :id"
                + " AND (to_at IS NULL OR to_at > :from) ORDER BY from_at")
        .bind("id", id)
        .bind("from", from.toEpochMilli())
        .map(
            (row, _) ->
                new Event(
                    Member.State.CODEC.ofCode(row.getInt("state")),
                    Instant.ofEpochMilli(row.getLong("from_at")),
                    InstantColumns.instant(row, "to_at")))
        .list();
  }

  private static Group group(ResultSet row) throws SQLException {
    int confirmed = row.getInt("confirmed_state");
    Optional<Member.State> known =
        row.wasNull() ? Optional.empty() : Optional.of(Member.State.CODEC.ofCode(confirmed));
    return new Group(
        row.getLong("id"),
        new GroupDefinition(
            row.getString("name"),
            GroupRule.of(row.getString("rule")).orElseThrow(),
            AlertKeys.stored(Json.stored(row.getString("alert_keys")))),
        Member.State.CODEC.ofCode(row.getInt("state")),
        Instant.ofEpochMilli(row.getLong("since_at")),
        known);
  }
}
