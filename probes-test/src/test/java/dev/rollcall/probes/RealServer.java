package dev.rollcall.probes;

import static org.awaitility.Awaitility.await;

import dev.rollcall.probe.Probe;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The servers that probes are tested against: real ones, each started when a test first wants it
/// and stopped when the JVM ends.
enum RealServer {
  POSTGRESQL_15 {
    @Override
    String begin(ServerRun run, int port) {
      postgresql(run, port);
      return "postgres://app:%s@127.0.0.1:" + port + "/postgres";
    }
  },
  /// It lets everybody in: what it is told is another database's name.
  POSTGRESQL_18 {
    @Override
    String begin(ServerRun run, int port) {
      try {
        EmbeddedPostgres server = EmbeddedPostgres.builder().setPort(port).start();
        server.getPostgresDatabase().getConnection().close();
      } catch (IOException | SQLException e) {
        throw new IllegalStateException(e);
      }
      return "postgresql://postgres:%s@127.0.0.1:" + port + "/postgres";
    }
  },
  MYSQL {
    @Override
    String begin(ServerRun run, int port) {
      mysqld(run, port);
      return "mysql://app:%s@127.0.0.1:" + port + "/mysql";
    }
  },
  MARIADB {
    @Override
    String begin(ServerRun run, int port) {
      mariadbd(run, port);
      return "mariadb://app:%s@127.0.0.1:" + port + "/mysql";
    }
  },
  REDIS {
    @Override
    String begin(ServerRun run, int port) {
      run.start(
          List.of(
              "redis-server",
              "--port",
              "" + port,
              "--bind",
              "127.0.0.1",
              "--save",
              "",
              "--requirepass",
              PASSWORD,
              "--dir",
              "" + run.folder()),
          Map.of());
      return "redis://:%s@127.0.0.1:" + port + "/1";
    }
  },
  ETCD {
    @Override
    String begin(ServerRun run, int port) {
      String client = "http://127.0.0.1:" + port;
      String peer = "http://127.0.0.1:" + ServerRun.freePort();
      run.start(
          List.of(
              "etcd",
              "--name",
              "n1",
              "--data-dir",
              "" + run.folder().resolve("data"),
              "--listen-client-urls",
              client,
              "--advertise-client-urls",
              client,
              "--listen-peer-urls",
              peer,
              "--initial-advertise-peer-urls",
              peer,
              "--initial-cluster",
              "n1=" + peer,
              "--unsafe-no-fsync"),
          Map.of());
      waitFor(EtcdProbe.of("etcd", "etcd://127.0.0.1:" + port), run);
      for (List<String> command :
          List.of(
              List.of("user", "add", "root:" + PASSWORD),
              List.of("user", "grant-role", "root", "root"),
              List.of("auth", "enable"))) {
        run.run(
            joined(List.of("env", "ETCDCTL_API=3", "etcdctl", "--endpoints=" + client), command));
      }
      return "etcd://root:%s@127.0.0.1:" + port;
    }
  },
  /// What it counts is told at the port in the file `monitor`.
  NATS {
    @Override
    String begin(ServerRun run, int port) {
      int monitor = ServerRun.freePort();
      run.write("monitor", "" + monitor);
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
              PASSWORD,
              "--http_port",
              "" + monitor,
              "--jetstream",
              "--store_dir",
              "" + run.folder().resolve("data")),
          Map.of());
      return "nats://app:%s@127.0.0.1:" + port;
    }
  },
  RABBITMQ {
    @Override
    String begin(ServerRun run, int port) {
      rabbitmq(run, port, "listeners.tcp.1 = 127.0.0.1:" + port);
      return "amqp://app:%s@127.0.0.1:" + port;
    }
  },
  KAFKA_PLAIN {
    @Override
    String begin(ServerRun run, int port) {
      kafka(run, port, "SASL_PLAINTEXT", "");
      return "kafka://app:%s@127.0.0.1:" + port;
    }
  },
  /// The same broker, which knows both users.
  KAFKA_SCRAM {
    @Override
    String begin(ServerRun run, int port) {
      return KAFKA_PLAIN.shared().template().replace("app:", "scram:") + "?mechanism=SCRAM-SHA-512";
    }
  },
  /// The same server, which listens on both.
  DOCKER_BY_SOCKET {
    @Override
    String begin(ServerRun run, int port) {
      return "unix://" + DOCKER_BY_TCP.shared().run().folder().resolve(DOCKER_SOCKET);
    }

    @Override
    boolean knowsPasswords() {
      return false;
    }
  },
  DOCKER_BY_TCP {
    @Override
    String begin(ServerRun run, int port) {
      docker(run, port);
      return "docker://127.0.0.1:" + port;
    }

    @Override
    boolean knowsPasswords() {
      return false;
    }
  };

  static final String PASSWORD = "right-p4ssword";
  static final String BEYOND_ASCII = "geheim-ü日本";
  static final String WRONG = "wr0ng s3cret/ü@\"1";
  private static final String DOCKER_SOCKET = "docker.sock";
  private static final String BINARIES = "/usr/lib/postgresql/15/bin/";
  private static final Map<RealServer, Started> STARTED = new EnumMap<>(RealServer.class);

  /// One that runs.
  record Started(ServerRun run, String template) {
    /// Its URL with that password.
    String url(String password) {
      return template.formatted(
          URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20"));
    }
  }

  /// Starts the server, and says how it is reached; `%s` stands for the password.
  abstract String begin(ServerRun run, int port);

  /// Whether a wrong password is refused.
  boolean knowsPasswords() {
    return this != POSTGRESQL_18;
  }

  /// How many checks there are at once: enough to be quick, few enough for the server. etcd takes a
  /// twentieth of a second of a processor for each login.
  int atOnce() {
    return this == ETCD ? 4 : 32;
  }

  /// How many checks show whether one leaves anything behind.
  int manyChecks() {
    return this == ETCD ? Runs.many(6) : Runs.many();
  }

  /// Its URL with that password.
  String url(String password) {
    return shared().url(password);
  }

  /// The one that tests share.
  Started shared() {
    synchronized (STARTED) {
      return STARTED.computeIfAbsent(this, RealServer::started);
    }
  }

  /// Starts another one.
  Started started() {
    ServerRun run = new ServerRun(name().toLowerCase(Locale.ROOT));
    Runtime.getRuntime().addShutdownHook(new Thread(run::close));
    String url = begin(run, ServerRun.freePort());
    waitFor(Probes.forUrl(name(), url.formatted(PASSWORD)), run);
    return new Started(run, url);
  }

  /// Waits until `probe` is content with the server.
  static void waitFor(Probe probe, ServerRun run) {
    await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(100))
        .failFast(
            () -> {
              if (!run.alive()) {
                throw new IllegalStateException("it has ended: " + run.output());
              }
            })
        .untilAsserted(() -> Checked.of(probe).assertUp());
  }

  /// Runs a PostgreSQL 15 that knows the user `app`.
  static void postgresql(ServerRun run, int port, String... more) {
    Path data = run.folder().resolve("data");
    Path password = run.write("password", PASSWORD);
    run.ownedBy("postgres");
    List<String> initdb =
        List.of(
            BINARIES + "initdb",
            "-D",
            "" + data,
            "-A",
            "scram-sha-256",
            "-U",
            "app",
            "-N",
            "--pwfile=" + password);
    run.run(joined(ServerRun.as("postgres"), initdb));
    List<String> postgres =
        List.of(
            BINARIES + "postgres",
            "-D",
            "" + data,
            "-c",
            "port=" + port,
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "fsync=off");
    run.start(joined(ServerRun.as("postgres"), joined(postgres, List.of(more))), Map.of());
  }

  /// Runs a MySQL that knows the user `app`.
  static void mysqld(ServerRun run, int port, String... more) {
    String mysqld = new File("target/mysql/bin/mysqld").getAbsolutePath();
    if (!new File(mysqld).setExecutable(true)) {
      throw new IllegalStateException(mysqld + " is missing: the build unpacks it");
    }
    List<String> common =
        List.of(
            mysqld,
            "--no-defaults",
            "--basedir=" + new File("target/mysql").getAbsolutePath(),
            "--datadir=" + run.folder().resolve("data"),
            "--user=" + me(),
            "--innodb-buffer-pool-size=16M",
            "--performance-schema=OFF",
            "--skip-log-bin",
            "--mysqlx=OFF",
            "--character-set-server=latin1",
            "--innodb-flush-log-at-trx-commit=0");
    run.run(joined(common, List.of("--initialize-insecure")));
    String byNativePassword =
        "CREATE USER 'natïve-日本'@'%%' IDENTIFIED WITH mysql_native_password BY '%s';\n"
            .formatted(BEYOND_ASCII);
    run.start(joined(joined(common, mysql(run, port, byNativePassword)), List.of(more)), Map.of());
  }

  /// Runs a MariaDB that knows the user `app`.
  static void mariadbd(ServerRun run, int port, String... more) {
    String data = "--datadir=" + run.folder().resolve("data");
    run.run(
        List.of(
            "mariadb-install-db",
            "--no-defaults",
            "--user=" + me(),
            data,
            "--skip-test-db",
            "--auth-root-authentication-method=normal"));
    List<String> mariadbd =
        List.of(
            "mariadbd",
            "--no-defaults",
            "--user=" + me(),
            data,
            "--innodb-buffer-pool-size=16M",
            "--performance-schema=OFF");
    run.start(joined(joined(mariadbd, mysql(run, port, "")), List.of(more)), Map.of());
  }

  /// Runs a RabbitMQ that knows the user `app` and listens as `settings` say; `port` is for its
  /// name.
  static void rabbitmq(ServerRun run, int port, String settings) {
    int epmd = ServerRun.freePort();
    run.write(
        "rabbitmq.conf",
        """
        default_user = app
        default_pass = %s
        %s
        """
            .formatted(PASSWORD, settings));
    run.write("plugins", "[].\n");
    run.ownedBy("rabbitmq");
    run.start(
        joined(
            ServerRun.as("rabbitmq"), List.of("epmd", "-address", "127.0.0.1", "-port", "" + epmd)),
        Map.of());
    run.write("epmd", "" + epmd);
    run.start(
        joined(ServerRun.as("rabbitmq"), List.of("/usr/lib/rabbitmq/bin/rabbitmq-server")),
        Map.of(
            "HOME",
            "" + run.folder(),
            "RABBITMQ_MNESIA_BASE",
            "" + run.folder().resolve("data"),
            "RABBITMQ_LOGS",
            "-",
            "RABBITMQ_CONFIG_FILE",
            "" + run.folder().resolve("rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE",
            "" + run.folder().resolve("plugins"),
            "RABBITMQ_NODENAME",
            "test" + port + "@localhost",
            "RABBITMQ_DIST_PORT",
            "" + ServerRun.freePort(),
            "ERL_EPMD_PORT",
            "" + epmd,
            "ERL_EPMD_ADDRESS",
            "127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
            "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1"));
  }

  /// What an expression of Erlang comes to in a RabbitMQ that was run by [#rabbitmq].
  static String inRabbitMq(ServerRun run, int port, String expression) {
    return run.ask(
        joined(
            ServerRun.as("rabbitmq"),
            List.of(
                "/usr/lib/rabbitmq/bin/rabbitmqctl",
                "--quiet",
                "--node",
                "test" + port + "@localhost",
                "eval",
                expression)),
        Map.of("HOME", "" + run.folder(), "ERL_EPMD_PORT", run.read("epmd")));
  }

  /// @param more statements that this server alone knows
  private static List<String> mysql(ServerRun run, int port, String more) {
    Path user =
        run.write(
            "user.sql",
            """
            SET NAMES utf8mb4;
            CREATE USER app@'%%' IDENTIFIED BY '%1$s';
            GRANT SELECT ON mysql.* TO app@'%%';
            CREATE DATABASE läden_日本;
            CREATE USER 'jürgen-日本'@'%%' IDENTIFIED BY '%2$s';
            GRANT SELECT ON läden_日本.* TO 'jürgen-日本'@'%%';
            %3$s\
            """
                .formatted(PASSWORD, BEYOND_ASCII, more));
    return List.of(
        "--port=" + port,
        "--bind-address=127.0.0.1",
        "--socket=" + run.folder().resolve("socket"),
        "--init-file=" + user);
  }

  /// Runs a broker of Kafka that knows the users `app` and, by SCRAM, `scram`.
  ///
  /// @param protocol of Kafka's names for them
  /// @param more of its settings
  static void kafka(ServerRun run, int port, String protocol, String more) {
    int controller = ServerRun.freePort();
    String listener = protocol.toLowerCase(Locale.ROOT);
    Path settings =
        run.write(
            "server.properties",
            """
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:%d
            listeners=%s://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
            inter.broker.listener.name=%s
            controller.listener.names=CONTROLLER
            listener.security.protocol.map=%s:%s,CONTROLLER:PLAINTEXT
            sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
            sasl.mechanism.inter.broker.protocol=PLAIN
            connection.failed.authentication.delay.ms=0
            listener.name.%s.plain.sasl.jaas.config=%s username="app" password="%s" user_app="%s";
            listener.name.%s.scram-sha-256.sasl.jaas.config=%s;
            listener.name.%s.scram-sha-512.sasl.jaas.config=%s;
            offsets.topic.replication.factor=1
            metadata.max.idle.interval.ms=0
            log.dirs=%s
            %s
            """
                .formatted(
                    controller,
                    protocol,
                    port,
                    controller,
                    protocol,
                    protocol,
                    protocol,
                    listener,
                    "org.apache.kafka.common.security.plain.PlainLoginModule required",
                    PASSWORD,
                    PASSWORD,
                    listener,
                    "org.apache.kafka.common.security.scram.ScramLoginModule required",
                    listener,
                    "org.apache.kafka.common.security.scram.ScramLoginModule required",
                    run.folder().resolve("data"),
                    more));
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> java =
        List.of(
            System.getProperty("java.home") + "/bin/java",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            path);
    run.run(
        joined(
            java,
            List.of(
                "kafka.tools.StorageTool",
                "format",
                "-t",
                "MkU3OEVBNTcwNTJENDM2Qk",
                "-c",
                "" + settings,
                "--add-scram",
                "SCRAM-SHA-512=[name=scram,password=" + PASSWORD + "]")));
    run.start(joined(java, List.of("kafka.Kafka", "" + settings)), Map.of());
  }

  private static void docker(ServerRun run, int port) {
    run.start(
        List.of(
            "dockerd",
            "--data-root",
            "" + run.folder().resolve("data"),
            "--exec-root",
            "" + run.folder().resolve("exec"),
            "--pidfile",
            "" + run.folder().resolve("pid"),
            "-H",
            "unix://" + run.folder().resolve(DOCKER_SOCKET),
            "-H",
            "tcp://127.0.0.1:" + port,
            "--tls=false",
            "--iptables=false",
            "--ip6tables=false",
            "--ip-forward=false",
            "--ip-masq=false",
            "--bridge=none"),
        Map.of());
  }

  private static String me() {
    return System.getProperty("user.name", "mysql");
  }

  static List<String> joined(List<String> first, List<String> second) {
    List<String> joined = new ArrayList<>(first);
    joined.addAll(second);
    return joined;
  }
}
