package dev.rollcall.lab.ha;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// All machines: two balancers, two processes of Rollcall, PostgreSQL with a standby, Redis with a
/// replica and three Sentinels, and one machine for everything around them.
final class Site implements AutoCloseable {
  static final String VIRTUAL = Network.address(10);
  static final String TOKEN = "lab-token-0123456789abcdef";

  private static final int STEADY = 10;
  private static final String SECRET_KEY = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
  private static final Pattern JSON_TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

  private final Network network = new Network("rollcall-ha");
  final List<Balancer> balancers = new ArrayList<>();
  final List<Rollcall> processes = new ArrayList<>();
  final List<Redis> redis = new ArrayList<>();
  final List<Redis> sentinels = new ArrayList<>();
  final List<Machine> caches = new ArrayList<>();
  final Machine outside;
  private Postgres primary;
  private Postgres standby;
  private final World world;

  /// Starts everything, and waits until it works.
  ///
  /// @param root of the repository, built
  /// @param flips how many services can be taken down
  /// @param more variables of Rollcall's processes
  Site(Path root, int flips, Map<String, String> more) {
    Path deploy = root.resolve("deploy");
    outside = network.machine("outside", 90);
    world = new World(outside);
    try {
      primary = new Postgres(network.machine("db1", 31), deploy.resolve("postgresql"));
      standby = new Postgres(network.machine("db2", 32), deploy.resolve("postgresql"));
      primary.initialize();
      standby.follow(primary);
      startCaches(deploy);
      SystemdUnit unit = SystemdUnit.read(deploy.resolve("systemd/rollcall.service"));
      for (int i = 1; i <= 2; i++) {
        Machine machine = network.machine("app" + i, 20 + i);
        Rollcall process =
            new Rollcall(
                machine,
                unit,
                root.resolve("server/target/rollcall"),
                yaml(flips),
                environment(deploy, more));
        processes.add(process);
        process.start();
      }
      startBalancers(deploy);
      Until.holds("all are ready", () -> hasEnded() || isReady(), this::logs);
      if (hasEnded()) {
        throw new IllegalStateException("a process has ended: " + logs());
      }
      primary.together();
    } catch (RuntimeException | Error e) {
      Network.closeAfter(e, this);
      throw e;
    }
  }

  private void startCaches(Path deploy) {
    Path files = deploy.resolve("redis");
    for (int i = 1; i <= 2; i++) {
      Machine machine = network.machine("cache" + i, 40 + i);
      caches.add(machine);
      Redis server = Redis.server(machine, files, i == 1);
      server.start();
      redis.add(server);
      Redis sentinel = Redis.sentinel(machine, files);
      sentinel.start();
      sentinels.add(sentinel);
    }
  }

  private void startBalancers(Path deploy) {
    for (int i = 1; i <= 2; i++) {
      Machine machine = network.machine("lb" + i, 10 + i);
      Balancer balancer = new Balancer(machine, deploy, i == 1);
      balancer.start();
      balancers.add(balancer);
      if (i == 2) {
        Redis third = Redis.sentinel(machine, deploy.resolve("redis"));
        third.start();
        sentinels.add(third);
      }
    }
  }

  /// What stands in `rollcall.env`: the example, with secrets.
  private static Map<String, String> environment(Path deploy, Map<String, String> more) {
    Map<String, String> file = Variables.read(deploy.resolve("systemd/rollcall.env"));
    file.put("ROLLCALL_SECRET_KEY", SECRET_KEY);
    file.put("ROLLCALL_TOKEN", TOKEN);
    file.put("ROLLCALL_DRAIN", "2s");
    file.putAll(more);
    return file;
  }

