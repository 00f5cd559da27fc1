package dev.rollcall.lab.ha;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A machine with a process of Rollcall, run as its systemd unit says.
final class Rollcall {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Machine machine;
  private final SystemdUnit unit;
  private final Map<String, String> environment;
  private final SmallDisk disk;
  private @Nullable Program program;

  /// @param unit of `deploy/systemd`
  /// @param built the folder of the built program
  /// @param yaml the configuration file
  /// @param file what stands in `rollcall.env`
  Rollcall(Machine machine, SystemdUnit unit, Path built, String yaml, Map<String, String> file) {
    this.machine = machine;
    this.unit = unit;
    this.disk = machine.disk("data", "64m");
    Map<String, String> all = new LinkedHashMap<>(file);
    all.put("PROGRAM", built.toString());
    all.put("ROLLCALL_CONFIG", machine.file("rollcall.yaml", yaml).toString());
    all.put("ROLLCALL_DATA", data().toString());
    this.environment = unit.environment(all);
  }

  Machine machine() {
    return machine;
  }

  /// Where its files are.
  Path data() {
    return machine.folder().resolve("data");
  }

  /// Where its data is.
  SmallDisk disk() {
    return disk;
  }

  /// Starts it. It is ready some seconds later: [#isReady()].
  void start() {
    start(Map.of());
  }

  /// Starts it with a clock that is ahead of the others.
  void startAhead(Duration offset) {
    start(
        Map.of(
            "LD_PRELOAD",
            fakeClock().toString(),
            "FAKETIME",
            "+" + offset.toSeconds() + "s",
            "FAKETIME_DONT_FAKE_MONOTONIC",
            "1",
            "DONT_FAKE_MONOTONIC",
            "1",
            "FAKETIME_FORCE_MONOTONIC_FIX", // otherwise waits of Java end at once
            "0"));
  }

  /// Not the command `faketime`: it starts the program as a child, which stays when it is ended.
  private static Path fakeClock() {
    String arch = System.getProperty("os.arch").replace("amd64", "x86_64");
    return Path.of("/usr/lib", arch + "-linux-gnu", "faketime/libfaketime.so.1");
  }

  private void start(Map<String, String> more) {
    List<String> command = new ArrayList<>(unit.command(environment));
    command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Map<String, String> all = new LinkedHashMap<>(environment);
    all.putAll(more);
    program = machine.start("rollcall", command, all);
  }

  Program program() {
    Program running = program;
    if (running == null) {
      throw new IllegalStateException(machine + " has not been started");
    }
    return running;
  }

  /// Whether `/ready` says so.
  boolean isReady() {
    try {
      return health().get("/ready").isGood();
    } catch (IOException e) {
      return false;
    }
  }

  /// Whether it says that nothing waits in Redis for PostgreSQL.
  boolean isApplied() {
    try {
      String metrics = health().get("/metrics").body();
      return Stream.of("pings", "statuses")
          .allMatch(
              stream -> metrics.contains("rollcall_stream_waiting{stream=\"" + stream + "\"} 0"));
    } catch (IOException e) {
      return false;
    }
  }

  private Http health() {
    return new Http(machine, machine.address(), 8091, PATIENCE);
  }

  @Override
  public String toString() {
    return machine.toString();
  }
}
