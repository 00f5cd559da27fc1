package dev.rollcall.server.incident;

import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Subject;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// All maintenance that has not been ended, of the configuration file and of the database.
record CurrentMaintenance(List<Maintenance> all) {
  CurrentMaintenance {
    all = List.copyOf(all);
  }

  /// Reads that of the database.
  static CurrentMaintenance of(Handle handle, List<Maintenance> ofFile) {
    return new CurrentMaintenance(
        Stream.concat(
                ofFile.stream(),
                MaintenanceStore.open(handle).stream().flatMap(row -> row.maintenance().stream()))
            .toList());
  }

  /// When the last of the spans ends that cover a subject at a moment; empty if none does.
  Optional<Instant> end(Subject subject, AlertKeys keys, Instant at) {
    return all.stream()
        .flatMap(one -> one.end(subject.owner(), subject.name(), keys, at).stream())
        .max(Comparator.naturalOrder());
  }
}
