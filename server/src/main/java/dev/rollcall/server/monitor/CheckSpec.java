package dev.rollcall.server.monitor;

import dev.rollcall.probes.HttpQuestion;
import dev.rollcall.probes.ServerUrl;
import dev.rollcall.probes.TcpQuestion;

/// How a service is asked.
public sealed interface CheckSpec {
  /// By an HTTP request.
  record Http(HttpQuestion question) implements CheckSpec {}

  /// By a TCP or TLS connection.
  record Tcp(TcpQuestion question) implements CheckSpec {}

  /// In the server's own protocol: whatever [dev.rollcall.probes.Probes] knows the scheme of.
  record Server(ServerUrl url) implements CheckSpec {}
}
