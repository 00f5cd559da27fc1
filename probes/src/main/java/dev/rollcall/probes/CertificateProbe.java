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

/// Looks at the certificate that a server shows when TLS is spoken to it: its chain has to be
/// trusted, it has to be made out to the host, and none in the chain may end too soon. Nothing is
/// sent after the handshake.
///
/// @param name what the probe is called
/// @param server where it is, as `tls://host:port`; port 443 where none is named
/// @param warn how long the certificate has to be valid still
/// @param dialer shared with other probes
public record CertificateProbe(String name, ServerUrl server, Duration warn, Dialer dialer)
    implements Probe {
  private static final int PORT = 443;

  /// Checks the URL, and that the time is none before now.
  public CertificateProbe {
    server.understandsNoPath(Set.of("warn"));
    server.target(PORT);
    if (warn.isNegative()) {
      throw new IllegalArgumentException("warn %s is negative".formatted(warn));
    }
  }

  /// A probe of `address` (`host`, `host:port`) that fails from `warn` before the certificate's end
  /// on; 3 s at most.
  public static CertificateProbe of(String name, String address, Duration warn) {
    return of(name, address, warn, TlsOptions.DEFAULT);
  }

  /// The same, speaking TLS as `tls` says.
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
