package dev.rollcall.server.incident;

import dev.rollcall.server.incident.maintenance.MaintenanceSpans;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Span;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.UptimeSpans;
import dev.rollcall.server.sql.Database;
import java.time.Instant;
import java.util.List;

/// What is known here of the spans in which uptime is counted in another way.
record IncidentSpans(Database database, MaintenanceSpans spans) implements UptimeSpans {
  @Override
  public List<Span> unreachable(Subject subject, Instant from, Instant to) {
    return database.read(handle -> HeldSignals.unreachable(handle, subject, from, to));
  }

  @Override
  public List<Span> maintenance(Subject subject, AlertKeys keys, Instant from, Instant to) {
    return spans.of(subject, keys, from, to);
  }
}
