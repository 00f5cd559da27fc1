package dev.rollcall.server.monitor.definition;

import dev.rollcall.probe.Probe;
import dev.rollcall.probes.Dialer;
import dev.rollcall.probes.HttpAsker;
import dev.rollcall.probes.HttpProbe;
import dev.rollcall.probes.Probes;
import dev.rollcall.probes.TcpProbe;

/// Makes the probes of services. They share one HTTP client and its connections.
public final class ProbeFactory implements AutoCloseable {
  private final Dialer dialer;
  private final HttpAsker http;
  private final Probes servers;

  /// @param dialer makes the connections of all probes
  public ProbeFactory(Dialer dialer) {
    this.dialer = dialer;
    this.http = new HttpAsker(dialer);
    this.servers = new Probes(dialer, http);
  }

  /// The probe of a service. Its reasons do not contain secrets of references.
  public Probe of(ServiceDefinition definition) {
    Probe probe = bare(definition);
    return definition.secrets().isNothing() ? probe : definition.secrets().secrets().hidden(probe);
  }

  private Probe bare(ServiceDefinition definition) {
    return switch (definition.spec()) {
      case CheckSpec.Http(var question) -> new HttpProbe(definition.name(), question, http);
      case CheckSpec.Tcp(var question) -> new TcpProbe(definition.name(), question, dialer);
      case CheckSpec.Server(var url) -> servers.of(definition.name(), url);
    };
  }

  @Override
  public void close() {
    http.close();
  }
}
