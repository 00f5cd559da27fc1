package dev.rollcall.server.incident.maintenance;

import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Subject;
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
public final class CurrentMaintenance {
  private final Handle handle;
  private final List<Maintenance> ofFile;
  private final Map<Long, List<Maintenance>> known = new HashMap<>();

  /// @param ofFile that of the configuration file, which is the operator's
  public CurrentMaintenance(Handle handle, List<Maintenance> ofFile) {
    this.handle = handle;
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
    return known.computeIfAbsent(subject.owner(), this::read).stream()
        .flatMap(one -> one.end(subject, keys, at).stream())
        .max(Comparator.naturalOrder());
  }
}
