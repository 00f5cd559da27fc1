package dev.rollcall.server.monitor;

import java.net.URI;
import java.time.Duration;

/// What the operator says of a service: its name, what to ask, how often, and what to expect.
/// [ServiceReader] makes it.
///
/// @param name one of a kind, 1 to 255 characters
/// @param url `http`, `https`, `tcp` or `tls`, without user or password
/// @param interval time from one check to the next: 200 ms to 366 days
/// @param timeout the longest one check may take: 1 ms to 10 minutes
/// @param spec how to ask and what to expect
/// @param secrets what references brought into it
/// @param json all of it as it is kept, defaults filled in; it may hold secrets
public record ServiceDefinition(
    String name,
    URI url,
    Duration interval,
    Duration timeout,
    CheckSpec spec,
    ReferencedSecrets secrets,
    String json) {

  /// The longest one run may take, with the wait for a place at its host and the writing.
  Duration lease() {
    return timeout.multipliedBy(2).plusSeconds(10);
  }

  /// The URL as it may be shown.
  String shownUrl() {
    return secrets.url(url.toString());
  }

  /// The name and the URL.
  @Override
  public String toString() {
    return name + " " + shownUrl();
  }
}
