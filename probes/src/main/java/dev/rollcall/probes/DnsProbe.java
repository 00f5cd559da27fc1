package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Asks a name server for a record of a name. The answer must contain a record of the given type,
/// and the expected one, if one is given.
///
/// `dns://192.0.2.53/example.org?type=MX&expect=10%20mail.example.org` asks the server at
/// `192.0.2.53` (port 53); `dns:///example.org` asks the first one that this machine is configured
/// with. The default type is `A`. An expected value is written as in a zone file and compared by
/// meaning ([DnsValue]). With several `expect`, there must be a record for each. The query uses
/// UDP, and TCP if the answer does not fit. Needs `dnsjava:dnsjava`.
///
/// Sources: RFC 1035, RFC 7766; the URL as in RFC 4501.
///
/// @param name name of the probe
/// @param server the name server; the path and the parameters say what to look up
/// @param dialer shared with other probes
public record DnsProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  /// Validates the URL, name and type.
  public DnsProbe {
    Driver.DNSJAVA.need(DnsProbe.class);
    named(server);
    server.understands(Set.of("type"), Set.of("expect"));
    DnsExchange.validate(server.path(), server.parameter("type").orElse("A"));
    expected(server);
  }

  /// A probe of `url`, 3 s at most.
  public static DnsProbe of(String name, String url) {
    return new DnsProbe(name, ServerUrl.of(url), Dialer.system());
  }

  /// A probe that asks `server` (`host`, `host:port`) for `domain`.
  ///
  /// @param type of the record: `A`, `AAAA`, `MX`, `TXT`, ...
  public static DnsProbe of(String name, String server, String domain, String type) {
    return of(name, "dns://%s/%s?type=%s".formatted(server, domain, type));
  }

  private static Optional<Authority> named(ServerUrl server) {
    return server.uri().getRawAuthority() == null
        ? Optional.empty()
        : Optional.of(server.target(DnsExchange.PORT));
  }

  private static String type(ServerUrl server) {
    return server.parameter("type").orElse("A").toUpperCase(Locale.ROOT);
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Session.hold(attempt, server, dialer, this::ask);
  }

  private void ask(Session session) throws Exception {
    DnsExchange exchange = new DnsExchange(server.path(), type(server));
    Authority target = named(server).orElseGet(DnsExchange::firstOfThisMachine);
    List<DnsValue> values = exchange.ask(target, session);
    session.progress().took(Phase.FIRST_BYTE);
    for (DnsValue wanted : expected(server)) {
      if (!values.contains(wanted)) {
        throw ProbeFailure.answered(
            "%s of %s is %s (expected %s)"
                .formatted(type(server), server.path(), Quoted.of(all(values)), wanted));
      }
    }
  }

  private static List<DnsValue> expected(ServerUrl server) {
    return server.parameters("expect").stream()
        .map(value -> DnsExchange.value(type(server), value))
        .toList();
  }

  /// Sorted, as servers give them in another order each time.
  private static String all(List<DnsValue> values) {
    return values.stream().map(DnsValue::toString).sorted().collect(Collectors.joining(", "));
  }
}
