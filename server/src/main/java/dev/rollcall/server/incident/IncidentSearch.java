package dev.rollcall.server.incident;

import dev.rollcall.server.incident.IncidentStore.Filter;
import dev.rollcall.server.owner.Scope;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// Finds the incidents that somebody asks for, the newest first, by an index for each filter: there
/// may be hundreds of thousands.
final class IncidentSearch {
  private static final String NEWEST = " ORDER BY id DESC LIMIT :limit";

  /// There are few that are open, and they may be old.
  private static final String OPEN =
      " AND id IN (SELECT o.id FROM incident o WHERE o.resolved_at IS NULL)";

  private static final String TAGGED =
      " AND EXISTS (SELECT 1 FROM incident_tag t WHERE t.tag = :tag AND t.incident_id = id)";

  /// For a tag alone: its index has the incidents in their order. CROSS JOIN keeps SQLite from
  /// beginning with all incidents.
  private static final String FROM_TAGS =
      " FROM incident_tag t CROSS JOIN incident"
          + " WHERE t.tag = :tag AND t.incident_id < :before AND id = t.incident_id";

  private IncidentSearch() {}

  static List<Incident> newest(Handle handle, Scope scope, Filter filter, int limit) {
    Query query =
        handle.createQuery(sql(scope, filter)).bind("before", filter.before()).bind("limit", limit);
    filter.kind().ifPresent(kind -> query.bind("kind", kind.code()));
    filter
        .subject()
        .ifPresent(
            subject -> query.bind("type", subject.type().code()).bind("name", subject.name()));
    filter.tag().ifPresent(tag -> query.bind("tag", tag));
    return query.map((row, _) -> IncidentTable.incident(row)).list();
  }

  private static String sql(Scope scope, Filter filter) {
    String select = "SELECT " + IncidentTable.COLUMNS;
    String some =
        scope.and("owner_id")
            + filter.open().map(open -> open ? OPEN : " AND resolved_at IS NOT NULL").orElse("")
            + filter.kind().map(_ -> " AND kind = :kind").orElse("");
    boolean few = scope.owner() != Scope.OPERATOR || filter.open().equals(Optional.of(true));
    if (filter.tag().isPresent() && filter.subject().isEmpty() && !few) {
      return select + FROM_TAGS + some + " ORDER BY t.incident_id DESC LIMIT :limit";
    }
    String all = " WHERE id < :before" + some + filter.tag().map(_ -> TAGGED).orElse("");
    return select
        + " FROM incident"
        + all
        + filter.subject().map(_ -> " AND id IN (" + ofSubject(all) + ")").orElse("")
        + NEWEST;
  }

  /// The newest that were found of a subject, and all that people opened about it.
  private static String ofSubject(String all) {
    return "SELECT n.id FROM (SELECT id FROM incident"
        + all
        + " AND subject_type = :type AND subject_name = :name"
        + NEWEST
        + ") n UNION ALL SELECT incident_id FROM incident_about"
        + " WHERE subject_type = :type AND subject_name = :name";
  }
}
