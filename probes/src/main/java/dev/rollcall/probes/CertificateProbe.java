package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;

/// Checks the TLS certificate of a server. Its chain must be trusted, it must be issued for the
/// host, and no certificate in the chain may expire too soon. Nothing is sent after the handshake.
///
/// @param name name of the probe
/// @param server where it is, as `tls://host:port`; port 443 if none is given
/// @param warn minimum time for which the certificate must still be valid
/// @param dialer shared with other probes
public record CertificateProbe(String name, ServerUrl server, Duration warn, Dialer dialer)
    implements Probe {
  private static final int PORT = 443;

  /// Validates the URL and the time.
  public CertificateProbe {
    server.understandsNoPath(Set.of("warn"));
    server.target(PORT);
    if (warn.isNegative()) {
      throw new IllegalArgumentException("warn %s is negative".formatted(warn));
    }
  }

  /// A probe of `address` (`host`, `host:port`) that fails if the certificate expires within
  /// `warn`; limit 3 s.
  public static CertificateProbe of(String name, String address, Duration warn) {
    return of(name, address, warn, TlsOptions.DEFAULT);
  }

  /// A copy with these TLS options.
  public static CertificateProbe of(String name, String address, Duration warn, TlsOptions tls) {
    return new CertificateProbe(
        name, ServerUrl.of("tls://" + address).tls(tls), warn, Dialer.system());
  }

  /// How long `text` is, such as `14d`.
  static Duration days(String text) {
    if (!text.matches("[0-9]{1,5}d")) {
      throw new IllegalArgumentException("warn=%s is no number of days: write 14d".formatted(text));
    }
    return Duration.ofDays(Integer.parseInt(text, 0, text.length() - 1, 10));
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Session.hold(attempt, server, dialer, this::look);
  }

  private void look(Session session) throws ProbeFailure, InterruptedException {
    session.open(server.target(PORT), Optional.of(server.tls()));
    Instant end =
        session
            .progress()
            .attempt()
            .certificateExpiry()
            .orElseThrow(() -> ProbeFailure.answered("TLS: the server shows no certificate"));
    Duration left = Duration.between(Instant.now(), end);
    if (left.compareTo(warn) < 0) {
      String day = LocalDate.ofInstant(end, ZoneOffset.UTC).toString();
      throw ProbeFailure.answered(
          left.isNegative()
              ? "TLS: the certificate ended on " + day
              : "TLS: the certificate ends in %d days, on %s (expected %d or more)"
                  .formatted(left.toDays(), day, warn.toDays()));
    }
  }
}
