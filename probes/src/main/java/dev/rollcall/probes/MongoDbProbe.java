package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Logs in to a MongoDB server if the URL has a user (SCRAM-SHA-256, or SCRAM-SHA-1 if the server
/// has no other), and sends `ping`: `mongodb://user:password@host/?authSource=admin`. Needs
/// `org.mongodb:bson`.
///
/// The parameters `authSource`, `authMechanism`, `tls` and `ssl` have an effect. It contacts only
/// the named server. With several hosts it tries one after the other until one answers.
///
/// It does not use MongoDB's own driver, which starts threads and connections to watch every member
/// of the set. It sends `OP_MSG` on one connection
/// ([protocol](https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/)), with BSON by
/// MongoDB's library.
///
/// @param name name of the probe
/// @param server port 27017 if the URL has none
/// @param dialer shared with other probes
public record MongoDbProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final int PORT = 27017;

  /// Parameters that have an effect, and parameters that URLs of applications often have, which are
  /// ignored.
  private static final Set<String> KNOWN =
      Set.of(
          "authSource",
          "authMechanism",
          "tls",
          "ssl",
          "appName",
          "appname",
          "compressors",
          "connectTimeoutMS",
          "directConnection",
          "heartbeatFrequencyMS",
          "journal",
          "loadBalanced",
          "localThresholdMS",
          "maxConnecting",
          "maxIdleTimeMS",
          "maxPoolSize",
          "maxStalenessSeconds",
          "minPoolSize",
          "readConcernLevel",
          "readPreference",
          "readPreferenceTags",
          "replicaSet",
          "retryReads",
          "retryWrites",
          "serverSelectionTimeoutMS",
          "socketTimeoutMS",
          "timeoutMS",
          "uuidRepresentation",
          "w",
          "waitQueueTimeoutMS",
          "wtimeoutMS",
          "zlibCompressionLevel");

  /// Validates the URL.
  ///
  /// @throws IllegalStateException if the library is missing
  public MongoDbProbe {
    Driver.MONGODB.need(MongoDbProbe.class);
    server.understands(KNOWN, Set.of());
    if (server.scheme().equals("mongodb+srv")) {
      throw new IllegalArgumentException(
          "mongodb+srv is not asked: name the hosts, as in mongodb://host1,host2");
    }
    server.checkParameter("authMechanism", List.of("SCRAM-SHA-256", "SCRAM-SHA-1"));
    server.checkParameter("tls", List.of("true", "false"));
    server.checkParameter("ssl", List.of("true", "false"));
    hosts(server);
  }

  /// A probe of the server at `url`.
  public static MongoDbProbe of(String name, String url) {
    return new MongoDbProbe(name, ServerUrl.of(url), Dialer.system());
  }

  private static List<Authority> hosts(ServerUrl server) {
    return Arrays.stream(String.valueOf(server.uri().getRawAuthority()).split(",", -1))
        .map(host -> Authority.parse(host, PORT))
        .toList();
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    List<Authority> hosts = hosts(server);
    Attempt whole = attempt.limitedTo(server.limit());
    for (int i = 0; i < hosts.size() - 1; i++) {
      try {
        // A share, so that one that says nothing leaves time for the others.
        check(whole.limitedTo(whole.remaining().dividedBy(hosts.size() - i)), hosts.get(i));
        return;
      } catch (ProbeFailure e) {
        // The next may be well.
      }
    }
    check(whole, hosts.getLast());
  }

  private void check(Attempt attempt, Authority host) throws ProbeFailure, InterruptedException {
    Session.hold(
        attempt,
        server,
        dialer,
        session -> {
          boolean secure =
              server
                  .parameter("tls")
                  .or(() -> server.parameter("ssl"))
                  .map(Boolean::parseBoolean)
                  .orElse(false);
          MongoDbLine line =
              new MongoDbLine(
                  session.open(host, secure ? Optional.of(server.tls()) : Optional.empty()));
          if (server.login().isPresent()) {
            line.login(server, server.login().get());
          }
          session.query();
          line.ping();
        });
  }
}
