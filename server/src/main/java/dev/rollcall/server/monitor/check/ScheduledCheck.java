package dev.rollcall.server.monitor.check;

import dev.rollcall.probe.Probe;
import dev.rollcall.probes.Authority;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ReferencedSecrets;
import dev.rollcall.server.monitor.definition.WarningLimits;
import dev.rollcall.server.owner.Scope;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// What the runner needs for the checks of a service.
///
/// @param revision the version of the definition
/// @param trace whether the path to it is traced
/// @param secrets the values of references in it
public record ScheduledCheck(
    long serviceId,
    long owner,
    String name,
    URI url,
    Duration interval,
    Duration timeout,
    Confirmation confirmation,
    WarningLimits warnings,
    boolean trace,
    long revision,
    ReferencedSecrets secrets,
    Probe probe) {

  /// Whether it is the operator's. Only the operator's services are known by their name alone, in
  /// metrics, log lines and the configuration file.
  public boolean isOperators() {
    return owner == Scope.OPERATOR;
  }

  /// Its name in a log line.
  public String label() {
    return isOperators() ? name : name + " (service " + serviceId + " of account " + owner + ")";
  }

  /// Whether its answer reports other services: see [DependencyReport].
  public boolean asksDependencies() {
    return DependencyReport.isReadFrom(url);
  }

  /// The place without secrets.
  String shownPlace() {
    return secrets.isNothing() ? place() : secrets.secrets().hide(place());
  }

  /// Host and port as one text, or the path of a socket: the limit of checks at once applies to it.
  String place() {
    return authority().map(Authority::toString).orElseGet(url::getPath);
  }

  /// The host's name or address.
  public String host() {
    return authority().map(Authority::host).orElse("localhost");
  }

  /// The first host, if the URL contains several; empty for a socket on this machine.
  private Optional<Authority> authority() {
    String text = url.getRawAuthority();
    if (text == null) {
      return Optional.empty();
    }
    int end = text.indexOf(',');
    return Optional.of(Authority.parse(end < 0 ? text : text.substring(0, end), standardPort()));
  }

  /// The port if the URL contains none. For other protocols its value does not matter: it is the
  /// same for all services of a scheme.
  private int standardPort() {
    return url.getScheme().equals("https") ? 443 : 80;
  }
}
