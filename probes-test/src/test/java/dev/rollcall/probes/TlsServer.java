package dev.rollcall.probes;

import dev.rollcall.probe.Probe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Real servers that speak TLS, each with a certificate for 127.0.0.1 of an authority that only
/// these tests know. They run until the JVM ends.
enum TlsServer {
  POSTGRESQL {
    @Override
    String begin(ServerRun run, int port, Shown files) {
      RealServer.postgresql(
          run,
          port,
          "-c",
          "ssl=on",
          "-c",
          "ssl_cert_file=" + files.certificate(),
          "-c",
          "ssl_key_file=" + files.key());
      return "postgres://app:%s@127.0.0.1:" + port + "/postgres?sslmode=verify-full";
    }

    @Override
    String trusting(String url, Path authority) {
      return url + "&sslrootcert=" + authority;
    }
  },
  MYSQL {
    @Override
    String begin(ServerRun run, int port, Shown files) {
      RealServer.mysqld(run, port, files.mysql());
      return "mysql://app:%s@127.0.0.1:" + port + "/mysql?sslMode=verify-full";
    }

    @Override
    String trusting(String url, Path authority) {
      return url + "&serverSslCert=" + authority;
    }
  },
  MARIADB {
    @Override
    String begin(ServerRun run, int port, Shown files) {
      RealServer.mariadbd(run, port, files.mysql());
      return "mariadb://app:%s@127.0.0.1:" + port + "/mysql?sslMode=verify-full";
    }

    @Override
    String trusting(String url, Path authority) {
      return url + "&serverSslCert=" + authority;
    }
  },
  REDIS {
    @Override
    String begin(ServerRun run, int port, Shown files) {
      run.start(
          List.of(
              "redis-server",
              "--port",
              "0",
              "--tls-port",
              "" + port,
              "--tls-cert-file",
              "" + files.certificate(),
              "--tls-key-file",
              "" + files.key(),
              "--tls-ca-cert-file",
              "" + files.authority(),
              "--tls-auth-clients",
              "no",
              "--bind",
              "127.0.0.1",
              "--save",
              "",
              "--requirepass",
              RealServer.PASSWORD,
              "--dir",
              "" + run.folder()),
          Map.of());
      return "rediss://:%s@127.0.0.1:" + port + "/1";
    }
  },
  NATS {
    @Override
    String begin(ServerRun run, int port, Shown files) {
      run.start(
          List.of(
              "nats-server",
              "-a",
              "127.0.0.1",
              "-p",
              "" + port,
              "--user",
              "app",
              "--pass",
              RealServer.PASSWORD,
              "--tls",
              "--tlscert",
              "" + files.certificate(),
              "--tlskey",
              "" + files.key()),
          Map.of());
      return "nats+tls://app:%s@127.0.0.1:" + port;
    }
  },
  RABBITMQ {
    @Override
    String begin(ServerRun run, int port, Shown files) {
      RealServer.rabbitmq(
          run,
          port,
          """
          listeners.tcp = none
          listeners.ssl.1 = 127.0.0.1:%d
          ssl_options.cacertfile = %s
          ssl_options.certfile = %s
          ssl_options.keyfile = %s
          ssl_options.verify = verify_none
          """
              .formatted(port, files.authority(), files.certificate(), files.key()));
      return "amqps://app:%s@127.0.0.1:" + port;
    }
  },
  KAFKA {
    @Override
    String begin(ServerRun run, int port, Shown files) throws Exception {
      Path both =
          run.write(
              "both.pem", Files.readString(files.key()) + Files.readString(files.certificate()));
      RealServer.kafka(
          run,
          port,
          "SASL_SSL",
          """
          ssl.keystore.type=PEM
          ssl.keystore.location=%s
          ssl.truststore.type=PEM
          ssl.truststore.location=%s
          """
              .formatted(both, files.authority()));
      return "kafka+tls://app:%s@127.0.0.1:" + port;
    }
  };

  private static final Map<TlsServer, RealServer.Started> STARTED = new EnumMap<>(TlsServer.class);

  /// What a server shows, in PEM.
  record Shown(Path authority, Path certificate, Path key) {
    String[] mysql() {
      return new String[] {
        "--ssl-ca=" + authority, "--ssl-cert=" + certificate, "--ssl-key=" + key
      };
    }
  }

  /// Starts the server, and says how it is reached; `%s` stands for the password.
  abstract String begin(ServerRun run, int port, Shown files) throws Exception;

  /// `url`, with the authority where the driver speaks TLS and not we.
  String trusting(String url, Path authority) {
    return url;
  }

  /// A probe of it that believes its authority, asking `host`.
  Probe probe(String password, String host) throws Exception {
    RealServer.Started started = started();
    return probe(started, password, host, started.run().folder().resolve("ca.pem"));
  }

  /// A probe of it that believes `authority` alone.
  Probe believing(Path authority) throws Exception {
    return probe(started(), RealServer.PASSWORD, "127.0.0.1", authority);
  }

  /// Its URL, which says nothing of its authority.
  String url() throws Exception {
    return started().url(RealServer.PASSWORD);
  }

  private RealServer.Started started() throws Exception {
    synchronized (STARTED) {
      RealServer.Started there = STARTED.get(this);
      if (there == null) {
        there = start();
        STARTED.put(this, there);
      }
      return there;
    }
  }

  private RealServer.Started start() throws Exception {
    ServerRun run = new ServerRun("tls-" + name().toLowerCase(Locale.ROOT));
    Runtime.getRuntime().addShutdownHook(new Thread(run::close));
    Certificates certificates = new Certificates(run.folder());
    certificates.signed("server", -1, 30, "ip:127.0.0.1");
    Shown files =
        new Shown(certificates.pem("ca"), certificates.pem("server"), certificates.key("server"));
    run.run(List.of("chmod", "600", "" + files.key()));
    RealServer.Started started =
        new RealServer.Started(run, begin(run, ServerRun.freePort(), files));
    RealServer.waitFor(probe(started, RealServer.PASSWORD, "127.0.0.1", files.authority()), run);
    return started;
  }

  private Probe probe(RealServer.Started started, String password, String host, Path authority) {
    String url = trusting(started.url(password), authority).replace("127.0.0.1", host);
    return new Probes(Dialer.system(), Probes.asker())
        .of(
            "it",
            ServerUrl.of(url)
                .tls(TlsOptions.DEFAULT.trusting(authority))
                .limit(Duration.ofSeconds(60)));
  }
}
