package dev.rollcall.lab.ha;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Redis or Sentinel on a machine, set up as `deploy/redis` says.
final class Redis {
  /// As in the examples.
  private static final String PASSWORD = "change-me";

  private static final String DATA = "/var/lib/redis";

  private final Machine machine;
  private final String name;
  private final Path configuration;
  private @Nullable Program program;

  private Redis(Machine machine, String name, String text) {
    this.machine = machine;
    this.name = name;
    this.configuration = machine.file(name + ".conf", text);
  }

  /// @param deploy the folder `deploy/redis`, whose examples have the address of the first
  /// @param first whether it is the primary at first
  static Redis server(Machine machine, Path deploy, boolean first) {
    String local = read(deploy.resolve("local.conf"));
    return new Redis(
        machine,
        "redis",
        read(deploy.resolve("redis.conf"))
            + (first ? local : local.replace("#replicaof", "replicaof")));
  }

  static Redis sentinel(Machine machine, Path deploy) {
    return new Redis(
        machine,
        "sentinel",
        read(deploy.resolve("sentinel-local.conf")) + read(deploy.resolve("sentinel.conf")));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// With a folder of its own in place of that of Debian's package.
  void start() {
    Path data = machine.folder().resolve(name + "-data");
    machine.run("mkdir", "-p", data.toString());
    String run = "mount --bind $0 " + DATA + " && exec redis-$1 $2";
    String kind = name.equals("redis") ? "server" : name;
    program =
        machine.start(
            name, List.of("sh", "-c", run, "" + data, kind, "" + configuration), Map.of());
  }

  Program program() {
    Program running = program;
    if (running == null) {
      throw new IllegalStateException(name + " of " + machine + " has not been started");
    }
    return running;
  }

  Machine machine() {
    return machine;
  }

  /// Whether it takes writes: it is the primary, and its replica follows.
  boolean takesWrites() {
    try {
      String info = cli("INFO", "replication");
      return info.contains("role:master") && info.contains("min_slaves_good_slaves:1");
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /// Whether it is the primary.
  boolean isPrimary() {
    try {
      return cli("INFO", "replication").contains("role:master");
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private String cli(String... command) {
    List<String> all =
        new ArrayList<>(
            List.of("redis-cli", "-h", machine.address(), "--no-auth-warning", "-a", PASSWORD));
    all.addAll(List.of(command));
    return machine.run(all.toArray(String[]::new));
  }
}
