package dev.rollcall.server.monitor.definition;

import dev.rollcall.probe.Probe;
import dev.rollcall.probes.Dialer;
import dev.rollcall.probes.EchoSender;
import dev.rollcall.probes.HttpAsker;
import dev.rollcall.probes.HttpProbe;
import dev.rollcall.probes.Probes;
import dev.rollcall.probes.TcpProbe;
import dev.rollcall.server.owner.Scope;

/// Makes the probes of services. They share one HTTP client and its connections; those of accounts
/// have another one, as they may not reach everything.
public final class ProbeFactory implements AutoCloseable {
  private final Clients operators;
  private final Clients users;

  /// What probes share.
  private record Clients(Dialer dialer, HttpAsker http, Probes servers) {
    static Clients of(Dialer dialer, EchoSender echoes) {
      HttpAsker http = new HttpAsker(dialer);
      return new Clients(dialer, http, new Probes(dialer, http, echoes));
    }
  }

  /// @param operators connects to what the operator has checked
  /// @param users connects to what accounts have checked
  /// @param echoes pings for both
  public ProbeFactory(Dialer operators, Dialer users, EchoSender echoes) {
    this.operators = Clients.of(operators, echoes);
    this.users = Clients.of(users, echoes);
  }

  /// The probe of a service. Its reasons do not contain secrets of references.
  ///
  /// @param owner of the service
  public Probe of(long owner, ServiceDefinition definition) {
    Probe probe = bare(owner == Scope.OPERATOR ? operators : users, definition);
    return definition.secrets().isNothing() ? probe : definition.secrets().secrets().hidden(probe);
  }

  private static Probe bare(Clients clients, ServiceDefinition definition) {
    return switch (definition.spec()) {
      case CheckSpec.Http(var question) ->
          new HttpProbe(definition.name(), question, clients.http());
      case CheckSpec.Tcp(var question) ->
          new TcpProbe(definition.name(), question, clients.dialer());
      case CheckSpec.Server(var url) -> clients.servers().of(definition.name(), url);
    };
  }

  @Override
  public void close() {
    operators.http().close();
    users.http().close();
  }
}