  private String yaml(int flips) {
    StringBuilder yaml =
        new StringBuilder(
            """
            accounts:
              services: 1000000
              services-of-all: 1000000
              reach: {allow: 10.0.0.0/24}
            incidents: {together: 100ms, flapping: 1000}
            channels:
              - {name: hook, type: webhook, url: "http://%1$s:9000/hook"}
            services:
              - {name: patient, url: "http://%1$s:9000/s/patient", interval: 1s, timeout: 60s}
            """
                .formatted(outside.address()));
    for (int i = 0; i < STEADY; i++) {
      yaml.append(service("s-" + i, "s"));
    }
    for (int i = 0; i < flips; i++) {
      yaml.append(service("flip-" + i, "flip"));
    }
    return yaml.toString();
  }

  private String service(String name, String kind) {
    return "  - {name: %s, url: \"http://%s:9000/%s/%s\", interval: 1s, timeout: 1s}%n"
        .formatted(name, outside.address(), kind, name);
  }

  /// Both processes are ready, one balancer has the address, the standby follows, and Redis takes
  /// writes.
  boolean isReady() {
    return processes.stream().allMatch(Rollcall::isReady)
        && balancers.stream().anyMatch(one -> one.holds(VIRTUAL))
        && redis.stream().anyMatch(Redis::takesWrites);
  }

  private boolean hasEnded() {
    return processes.stream().anyMatch(one -> !one.program().isAlive());
  }

  /// Registers an account, and starts clients with it.
  Load load(int callers) {
    try {
      String token = token();
      String urls = outside.address() + ":" + World.PORT;
      return new Load(outside, VIRTUAL, token, TOKEN, urls, callers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// An API token of a new account.
  private String token() throws IOException {
    Http http = new Http(outside, VIRTUAL, 80, Duration.ofMinutes(1));
    String person = "{\"Email\":\"lab@example.org\",\"Password\":\"a long password\"}";
    http.send("POST", "/register", person);
    String login = http.send("POST", "/login", person).body().replace("\"", "").strip();
    Http.Answer token =
        http.send(
            "POST",
            "/v1/tokens",
            "{\"name\":\"lab\",\"scopes\":[\"read\",\"write\"]}",
            "Authorization: Bearer " + login);
    Matcher found = JSON_TOKEN.matcher(token.body());
    if (!found.find()) {
      throw new IllegalStateException("no token: " + token);
    }
    return found.group(1);
  }

  World world() {
    return world;
  }

  Postgres primary() {
    return primary;
  }

  Postgres standby() {
    return standby;
  }

  /// The standby is the primary from now on.
  void swapDatabases() {
    Postgres before = primary;
    primary = standby;
    standby = before;
  }

  /// Puts balancers right that are gone.
  void powerBalancers() {
    for (Balancer balancer : balancers) {
      if (!balancer.program().isAlive()) {
        balancer.machine().kill();
        balancer.machine().plug();
        balancer.start();
        if (balancer == balancers.getLast()) {
          sentinels.getLast().start();
        }
      }
    }
  }

  /// The Redis that takes writes.
  Redis firstRedis() {
    return redis.stream().filter(Redis::takesWrites).findFirst().orElse(redis.getFirst());
  }

  /// Whether one is the primary, even if it takes no writes.
  boolean hasRedis() {
    return redis.stream().anyMatch(one -> one.program().isAlive() && one.isPrimary());
  }

  /// Whether all that waited in Redis is in PostgreSQL, and both processes reach it.
  boolean isApplied() {
    return processes.stream().allMatch(one -> one.isReady() && one.isApplied());
  }

  /// Starts each Redis that does not run.
  void startRedis() {
    redis.stream().filter(one -> !one.program().isAlive()).forEach(Redis::start);
  }

  /// Lets all machines hear each other again.
  void listen() {
    network.machines().forEach(Machine::listen);
  }

  /// The balancer that has the virtual address.
  Balancer active() {
    return balancers.stream()
        .filter(one -> one.holds(VIRTUAL))
        .findFirst()
        .orElse(balancers.getFirst());
  }

  /// What the programs have said.
  String logs() {
    return network.logs();
  }

  @Override
  public void close() {
    world.close();
    network.close();
  }
}
