package dev.rollcall.server.monitor;

import dev.rollcall.probe.Probe;
import dev.rollcall.probes.Authority;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// What the runner has to know of a service to ask it.
///
/// @param revision which version of the service's definition this is
/// @param secrets what references brought into that
record ScheduledCheck(
    long serviceId,
    String name,
    URI url,
    Duration interval,
    Duration timeout,
    long revision,
    ReferencedSecrets secrets,
    Probe probe) {

  /// Whether its answer tells of other services: see [DerivedServices].
  boolean asksDependencies() {
    return DerivedServices.isParent(url);
  }

  /// The place as it may be shown.
  String shownPlace() {
    return secrets.isNothing() ? place() : secrets.secrets().hide(place());
  }

  /// Host and port as one text, or the path of a socket: what the limit of checks at once is
  /// counted by.
  String place() {
    return authority().map(Authority::toString).orElseGet(url::getPath);
  }

  /// The host's name or address.
  String host() {
    return authority().map(Authority::host).orElse("localhost");
  }

  /// The first of several hosts, where a URL may name them; nothing for a socket on this machine.
  private Optional<Authority> authority() {
    String text = url.getRawAuthority();
    if (text == null) {
      return Optional.empty();
    }
    int end = text.indexOf(',');
    return Optional.of(Authority.parse(end < 0 ? text : text.substring(0, end), standardPort()));
  }

  /// Where the URL names none. Those of other protocols matter to nobody: it is the same for all
  /// services of a scheme.
  private int standardPort() {
    return url.getScheme().equals("https") ? 443 : 80;
  }
}
