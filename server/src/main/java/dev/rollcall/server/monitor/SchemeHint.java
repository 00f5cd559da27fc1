package dev.rollcall.server.monitor;

import dev.rollcall.probes.TcpQuestion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What could be asked instead of a bare connection (`tcp://db:3306`) at the port of a server that
/// there is a probe for: whether a port takes connections says little of what is behind it, and
/// MySQL counts each that ends without a login against the host it came from.
public final class SchemeHint {
  private static final int MOST_TOLD = 10;

  /// Who can be asked, how a login belongs to it, and at which port when it is not the scheme's
  /// own.
  private record Server(String scheme, String login, boolean elsewhere) {
    static final String NEEDED = ", with user and password,";
    static final String WHERE_WANTED = ", with user and password if it requires them,";

    static Server needing(String scheme) {
      return new Server(scheme, NEEDED, false);
    }

    static Server taking(String scheme) {
      return new Server(scheme, WHERE_WANTED, false);
    }
  }

  private static final Map<Integer, Server> BY_PORT =
      Map.ofEntries(
          Map.entry(25, new Server("smtp", "", false)),
          Map.entry(465, new Server("smtps", "", false)),
          Map.entry(587, new Server("smtp", "", true)),
          Map.entry(2379, Server.taking("etcd")),
          Map.entry(3306, Server.needing("mysql")),
          Map.entry(4222, Server.taking("nats")),
          Map.entry(5432, Server.needing("postgres")),
          Map.entry(5671, Server.needing("amqps")),
          Map.entry(5672, Server.needing("amqp")),
          Map.entry(6379, Server.taking("redis")),
          Map.entry(9092, Server.taking("kafka")),
          Map.entry(9200, new Server("elasticsearch+http", Server.WHERE_WANTED, true)),
          Map.entry(27017, Server.taking("mongodb")));

  private SchemeHint() {}

  /// What to ask instead, in one line, where there is something; whoever sends a text or expects
  /// one knows what they ask.
  public static Optional<String> of(ServiceDefinition service) {
    if (!(service.spec() instanceof CheckSpec.Tcp(var question))
        || question.tls().isPresent()
        || question.send().isPresent()
        || question.expect().isPresent()) {
      return Optional.empty();
    }
    return Optional.ofNullable(BY_PORT.get(question.port())).map(server -> line(question, server));
  }

  private static String line(TcpQuestion asked, Server server) {
    String place = asked.toString();
    return "tcp://%s only opens a connection%s: %s://%s%s checks the server itself"
        .formatted(
            place,
            server.scheme().equals("mysql")
                ? ", which the server counts as an error and which may get this host blocked"
                : "",
            server.scheme(),
            server.elsewhere() ? place : place.substring(0, place.lastIndexOf(':')),
            server.login());
  }

  /// The offers for several services by their names, the first of them.
  public static List<String> of(List<ServiceDefinition> services) {
    List<String> all =
        services.stream()
            .flatMap(
                service ->
                    of(service).map(offer -> "service " + service.name() + ": " + offer).stream())
            .toList();
    int more = all.size() - MOST_TOLD;
    return more <= 0
        ? all
        : Stream.concat(
                all.stream().limit(MOST_TOLD),
                Stream.of(
                    "%d more services only open a connection to the port of a server"
                        .formatted(more)))
            .collect(Collectors.toUnmodifiableList());
  }
}
