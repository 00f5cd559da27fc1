package dev.rollcall.server.monitor.definition;

import dev.rollcall.probes.TcpQuestion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Suggests a better URL for a bare connection (`tcp://db:3306`) to the port of a server that has
/// its own probe. An open port says little about the server behind it, and MySQL counts each
/// connection without a login as an error of the host that made it.
public final class SchemeHint {
  private static final int MOST_LINES = 10;

  /// A server with its own probe.
  ///
  /// @param login what the hint says about user and password
  /// @param elsewhere whether its port differs from the default port of the scheme
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

  /// The hint in one line, if there is one. There is none for checks that send or expect a text:
  /// they are intended.
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

  /// The hints for several services with their names: at most ten, then the number of the others.
  public static List<String> of(List<ServiceDefinition> services) {
    List<String> all =
        services.stream()
            .flatMap(
                service ->
                    of(service).map(offer -> "service " + service.name() + ": " + offer).stream())
            .toList();
    int more = all.size() - MOST_LINES;
    return more <= 0
        ? all
        : Stream.concat(
                all.stream().limit(MOST_LINES),
                Stream.of(
                    "%d more services only open a connection to the port of a server"
                        .formatted(more)))
            .collect(Collectors.toUnmodifiableList());
  }
}
