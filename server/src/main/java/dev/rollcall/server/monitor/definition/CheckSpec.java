package dev.rollcall.server.monitor.definition;

import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.ServerUrl;
import dev.rollcall.probes.TcpQuestion;

/// How a service is checked.
public sealed interface CheckSpec {
  /// With an HTTP request.
  record Http(HttpQuestion question) implements CheckSpec {}

  /// With a TCP or TLS connection.
  record Tcp(TcpQuestion question) implements CheckSpec {}

  /// In the server's own protocol: one of the schemes of [dev.rollcall.probes.Probes].
  record Server(ServerUrl url) implements CheckSpec {}
}
