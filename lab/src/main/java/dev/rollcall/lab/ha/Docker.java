package dev.rollcall.lab.ha;

import dev.rollcall.lab.LabCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An engine for containers on a machine, which reaches no registry. Needs `dockerd` and
/// `docker-compose` as Debian has them.
final class Docker {
  private final List<String> environment;
  private final Program engine;
  private final Machine machine;

  Docker(Machine machine) {
    this.machine = machine;
    Path folder = machine.folder().resolve("docker");
    String socket = "unix://" + folder.resolve("socket");
    environment = List.of("env", "DOCKER_HOST=" + socket);
    engine =
        machine.startOutside(
            "dockerd",
            List.of(
                "nsenter",
                "--net=/run/netns/" + machine.namespace(),
                "dockerd",
                "--data-root=" + folder.resolve("data"),
                "--exec-root=" + folder.resolve("exec"),
                "--pidfile=" + folder.resolve("pid"),
                "--host=" + socket,
                "--cgroup-parent=/" + machine.namespace(),
                "--bridge=none"),
            Map.of());
    machine.atTheEnd(this::end);
    Until.holds("dockerd answers", () -> !engine.isAlive() || answers(), engine::log);
  }

  private boolean answers() {
    try {
      run("/usr/bin/docker", "version");
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /// Runs a command that talks to this engine.
  ///
  /// @return what it said
  /// @throws IllegalStateException if it failed
  String run(String... command) {
    List<String> line = new ArrayList<>(environment);
    line.addAll(List.of(command));
    return LabCommand.run(line).strip();
  }

  private void end() {
    if (engine.isAlive()) {
      for (String container : run("/usr/bin/docker", "ps", "-aq").lines().toList()) {
        run("/usr/bin/docker", "rm", "-f", container);
      }
      engine.stop();
      ControlGroups.remove(machine.namespace());
    }
  }
}
