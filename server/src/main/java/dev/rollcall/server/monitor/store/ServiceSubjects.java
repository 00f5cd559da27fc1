package dev.rollcall.server.monitor.store;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.definition.PublicDefinition;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Services as the subjects of incidents.
public final class ServiceSubjects implements Subjects {
  private static final String MEMBERS =
      "SELECT s.id, s.name, m.confirmed_state FROM service s"
          + " JOIN service_metric m ON m.service_id = s.id"
          + " WHERE s.group_name = ? AND s.owner_id = ? AND s.retired_at IS NULL";

  /// A service that is lost behind a place in the network depends on that place too.
  @Override
  public AlertKeys keys(Handle tx, Subject service) {
    return tx.createQuery(
            "SELECT s.definition, l.behind FROM service s"
                + " LEFT JOIN service_lost l ON l.service_id = s.id WHERE s.id = :id")
        .bind("id", service.id())
        .map(
            (row, _) ->
                AlertKeys.stored(Json.stored(row.getString("definition")))
                    .dependingOn(Optional.ofNullable(row.getString("behind"))))
        .findOne()
        .orElse(AlertKeys.NONE);
  }

  @Override
  public Optional<String> lastOutput(Handle tx, Subject service) {
    return Optional.empty();
  }

  @Override
  public Optional<String> address(Handle tx, Subject service) {
    return tx.createQuery("SELECT url FROM service WHERE id = :id")
        .bind("id", service.id())
        .mapTo(String.class)
        .findOne()
        .map(PublicDefinition::url);
  }

  @Override
  public List<Keyed> lostBehind(Handle tx, Subject place) {
    return place.type() != Subject.Type.NETWORK
        ? List.of()
        : tx.createQuery(
                "SELECT s.id, s.name, s.definition FROM service_lost l"
                    + " JOIN service s ON s.id = l.service_id WHERE l.behind = :hop"
                    + " AND s.owner_id = :owner AND s.retired_at IS NULL"
                    + " ORDER BY s.id LIMIT 10000")
            .bind("hop", place.name())
            .bind("owner", place.owner())
            .map((row, _) -> keyed(row, place.owner()))
            .list();
  }

  @Override
  public List<Keyed> above(Handle tx, Subject.Type type, long owner, long id) {
    return tx.createQuery(
            "SELECT id, name, definition FROM service WHERE owner_id = :owner AND id > :id"
                + " AND retired_at IS NULL ORDER BY id LIMIT 1000")
        .bind("owner", owner)
        .bind("id", id)
        .map((row, _) -> keyed(row, owner))
        .list();
  }

  private static Keyed keyed(ResultSet row, long owner) throws SQLException {
    return new Keyed(
        new Subject(Subject.Type.SERVICE, row.getLong("id"), owner, row.getString("name")),
        AlertKeys.stored(Json.stored(row.getString("definition"))));
  }

  @Override
  public List<Member> members(Handle tx, long owner, String group) {
    return Rows.read(
        tx,
        MEMBERS,
        group,
        (row, name) -> {
          row.setString(1, name);
          row.setLong(2, owner);
        },
        row ->
            new Member(
                new Subject(Subject.Type.SERVICE, row.getLong(1), owner, row.getString(2)),
                state(row)));
  }

  private static Member.State state(ResultSet row) throws SQLException {
    int confirmed = row.getInt(3);
    if (row.wasNull()) {
      return Member.State.UNKNOWN;
    }
    return confirmed == State.DOWN.code() ? Member.State.DOWN : Member.State.UP;
  }

  @Override
  public Optional<Subject> find(Handle tx, long owner, String name) {
    return tx.createQuery(
            "SELECT id FROM service WHERE owner_id = :owner AND name = :name"
                + " AND retired_at IS NULL")
        .bind("owner", owner)
        .bind("name", name)
        .map((row, _) -> new Subject(Subject.Type.SERVICE, row.getLong("id"), owner, name))
        .findOne();
  }

  /// Whether the service is up for certain, slow or not: it was observed at `since` or later, and
  /// no observation that found it down waits for its confirmation. An observation that is unknown
  /// says nothing, but is one.
  @Override
  public boolean isRight(Handle tx, Subject service, Instant since) {
    return tx.createQuery(
            "SELECT m.last_at >= :since AND m.against_down = 0 AND m.confirmed_state <> :down"
                + " FROM service_metric m WHERE m.service_id = :id AND m.last_at IS NOT NULL"
                + " AND m.confirmed_state IS NOT NULL")
        .bind("since", since.toEpochMilli())
        .bind("down", State.DOWN.code())
        .bind("id", service.id())
        .mapTo(Boolean.class)
        .findOne()
        .orElse(false);
  }

  @Override
  public boolean isUndecided(Handle tx, Subject service) {
    return TracedServices.isUndecided(tx, service.id());
  }

  @Override
  public void observe(Handle tx, List<Subject> services, Instant now) {
    checkBy(tx, services.stream().map(Subject::id).toList(), now);
  }

  /// Lets those be due by `until` that are not being checked. Rows are locked in the order of their
  /// ids, as by all who write them.
  public static void checkBy(Handle tx, List<Long> services, Instant until) {
    Rows.write(
        tx,
        "UPDATE service_schedule SET due_at = ? WHERE service_id = ? AND owner IS NULL"
            + " AND due_at > ?",
        services.stream().distinct().sorted().toList(),
        (row, id) -> {
          row.setLong(1, until.toEpochMilli());
          row.setLong(2, id);
          row.setLong(3, until.toEpochMilli());
        });
  }

  /// It is checked at once, or after the check that is under way. The new revision lets every
  /// process read the state again.
  @Override
  public boolean confirmAgain(Handle tx, Subject service, Instant now) {
    tx.createUpdate(
            """
            UPDATE service_schedule SET revision = revision + 1,
              due_at = CASE WHEN owner IS NULL THEN :now ELSE due_at END
            WHERE service_id = :id\
            """)
        .bind("now", now.toEpochMilli())
        .bind("id", service.id())
        .execute();
    StreakStore.forget(tx, service.id());
    return true;
  }
}
