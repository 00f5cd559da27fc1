package dev.rollcall.server.outbox;

import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.sql.Database;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The names, tags and groups of a route or of maintenance that no subject has: probably misspelt,
/// and allowed, since the subject may be made later.
public final class UnknownWords {
  /// How many are named in a hint.
  private static final int MOST = 5;

  /// Nothing is said of an owner who has more subjects.
  private static final int MOST_SUBJECTS = 100_000;

  private final Set<String> names;
  private final Set<String> tags;
  private final Set<String> groups;

  /// All of them, until [#see] has seen who has them.
  ///
  /// @param names `*` in them stands for any characters
  public UnknownWords(List<String> names, List<String> tags, List<String> groups) {
    this.names = new LinkedHashSet<>(names);
    this.tags = new LinkedHashSet<>(tags);
    this.groups = new LinkedHashSet<>(groups);
  }

  /// Those of a route.
  public static UnknownWords of(AlertRoute route) {
    return new UnknownWords(route.names(), route.tags(), route.groups());
  }

  /// A subject that there is.
  public void see(Subject subject, AlertKeys keys) {
    names.removeIf(pattern -> AlertRoute.isLike(subject.name(), pattern));
    keys.tags().forEach(tags::remove);
    groups.removeIf(group -> subject.isOf(Set.of(group), keys));
  }

  private boolean isEmpty() {
    return names.isEmpty() && tags.isEmpty() && groups.isEmpty();
  }

  /// What people should know: `no service, heartbeat or group has the name shp, the tag wbe`. Empty
  /// if there is nothing.
  ///
  /// @param where where it was looked for: ` of this file`; may be empty
  public Optional<String> hint(String where) {
    List<String> words = new ArrayList<>();
    names.forEach(name -> words.add("the name " + name));
    tags.forEach(tag -> words.add("the tag " + tag));
    groups.forEach(group -> words.add("the group " + group));
    int more = words.size() - MOST;
    return isEmpty()
        ? Optional.empty()
        : Optional.of(
            "no service, heartbeat or group"
                + where
                + " has "
                + String.join(", ", words.subList(0, Math.min(MOST, words.size())))
                + (more > 0 ? " and " + more + " more" : ""));
  }

  /// The hint by the subjects that an owner has now.
  public Optional<String> hint(Database database, Subjects subjects, long owner) {
    int seen = 0;
    for (Subject.Type type : Subject.Type.values()) {
      long last = 0;
      List<Subjects.Keyed> some;
      do {
        long id = last;
        some = isEmpty() ? List.of() : database.read(tx -> subjects.above(tx, type, owner, id));
        some.forEach(one -> see(one.subject(), one.keys()));
        seen += some.size();
        last = some.isEmpty() ? last : some.getLast().subject().id();
      } while (!some.isEmpty() && seen < MOST_SUBJECTS);
    }
    return seen < MOST_SUBJECTS ? hint("") : Optional.empty();
  }
}
