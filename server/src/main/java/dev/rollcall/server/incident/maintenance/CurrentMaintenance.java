package dev.rollcall.server.incident.maintenance;

import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// The maintenance that has not been ended, of the configuration file and of the database. What an
/// owner has is read when it is asked for: others may have much. For one transaction.
///
/// A place in the network is covered itself, by its address, or if all that is lost behind it is:
/// then nobody misses anything because of it.
public final class CurrentMaintenance {
  private final Handle handle;
  private final Subjects subjects;
  private final List<Maintenance> ofFile;
  private final Map<Long, List<Maintenance>> known = new HashMap<>();

  /// @param ofFile that of the configuration file, which is the operator's
  public CurrentMaintenance(Handle handle, Subjects subjects, List<Maintenance> ofFile) {
    this.handle = handle;
    this.subjects = subjects;
    this.ofFile = ofFile;
  }

  private List<Maintenance> read(long owner) {
    return Stream.concat(
            owner == Scope.OPERATOR ? ofFile.stream() : Stream.empty(),
            MaintenanceStore.open(handle, owner).stream()
                .flatMap(row -> row.maintenance().stream()))
        .toList();
  }

  /// When the last of the spans ends that cover a subject at a moment; empty if none does.
  public Optional<Instant> end(Subject subject, AlertKeys keys, Instant at) {
    List<Maintenance> ofOwner = known.computeIfAbsent(subject.owner(), this::read);
    return last(ofOwner, subject, keys, at)
        .or(
            () ->
                ofOwner.isEmpty() || subject.type() != Subject.Type.NETWORK
                    ? Optional.empty()
                    : endBehind(ofOwner, subject, at));
  }

  private static Optional<Instant> last(
      List<Maintenance> ofOwner, Subject subject, AlertKeys keys, Instant at) {
    return ofOwner.stream()
        .flatMap(one -> one.end(subject, keys, at).stream())
        .max(Comparator.naturalOrder());
  }

  /// When the first that is lost behind a place is covered no longer; empty if one is not now.
  private Optional<Instant> endBehind(List<Maintenance> ofOwner, Subject place, Instant at) {
    Optional<Instant> first = Optional.empty();
    for (Subjects.Keyed one : subjects.lostBehind(handle, place)) {
      Optional<Instant> end = last(ofOwner, one.subject(), one.keys(), at);
      if (end.isEmpty()) {
        return end;
      }
      first = first.filter(end.get()::isAfter).or(() -> end);
    }
    return first;
  }
}
