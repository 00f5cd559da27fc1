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
  static final String PASSWORD = "lab-redis";

  private final Machine machine;
  private final String name;
  private final Path configuration;
  private @Nullable Program program;

  private Redis(Machine machine, String name, String text) {
    this.machine = machine;
    this.name = name;
    this.configuration = machine.file(name + ".conf", text);
  }

  /// @param deploy the folder `deploy/redis`
  /// @param primary the address that it follows, or its own
  static Redis server(Machine machine, Path deploy, String primary) {
    String local = "requirepass " + PASSWORD + "\nmasterauth " + PASSWORD + "\n";
    if (!primary.equals(machine.address())) {
      local += "replicaof " + primary + " 6379\n";
    }
    return new Redis(machine, "redis", read(deploy.resolve("redis.conf")) + local);
  }

  static Redis sentinel(Machine machine, Path deploy, String primary) {
    String local =
        "port 26379\nsentinel monitor rollcall %s 6379 2\nsentinel auth-pass rollcall %s\n"
            .formatted(primary, PASSWORD);
    return new Redis(machine, "sentinel", local + read(deploy.resolve("sentinel.conf")));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void start() {
    String command = name.equals("redis") ? "redis-server" : "redis-sentinel";
    program = machine.start(name, List.of(command, configuration.toString()), Map.of());
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

  private String cli(String... command) {
    List<String> all =
        new ArrayList<>(
            List.of("redis-cli", "-h", machine.address(), "--no-auth-warning", "-a", PASSWORD));
    all.addAll(List.of(command));
    return machine.run(all.toArray(String[]::new));
  }
}
