package dev.rollcall.lab.ha;

import dev.rollcall.lab.LabCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A machine with PostgreSQL under Patroni, or with etcd alone, set up as `deploy/patroni` says.
/// The folders of Debian's packages are its own: they are mounted over those of this machine, where
/// its programs alone see it. They are in memory: three etcd on one disk may be slow enough to lose
/// each other.
final class Patroni {
  /// Whose lines the files have.
  private static final String FIRST = "10.0.0.31";

  private static final String DATA = "/var/lib/postgresql";
  private static final String SOCKETS = "/run/postgresql";
  private static final String ETCD = "/var/lib/etcd";
  private static final String DISK = "512m";
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Machine machine;
  private final Path configuration;
  private final Map<String, String> variables;
  private final Map<String, String> etcd;
  private final String mounts;
  private @Nullable Program program;

  /// @param deploy the folder `deploy/patroni`
  Patroni(Machine machine, Path deploy) {
    this.machine = machine;
    this.configuration = machine.copy(deploy.resolve("patroni.yml"));
    this.etcd = Variables.of(machine, Variables.read(deploy.resolve("etcd")), FIRST, "ADVERTISE");
    this.variables =
        Variables.of(
            machine, Variables.read(deploy.resolve("patroni_env.conf")), FIRST, "CONNECT_ADDRESS");
    this.mounts =
        mount(SOCKETS, "sockets", "postgres")
            + mount(DATA, "data", "postgres")
            + mount(ETCD, "etcd", "etcd");
    machine.run("chmod", "711", machine.folder().toString());
  }

  /// The command that puts a folder of this machine over one of the system.
  private String mount(String over, String name, String owner) {
    Path own = machine.folder().resolve(name);
    machine.disk(name, DISK);
    machine.run("chown", owner + ":" + owner, own.toString());
    machine.run("chmod", "755", own.toString());
    return "mount --bind " + own + " " + over + " && ";
  }

  Machine machine() {
    return machine;
  }

  void startEtcd() {
    machine.start("etcd", as("etcd", List.of("/usr/bin/etcd")), etcd);
  }

  /// As Debian's unit does.
  void start() {
    Map<String, String> all = new LinkedHashMap<>(variables);
    all.put("HOME", DATA);
    program =
        machine.start(
            "patroni", as("postgres", List.of("/usr/bin/patroni", "" + configuration)), all);
  }

  private List<String> as(String user, List<String> command) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                mounts + "exec setpriv --reuid=$0 --regid=$0 --init-groups \"$@\"",
                user));
    line.addAll(command);
    return line;
  }

  Program program() {
    Program running = program;
    if (running == null) {
      throw new IllegalStateException(machine + " has not been started");
    }
    return running;
  }

  /// Whether it says that it is the primary.
  boolean isPrimary() {
    return says("/primary");
  }

  /// Whether it says that commits wait for it.
  boolean isSynchronous() {
    return says("/synchronous");
  }

  private boolean says(String path) {
    try {
      return new Http(machine, machine.address(), 8008, PATIENCE).get(path).status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /// The rows of a query of the user `postgres` at the machine, one a line.
  String query(String database, String sql) {
    return psql("-d", database, "-qAtXc", sql).strip();
  }

  /// `psql` as the user `postgres` at the machine.
  String psql(String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=postgres",
                "--regid=postgres",
                "--init-groups",
                "psql",
                "-h",
                machine.folder().resolve("sockets").toString(),
                "-v",
                "ON_ERROR_STOP=1"));
    line.addAll(List.of(arguments));
    return LabCommand.run(line);
  }
}
