package dev.rollcall.server.monitor.store;

import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Rows;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// A part of the row of a service in `service_metric`, before it is changed.
///
/// @param part what some of its columns say
record ServiceMetricRow<T>(Subject service, T part) {
  /// The row of a service.
  ///
  /// @param columns of `service_metric m`
  /// @param reader reads these
  static <T> Optional<ServiceMetricRow<T>> read(
      Handle tx, long service, String columns, Rows.Mapper<T> reader) {
    return Rows.read(
            tx,
            "SELECT s.name, s.owner_id, "
                + columns
                + " FROM service_metric m JOIN service s ON s.id = m.service_id"
                + " WHERE m.service_id = ?",
            service,
            (row, id) -> row.setLong(1, id),
            row ->
                new ServiceMetricRow<>(
                    new Subject(
                        Subject.Type.SERVICE,
                        service,
                        row.getLong("owner_id"),
                        row.getString("name")),
                    reader.map(row)))
        .stream()
        .findFirst();
  }
}
