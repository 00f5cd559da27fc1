package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Heartbeats as the subjects of incidents. Nobody asks them, and their states are certain as they
/// are.
public final class HeartbeatSubjects implements Subjects {
  private static final int MOST_OUTPUT = 2_048;

  @Override
  public AlertKeys keys(Handle tx, Subject heartbeat) {
    return KeyStore.of(tx, heartbeat.id()).orElse(AlertKeys.NONE);
  }

  @Override
  public Optional<String> lastOutput(Handle tx, Subject heartbeat) {
    return RunStore.lastOutput(tx, heartbeat.id()).map(output -> output.end(MOST_OUTPUT));
  }

  @Override
  public List<Keyed> above(Handle tx, Subject.Type type, long owner, long id) {
    return tx.createQuery(
            "SELECT h.id, h.name, k.alert_keys FROM heartbeat h"
                + " LEFT JOIN heartbeat_keys k ON k.heartbeat_id = h.id"
                + " WHERE h.owner_id = :owner AND h.id > :id ORDER BY h.id LIMIT 1000")
        .bind("owner", owner)
        .bind("id", id)
        .map(
            (row, _) ->
                new Keyed(
                    new Subject(type, row.getLong("id"), owner, row.getString("name")),
                    Optional.ofNullable(row.getString("alert_keys"))
                        .map(keys -> AlertKeys.stored(Json.stored(keys)))
                        .orElse(AlertKeys.NONE)))
        .list();
  }

  @Override
  public List<Member> members(Handle tx, long owner, String group) {
    return tx.createQuery(
            "SELECT h.id, h.name, h.state FROM heartbeat_keys k"
                + " JOIN heartbeat h ON h.id = k.heartbeat_id"
                + " WHERE k.group_name = :group AND h.owner_id = :owner")
        .bind("group", group)
        .bind("owner", owner)
        .map(
            (row, _) ->
                new Member(
                    new Subject(
                        Subject.Type.HEARTBEAT, row.getLong("id"), owner, row.getString("name")),
                    state(State.CODEC.ofCode(row.getInt("state")))))
        .list();
  }

  private static Member.State state(State state) {
    return switch (state) {
      case UP -> Member.State.UP;
      case LATE, FAILED -> Member.State.DOWN;
      case NEW, PAUSED -> Member.State.UNKNOWN;
    };
  }

  @Override
  public Optional<Subject> find(Handle tx, long owner, String name) {
    return tx.createQuery("SELECT id FROM heartbeat WHERE owner_id = :owner AND name = :name")
        .bind("owner", owner)
        .bind("name", name)
        .map((row, _) -> new Subject(Subject.Type.HEARTBEAT, row.getLong("id"), owner, name))
        .findOne();
  }

  /// One that is wrong has an incident already.
  @Override
  public boolean isRight(Handle tx, Subject heartbeat, Instant since) {
    return true;
  }

  @Override
  public void observe(Handle tx, List<Subject> heartbeats, Instant now) {}

  @Override
  public boolean confirmAgain(Handle tx, Subject heartbeat, Instant now) {
    return false;
  }
}
