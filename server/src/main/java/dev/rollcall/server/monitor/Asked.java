package dev.rollcall.server.monitor;

import dev.rollcall.probe.Probe;
import dev.rollcall.probes.Authority;
import java.net.URI;
import java.time.Duration;

/// What the runner has to know of a service to ask it.
///
/// @param revision which version of the service's definition this is
record Asked(
    long serviceId,
    String name,
    URI url,
    Duration interval,
    Duration timeout,
    long revision,
    Probe probe) {

  /// Host and port as one text: what the limit of checks at once is counted by.
  String place() {
    return authority().toString();
  }

  /// The host's name or address.
  String host() {
    return authority().host();
  }

  private Authority authority() {
    return Authority.of(url, url.getScheme().equals("https") ? 443 : 80);
  }
}
