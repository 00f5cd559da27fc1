package dev.rollcall.lab.ha;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Two machines with PostgreSQL under Patroni, as `deploy/patroni` sets them up, a third one with
/// etcd alone, and a process of Rollcall: the primary is lost, and nobody does anything.
public final class PatroniLab implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final int CALLS = 20;

  private final Network network = new Network("rollcall-patroni");
  private final Patroni first;
  private final Patroni second;
  private final Rollcall process;
  private final Http http;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  /// What came of it.
  ///
  /// @param acknowledged how many calls of jobs were answered with 200
  /// @param lost the names of those that are not in the new primary
  /// @param promoted from the loss of the primary until the other one was the primary
  /// @param written from then until a call was answered with 200
  public record Outcome(int acknowledged, Set<String> lost, Duration promoted, Duration written) {}

  /// Starts everything, and waits until it works.
  ///
  /// @param root of the repository, built
  /// @throws IllegalStateException with what is missing on this machine
  public PatroniLab(Path root) {
    try {
      Path deploy = root.resolve("deploy");
      first = new Patroni(network.machine("db1", 31), deploy.resolve("patroni"));
      second = new Patroni(network.machine("db2", 32), deploy.resolve("patroni"));
      Patroni third = new Patroni(network.machine("lb2", 12), deploy.resolve("patroni"));
      List.of(first, second, third).forEach(Patroni::startEtcd);
      first.start();
      SystemdUnit unit = SystemdUnit.read(deploy.resolve("systemd/rollcall.service"));
      Map<String, String> variables = Variables.read(deploy.resolve("systemd/rollcall.env"));
      variables.remove("ROLLCALL_REDIS");
      variables.values().removeIf(String::isEmpty);
      Machine app = network.machine("app1", 21);
      process =
          new Rollcall(
              app, unit, root.resolve("server/target/rollcall"), "services: []\n", variables);
      http = new Http(app, app.address(), 8080, PATIENCE);
      Until.holds("the first is the primary", first::isPrimary, network::logs);
      String roles = first.machine().copy(deploy.resolve("postgresql/roles.sql")).toString();
      first.psql("-d", "postgres", "-v", "password=change-me", "-qf", roles);
      second.start();
      process.start();
      Until.holds("commits wait for the second", second::isSynchronous, network::logs);
      Until.holds("Rollcall is ready", process::isReady, network::logs);
    } catch (RuntimeException | Error e) {
      Network.closeAfter(e, this);
      throw e;
    }
  }

  /// Cuts the power of the primary while a job calls.
  public Outcome losePrimary() {
    Thread job = new Thread(this::callAgainAndAgain, "job");
    job.start();
    Until.holds("calls are answered", () -> acknowledged.size() >= CALLS, network::logs);
    first.machine().cutPower();
    long lost = System.nanoTime();
    Until.holds("it is replaced", second::isPrimary, network::logs);
    long promoted = System.nanoTime();
    int before = acknowledged.size();
    Until.holds("calls are answered", () -> acknowledged.size() > before, network::logs);
    long written = System.nanoTime();
    stopped = true;
    try {
      job.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    Set<String> missing = new HashSet<>(acknowledged);
    String stored = second.query("rollcall", "SELECT name FROM heartbeat");
    missing.removeAll(Set.of(stored.split("\n", -1)));
    return new Outcome(
        acknowledged.size(),
        missing,
        Duration.ofNanos(promoted - lost),
        Duration.ofNanos(written - promoted));
  }

  /// Gives the old primary its power back.
  ///
  /// @throws IllegalStateException if it does not follow the new one within three minutes
  public void returnPrimary() {
    first.machine().plug();
    first.startEtcd();
    first.start();
    Until.holds("commits wait for the old primary", first::isSynchronous, network::logs);
  }

  /// Each call is another job.
  private void callAgainAndAgain() {
    while (!stopped) {
      String name = "h-" + System.nanoTime();
      try {
        if (http.get("/ping?name=" + name + "&frequency=1D").isGood()) {
          acknowledged.add(name);
        }
      } catch (IOException e) {
        // the next call has another name
      }
      Until.passed(PAUSE);
    }
  }

  @Override
  public void close() {
    stopped = true;
    network.close();
  }
}
