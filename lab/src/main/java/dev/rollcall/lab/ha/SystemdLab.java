package dev.rollcall.lab.ha;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/// Machines with systemd, which run the units of `deploy/systemd` and those of Debian's packages
/// with the files of `deploy/` as they are: a balancer, Rollcall, Redis with Sentinel, a measuring
/// node; and PostgreSQL, without a standby.
public final class SystemdLab implements AutoCloseable {
  /// The unit of Rollcall.
  public static final String ROLLCALL = "rollcall.service";

  /// The unit of a node.
  public static final String NODE = "rollcall-node.service";

  /// A unit of Debian.
  public static final String HAPROXY = "haproxy.service";

  /// Another one, at the same machine.
  public static final String KEEPALIVED = "keepalived.service";

  /// Another one.
  public static final String REDIS = "redis-server.service";

  /// Another one, at the same machine as that of Redis.
  public static final String SENTINEL = "redis-sentinel.service";

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String TOKEN = "lab-token-0123456789abcdef";
  private static final String SECRET_KEY = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
  private static final String PINGS = "net.ipv4.ping_group_range=0 2147483647";

  private final Network network = new Network("rollcall-systemd");
  private final Map<String, Systemd> machines = new LinkedHashMap<>();
  private final Machine app;

  /// Starts everything, and waits until Rollcall is ready.
  ///
  /// @param root of the repository, built
  /// @throws IllegalStateException with what is missing on this machine
  public SystemdLab(Path root) {
    try {
      Path deploy = root.resolve("deploy");
      app = network.machine("app1", 21);
      startRedis(deploy.resolve("redis"));
      startBalancer(deploy);
      new Postgres(network.machine("db1", 31), deploy.resolve("postgresql")).initialize();
      startRollcall(root);
      startNode(root);
      Until.holds("Rollcall is ready", this::isReady, this::logs);
    } catch (RuntimeException | Error e) {
      Network.closeAfter(e, this);
      throw e;
    }
  }

  private void startRedis(Path files) {
    Map<String, String> settings =
        Map.of(
            "redis.conf",
            read(files.resolve("redis.conf")) + read(files.resolve("local.conf")),
            "sentinel.conf",
            read(files.resolve("sentinel-local.conf")) + read(files.resolve("sentinel.conf")));
    Systemd machine =
        new Systemd(network.machine("cache1", 41))
            .withUsers()
            .withFolder("/etc/redis", "redis", settings)
            .withFolder("/var/lib/redis", "redis", Map.of())
            .start(REDIS)
            .and(SENTINEL);
    machines.put(REDIS, machine);
    machines.put(SENTINEL, machine);
  }

  private void startBalancer(Path deploy) {
    Systemd machine =
        new Systemd(network.machine("lb1", 11))
            .withUsers()
            .with("/etc/haproxy/haproxy.cfg", deploy.resolve("haproxy/haproxy.cfg"))
            .with("/etc/default/haproxy", deploy.resolve("haproxy/default"))
            .with("/etc/keepalived", deploy.resolve("keepalived"))
            .start(HAPROXY)
            .and(KEEPALIVED);
    machines.put(HAPROXY, machine);
    machines.put(KEEPALIVED, machine);
  }

  private void startRollcall(Path root) {
    app.run("sysctl", "-qw", PINGS);
    Path units = root.resolve("deploy/systemd");
    machines.put(
        ROLLCALL,
        new Systemd(app)
            .with("/etc/systemd/system/" + ROLLCALL, units.resolve(ROLLCALL))
            .with("/opt/rollcall", root.resolve("server/target/rollcall"))
            .withFolder("/etc/rollcall", "root", settings(units))
            .with("/etc/alternatives", java())
            .start(ROLLCALL));
  }

  private void startNode(Path root) {
    Map<String, String> settings =
        Map.of(
            "token",
            TOKEN,
            "config.yaml",
            """
            node: fra1
            allow: [10.0.0.0/8]
            targets: [10.0.0.31]
            every: 1s
            input_url: http://10.0.0.21:8080/next
            output_file: http://10.0.0.21:8080/results
            """);
    machines.put(
        NODE,
        new Systemd(network.machine("node1", 61))
            .with("/etc/systemd/system/" + NODE, root.resolve("deploy/systemd/" + NODE))
            .with("/opt/rollcall/rollcall", root.resolve("rollcall"))
            .with("/opt/rollcall/.mvn", root.resolve(".mvn"))
            .with("/opt/rollcall/server/target/rollcall", root.resolve("server/target/rollcall"))
            .withFolder("/etc/rollcall", "root", settings)
            .start(NODE));
  }

  /// What stands in `/etc/rollcall`: the example with secrets, and what is checked.
  private static Map<String, String> settings(Path units) {
    Map<String, String> variables = Variables.read(units.resolve("rollcall.env"));
    variables.put("ROLLCALL_SECRET_KEY", SECRET_KEY);
    variables.put("ROLLCALL_TOKEN", TOKEN);
    StringJoiner file = new StringJoiner("\n");
    variables.forEach((name, value) -> file.add(name + "=" + value));
    return Map.of(
        "rollcall.env",
        file.toString(),
        "rollcall.yaml",
        """
        services:
          - {name: web, url: "http://10.0.0.21:8080/", interval: 1s}
          - {name: pinged, url: "ping://10.0.0.31?count=1", interval: 1s}
        """);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// `/etc/alternatives` with this Java, as `/usr/bin/java` leads there.
  private Path java() {
    Path folder = app.folder().resolve("alternatives");
    try {
      Files.createDirectory(folder);
      Files.createSymbolicLink(
          folder.resolve("java"), Path.of(System.getProperty("java.home"), "bin", "java"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  /// Whether Rollcall says so.
  public boolean isReady() {
    return get(app.address(), 8091, "/ready").startsWith("200 ");
  }

  /// Asks Rollcall.
  ///
  /// @return the status, a space and the body of the answer; without an answer, why
  public String get(String path) {
    return get(app.address(), 8080, path);
  }

  /// The metrics of Rollcall.
  public String metrics() {
    return get(app.address(), 8091, "/metrics");
  }

  /// Asks Rollcall through the address of the balancers.
  ///
  /// @return the status, a space and the body of the answer; without an answer, why
  public String getThroughBalancer(String path) {
    return get(Network.address(10), 80, path);
  }

  private String get(String host, int port, String path) {
    return new Http(app, host, port, PATIENCE).said(path, "Authorization: Bearer " + TOKEN);
  }

  /// A property of a unit, as `systemctl show` says it.
  public String property(String unit, String name) {
    return machine(unit).property(unit, name);
  }

  /// Runs a command on the machine of a unit.
  public String run(String unit, String... command) {
    return machine(unit).run(command);
  }

  private Systemd machine(String unit) {
    Systemd machine = machines.get(unit);
    if (machine == null) {
      throw new IllegalArgumentException("no machine has " + unit);
    }
    return machine;
  }

  /// What all programs and units have said.
  public String logs() {
    StringBuilder all = new StringBuilder(network.logs());
    machines.forEach(
        (unit, machine) ->
            all.append("\n--- journal with ").append(unit).append('\n').append(machine.journal()));
    return all.toString();
  }

  @Override
  public void close() {
    network.close();
  }
}
