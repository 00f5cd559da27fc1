package dev.rollcall.server.monitor.definition;

import dev.rollcall.server.signal.AlertKeys;
import java.net.URI;
import java.time.Duration;

/// The definition of a service: its name, what to check, how often, and what to expect.
/// [ServiceReader] makes it.
///
/// @param name unique, 1 to 255 characters
/// @param url with one of the schemes of [dev.rollcall.probes.Probes], without user and password
/// @param interval time from one check to the next: 200 ms to 366 days
/// @param timeout the longest time one check may take: 1 ms to 10 minutes
/// @param confirmation when a change of its state is certain
/// @param warnings from when on it is slow
/// @param alertKeys who is told when it is down
/// @param trace whether the path to it is traced
/// @param spec how to check and what to expect
/// @param secrets the values of references in it
/// @param json all of it as it is stored, with defaults; it may contain secrets
public record ServiceDefinition(
    String name,
    URI url,
    Duration interval,
    Duration timeout,
    Confirmation confirmation,
    WarningLimits warnings,
    AlertKeys alertKeys,
    boolean trace,
    CheckSpec spec,
    ReferencedSecrets secrets,
    String json) {

  /// The longest time from a claim to the commit of its outcome, with the wait for a place at the
  /// host.
  public Duration lease() {
    return timeout.multipliedBy(2).plusSeconds(10);
  }

  /// The URL that may be shown.
  public String shownUrl() {
    return secrets.url(url.toString());
  }

  /// The name and the URL.
  @Override
  public String toString() {
    return name + " " + shownUrl();
  }
}
