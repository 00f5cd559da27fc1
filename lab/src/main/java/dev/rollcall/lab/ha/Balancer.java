package dev.rollcall.lab.ha;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A machine with HAProxy and keepalived, set up as `deploy/haproxy` and `deploy/keepalived` say.
final class Balancer {
  private static final int ROUTER = 51;

  private final Machine machine;
  private final Path haproxy;
  private final Path keepalived;
  private final Map<String, String> environment;
  private @Nullable Program program;

  /// @param deploy the folder `deploy`
  /// @param other the address of the other balancer
  /// @param virtual the address that both share
  /// @param processes the addresses of the two processes
  Balancer(
      Machine machine,
      Path deploy,
      String other,
      int priority,
      String virtual,
      List<String> processes) {
    this.machine = machine;
    this.haproxy = deploy.resolve("haproxy/haproxy.cfg");
    this.keepalived = machine.copy(deploy.resolve("keepalived/keepalived.conf"));
    machine.file(
        "addresses.conf",
        """
        $INTERFACE=eth0
        $SELF=%s
        $OTHER=%s
        $PRIORITY=%d
        $ADDRESS=%s/24
        $ROUTER_ID=%d
        """
            .formatted(machine.address(), other, priority, virtual, ROUTER));
    this.environment =
        Map.of("ROLLCALL_1", processes.getFirst(), "ROLLCALL_2", processes.getLast());
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
