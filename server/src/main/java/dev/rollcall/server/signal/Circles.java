package dev.rollcall.server.signal;

import dev.rollcall.server.sql.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Finds the circle that a change of a subject would close, in the transaction of the change.
public final class Circles {
  private final Database database;
  private final Subjects subjects;

  /// @param subjects those of all types
  public Circles(Database database, Subjects subjects) {
    this.database = database;
    this.subjects = subjects;
  }

  /// The circle that there is once a subject has these keys; empty if there is none.
  ///
  /// @param name what the subject is called then
  public Optional<Circle> closed(
      Handle tx, Subject.Type type, long owner, String name, AlertKeys keys) {
    if (keys.dependsOn().isEmpty()) {
      return Optional.empty();
    }
    database.takeTurns(tx, "dependency"); // each of two changes could close the half of a circle
    if (type != Subject.Type.SERVICE
        && subjects.find(tx, Subject.Type.SERVICE, owner, name).isPresent()) {
      return Optional.empty(); // that service is what others mean by the name
    }
    Subject changed = new Subject(type, 0, owner, name);
    return keys.dependsOn().stream()
        .flatMap(first -> Circle.over(name, first, one -> needs(tx, changed, keys, one)).stream())
        .findFirst();
  }

  /// What a name needs; a group needs its members, of which the changed subject is one by its new
  /// keys.
  private List<String> needs(Handle tx, Subject changed, AlertKeys keys, String name) {
    Optional<Subject> found = subjects.find(tx, changed.owner(), name);
    if (found.isEmpty()) {
      return List.of();
    }
    List<String> needs = new ArrayList<>(subjects.keys(tx, found.get()).dependsOn());
    if (found.get().type() == Subject.Type.GROUP) {
      if (keys.group().equals(Optional.of(name))) {
        needs.add(changed.name());
      }
      subjects.members(tx, changed.owner(), name).stream()
          .map(member -> member.subject().name())
          .filter(member -> !member.equals(changed.name()))
          .forEach(needs::add);
    }
    return needs;
  }
}
