package dev.rollcall.lab.ha;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A machine with HAProxy and keepalived, set up as `deploy/haproxy` and `deploy/keepalived` say.
final class Balancer {
  private final Machine machine;
  private final Path haproxy;
  private final Path keepalived;
  private final Map<String, String> environment;
  private @Nullable Program program;

  /// @param deploy the folder `deploy`, whose examples have the addresses of the first balancer
  /// @param first whether it is that one
  Balancer(Machine machine, Path deploy, boolean first) {
    this.machine = machine;
    this.haproxy = deploy.resolve("haproxy/haproxy.cfg");
    this.environment = Variables.read(deploy.resolve("haproxy/default"));
    this.keepalived = machine.copy(deploy.resolve("keepalived/keepalived.conf"));
    Path addresses = machine.copy(deploy.resolve("keepalived/addresses.conf"));
    if (!first) {
      machine.run(
          "sed",
          "-i",
          "-e",
          "s/^$SELF/$THEIRS/;s/^$OTHER/$SELF/;s/^$THEIRS/$OTHER/",
          "-e",
          "s/^$PRIORITY=.*/$PRIORITY=120/",
          addresses.toString());
    }
  }

  Machine machine() {
    return machine;
  }

  void start() {
    program =
        machine.start("haproxy", List.of("haproxy", "-db", "-f", haproxy.toString()), environment);
    machine.start(
        "keepalived",
        List.of(
            "keepalived",
            "--dont-fork",
            "--log-console",
            "--vrrp",
            "--use-file=" + keepalived,
            "--pid=" + machine.folder().resolve("keepalived.pid"),
            "--vrrp_pid=" + machine.folder().resolve("vrrp.pid")),
        Map.of());
  }

  /// HAProxy alone.
  Program program() {
    Program running = program;
    if (running == null) {
      throw new IllegalStateException(machine + " has not been started");
    }
    return running;
  }

  /// Whether it has an address now.
  boolean holds(String address) {
    return machine.run("ip", "-o", "addr", "show", "dev", "eth0").contains(" " + address + "/");
  }
}
