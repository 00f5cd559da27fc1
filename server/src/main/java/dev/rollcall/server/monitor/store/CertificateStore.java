package dev.rollcall.server.monitor.store;

import dev.rollcall.server.monitor.check.Certificate;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Stores what is remembered of certificates, and finds those that end soon. It writes nothing for
/// a service whose certificate is as it was.
final class CertificateStore {
  /// The columns that [#certificate] reads.
  static final String COLUMNS = "m.certificate_ends_at, m.certificate_warnings";

  /// The state in a signal of a certificate that ends soon, and of one that does not.
  static final String ENDS_SOON = "certificate";

  private static final String VALID = "valid";

  private static final String SET =
      "UPDATE service_metric SET certificate_ends_at = ?, certificate_warnings = ?"
          + " WHERE service_id = ?";

  private CertificateStore() {}

  /// Writes what has changed.
  ///
  /// What is a warning is decided by the database: so it is one exactly once, also if the memory of
  /// this process and the database differ.
  ///
  /// @return the warnings, one more for each time that somebody is warned, and their ends
  static List<Signal> write(Handle tx, List<Outcome> outcomes, Instant now) {
    List<Signal> signals = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      if (outcome.newCertificate().isPresent()) {
        Certificate certificate = outcome.newCertificate().get();
        before(tx, outcome.serviceId())
            .flatMap(before -> signal(before, certificate, outcome, now))
            .ifPresent(signals::add);
        set(tx, outcome.serviceId(), certificate);
      }
    }
    return signals;
  }

  /// Forgets the warnings of a service that is removed.
  ///
  /// @return whether somebody was warned
  static boolean forget(Handle tx, long service) {
    return tx.createUpdate(
                "UPDATE service_metric SET certificate_warnings = 0"
                    + " WHERE service_id = :id AND certificate_warnings > 0")
            .bind("id", service)
            .execute()
        > 0;
  }

  private static Optional<ServiceMetricRow<Certificate>> before(Handle tx, long service) {
    return ServiceMetricRow.read(tx, service, COLUMNS, CertificateStore::certificate);
  }

  private static Optional<Signal> signal(
      ServiceMetricRow<Certificate> before, Certificate certificate, Outcome outcome, Instant now) {
    int warned = before.part().warnings();
    boolean other = !certificate.ends().equals(before.part().ends());
    boolean ends = certificate.warnings() == 0 && warned > 0;
    boolean warns = certificate.warnings() > warned || (certificate.warnings() > 0 && other);
    if (!ends && !warns) {
      return Optional.empty();
    }
    Instant at = outcome.observation().at();
    return Optional.of(
        new Signal(
            before.service(),
            warned > 0 ? ENDS_SOON : VALID,
            ends ? VALID : ENDS_SOON,
            certificate.ends().filter(_ -> warns).map(end -> cause(end, now)),
            at,
            at,
            StreakStore.found(outcome.observation(), now)));
  }

  private static String cause(Instant ends, Instant now) {
    return "the certificate "
        + (ends.isAfter(now) ? "ends " : "has ended ")
        + ends.truncatedTo(ChronoUnit.SECONDS);
  }

  private static void set(Handle tx, long service, Certificate certificate) {
    Rows.write(
        tx,
        SET,
        List.of(certificate),
        (row, one) -> {
          InstantColumns.set(row, 1, one.ends());
          row.setInt(2, one.warnings());
          row.setLong(3, service);
        });
  }

  /// Reads the [#COLUMNS].
  static Certificate certificate(ResultSet row) throws SQLException {
    return new Certificate(
        InstantColumns.instant(row, "certificate_ends_at"), row.getInt("certificate_warnings"));
  }
}
