package dev.rollcall.lab.ha;

import dev.rollcall.lab.LabCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A machine on which systemd runs, in a container: it has the programs and units of this machine
/// (`/usr`), and otherwise nothing but the files that it is given. Needs `systemd-nspawn`.
final class Systemd {
  private static final String MACHINE_ID = "0123456789abcdef0123456789abcdef\n";
  private static final String FIRST = "\t1"; // the end of NSpid of the first process of a container

  private final Machine machine;
  private final List<String> binds = new ArrayList<>();
  private final List<String> leader = new ArrayList<>();

  Systemd(Machine machine) {
    this.machine = machine;
    with("/etc/machine-id", machine.file("machine-id", MACHINE_ID));
  }

  /// A file or folder that stands there, to be read only.
  Systemd with(String there, Path here) {
    binds.add("--bind-ro=" + here + ":" + there);
    return this;
  }

  /// The users of this machine, as packages have made them.
  Systemd withUsers() {
    return with("/etc/passwd", Path.of("/etc/passwd")).with("/etc/group", Path.of("/etc/group"));
  }

  /// An empty folder, or one with files, that belongs to a user there.
  Systemd withFolder(String there, String user, Map<String, String> files) {
    Path here = machine.folder().resolve(there.substring(1).replace('/', '-'));
    machine.run("mkdir", "-p", here.toString());
    files.forEach((name, text) -> machine.file(here.getFileName() + "/" + name, text));
    machine.run("chown", "-R", user + ":" + user, here.toString());
    binds.add("--bind=" + here + ":" + there);
    return this;
  }

  /// Starts it with one unit.
  Systemd start(String unit) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "systemd-nspawn",
                "--quiet",
                "--directory=/",
                "--volatile=yes",
                "--boot",
                "--register=no",
                "--keep-unit",
                "--console=pipe",
                "--capability=CAP_NET_ADMIN",
                "--machine=" + machine.namespace(),
                "--network-namespace-path=/run/netns/" + machine.namespace()));
    line.addAll(binds);
    line.add("systemd.unit=" + unit);
    Program program =
        machine.startOutside("systemd", ControlGroups.in(machine.namespace(), line), Map.of());
    machine.atTheEnd(this::end);
    Until.holds(
        "systemd runs", () -> !program.isAlive() || first().isPresent(), () -> program.log());
    leader.addAll(List.of("nsenter", "--target", "" + first().orElseThrow(), "--all", "--"));
    return this;
  }

  /// Starts another unit, as soon as systemd takes orders.
  Systemd and(String unit) {
    Until.holds("systemd takes orders", () -> isStarted(unit), () -> "");
    return this;
  }

  private boolean isStarted(String unit) {
    try {
      run("systemctl", "start", "--no-block", unit);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /// The process that is the first one there.
  private Optional<Long> first() {
    return LabCommand.run(List.of("ip", "netns", "pids", machine.namespace()))
        .lines()
        .map(line -> Long.valueOf(line.strip()))
        .filter(Systemd::isFirst)
        .findFirst();
  }

  private static boolean isFirst(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc", "" + pid, "status")).stream()
          .anyMatch(line -> line.startsWith("NSpid:") && line.endsWith(FIRST));
    } catch (IOException e) {
      return false; // ended meanwhile
    }
  }

  private void end() {
    machine.kill();
    ControlGroups.remove(machine.namespace());
    LabCommand.run(List.of("rm", "-rf", "/run/systemd/nspawn/propagate/" + machine.namespace()));
  }

  /// Runs a command there.
  ///
  /// @return what it said
  /// @throws IllegalStateException if it failed
  String run(String... command) {
    List<String> line = new ArrayList<>(leader);
    line.addAll(List.of(command));
    return LabCommand.run(line).strip();
  }

  /// A property of a unit, as `systemctl show` says it.
  String property(String unit, String name) {
    return run("systemctl", "show", "--value", "--property=" + name, unit);
  }

  /// What its units have said.
  String journal() {
    try {
      return run("journalctl", "--no-pager", "--output=cat");
    } catch (IllegalStateException e) {
      return e.toString(); // this is shown where something else has failed
    }
  }
}
