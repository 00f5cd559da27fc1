package dev.rollcall.server.signal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// What others may ask of subjects, of those that keep them.
public interface Subjects {
  /// Who is told about a subject, and how; [AlertKeys#NONE] if it is gone.
  AlertKeys keys(Handle tx, Subject subject);

  /// The end of what it printed last, at most 2 KiB of UTF-8; empty if nothing of it is kept.
  Optional<String> lastOutput(Handle tx, Subject subject);

  /// What is asked, as people may see it: the URL of a service without its query. Empty for what
  /// has none, or is gone.
  default Optional<String> address(Handle tx, Subject subject) {
    return Optional.empty();
  }

  /// What it is called, beside its name; empty if it has no other name.
  default Optional<String> title(Handle tx, Subject subject) {
    return Optional.empty();
  }

  /// What is lost behind a place in the network now, in the order of its ids, at most 10,000. Empty
  /// for all other subjects.
  default List<Keyed> lostBehind(Handle tx, Subject place) {
    return List.of();
  }

  /// A subject with its keys.
  record Keyed(Subject subject, AlertKeys keys) {}

  /// The first thousand of a type that an owner has above an id, by their ids.
  default List<Keyed> above(Handle tx, Subject.Type type, long owner, long id) {
    return List.of();
  }

  /// The subjects of an owner that lie directly in a group, in no order.
  List<Member> members(Handle tx, long owner, String group);

  /// The subject of that name; empty if the owner has none. A service comes before a heartbeat,
  /// both before a group, all before a node, and that before a place in the network.
  Optional<Subject> find(Handle tx, long owner, String name);

  /// The subject of that type and name; empty if the owner has none.
  default Optional<Subject> find(Handle tx, Subject.Type type, long owner, String name) {
    return find(tx, owner, name).filter(subject -> subject.type() == type);
  }

  /// Whether it is as it should be for certain, as of `since` or later.
  boolean isRight(Handle tx, Subject subject, Instant since);

  /// Whether it is looked at present for what it has lost in common with others: that may be found
  /// to be wrong instead within moments.
  default boolean isUndecided(Handle tx, Subject subject) {
    return false;
  }

  /// Observes these at once, if they can be asked.
  void observe(Handle tx, List<Subject> subjects, Instant now);

  /// Forgets the confirmed state of a subject: it is observed at once, and what is wrong with it is
  /// a signal again when that is confirmed.
  ///
  /// @return false if the states of this type of subjects need no confirmation
  boolean confirmAgain(Handle tx, Subject subject, Instant now);
}
