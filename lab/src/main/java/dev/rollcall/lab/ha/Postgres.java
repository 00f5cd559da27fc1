package dev.rollcall.lab.ha;

import dev.rollcall.lab.LabCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A machine with PostgreSQL, set up as `deploy/postgresql` says.
final class Postgres {
  /// As in the example of `rollcall.env`.
  private static final String PASSWORD = "change-me";

  private static final String REPLICATION = "lab-replication";
  private static final String BIN = "/usr/lib/postgresql/15/bin/";
  private static final List<String> AS_POSTGRES =
      List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups");

  private final Machine machine;
  private final Path settings;
  private final Path data;
  private final Path script;
  private @Nullable Program program;

  /// @param deploy the folder `deploy/postgresql`
  Postgres(Machine machine, Path deploy) {
    this.machine = machine;
    this.settings = machine.copy(deploy.resolve("rollcall.conf"));
    this.script = machine.copy(deploy.resolve("rollcall-postgres"));
    machine.copy(deploy.resolve("pg_hba.conf"));
    machine.copy(deploy.resolve("roles.sql"));
    this.data = machine.folder().resolve("pgdata");
    machine.run("chown", "-R", "postgres:postgres", machine.folder().toString());
    machine.run("chmod", "+x", script.toString());
  }

  Machine machine() {
    return machine;
  }

  /// Makes it the first primary, which goes on alone until [#together()].
  void initialize() {
    asPostgres(BIN + "initdb", "-D", data.toString(), "-N", "--locale=C.UTF-8");
    start();
    alone();
    asPostgres(
        "psql",
        "-d",
        "postgres",
        "-v",
        "password=" + PASSWORD,
        "-v",
        "replication_password=" + REPLICATION,
        "-v",
        "ON_ERROR_STOP=1",
        "-qf",
        machine.folder().resolve("roles.sql").toString());
  }

  /// Makes it the standby of another.
  void follow(Postgres primary) {
    machine.run("rm", "-rf", data.toString());
    asPostgres(script.toString(), "standby", primary.machine.address(), data.toString());
    start();
  }

  /// Starts it, as Debian does: with the files of `/etc` instead of those in the data folder.
  void start() {
    List<String> command = new ArrayList<>(AS_POSTGRES);
    command.addAll(
        List.of(
            BIN + "postgres",
            "-D",
            data.toString(),
            "-c",
            "config_file=" + settings,
            "-c",
            "hba_file=" + machine.folder().resolve("pg_hba.conf"),
            "-c",
            "unix_socket_directories=" + machine.folder()));
    program = machine.start("postgres", command, Map.of());
    Program started = program;
    Until.holds(
        machine + " answers", () -> !started.isAlive() || isAnswering(), () -> started.log());
  }

  private boolean isAnswering() {
    try {
      query("postgres", "SELECT 1");
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  Program program() {
    Program running = program;
    if (running == null) {
      throw new IllegalStateException(machine + " has not been started");
    }
    return running;
  }

  /// Stops it as an operator does: `pg_ctl stop`.
  void stop() {
    program().stop("INT");
  }

  void alone() {
    asPostgres(script.toString(), "alone");
  }

  /// Waits for its standby from now on.
  void together() {
    Until.holds(
        "a standby follows " + machine,
        () -> query("postgres", "SELECT count(*) FROM pg_stat_replication").equals("1"),
        () -> "");
    asPostgres(script.toString(), "together");
  }

  void promote() {
    asPostgres(script.toString(), "promote");
  }

  /// The rows of a query, one a line.
  String query(String database, String sql) {
    return asPostgres("psql", "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtXc", sql).strip();
  }

  private String asPostgres(String... command) {
    List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", machine.namespace()));
    line.addAll(AS_POSTGRES);
    line.addAll(List.of("env", "PGHOST=" + machine.folder(), "PGPASSWORD=" + REPLICATION));
    line.addAll(List.of(command));
    return LabCommand.run(line);
  }
}
