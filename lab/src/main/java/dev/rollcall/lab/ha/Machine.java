package dev.rollcall.lab.ha;

import dev.rollcall.lab.LabCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;

/// A machine of a [Network]: an address, a folder, and the programs that run there.
final class Machine {
  private final String name;
  private final String namespace;
  private final String address;
  private final Path folder;
  private final List<Program> programs = new CopyOnWriteArrayList<>();
  private final List<Runnable> endings = new CopyOnWriteArrayList<>();

  Machine(String name, String namespace, String address, Path folder) {
    this.name = name;
    this.namespace = namespace;
    this.address = address;
    this.folder = folder;
  }

  String address() {
    return address;
  }

  String namespace() {
    return namespace;
  }

  Path folder() {
    return folder;
  }

  /// Writes a file into its folder.
  Path file(String file, String text) {
    try {
      return Files.writeString(folder.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Copies a file into its folder, as it is.
  Path copy(Path from) {
    try {
      return file(from.getFileName().toString(), Files.readString(from));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts a program here.
  ///
  /// @param environment all that it gets, besides `PATH`
  Program start(String program, List<String> command, Map<String, String> environment) {
    return startOutside(program, inside(command), environment);
  }

  /// The same of a program that enters the namespace by itself.
  Program startOutside(String program, List<String> command, Map<String, String> environment) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
      builder.environment().clear();
      builder.environment().put("PATH", System.getenv("PATH") + ":/usr/sbin:/sbin");
      builder.environment().putAll(environment);
      Path log = folder.resolve(program + ".log");
      Process process =
          builder
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      Program started = new Program(name + "/" + program, process, log);
      programs.removeIf(one -> !one.isAlive());
      programs.add(started);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs a command here, and returns what it said.
  ///
  /// @throws IllegalStateException if it failed
  String run(String... command) {
    return LabCommand.run(inside(List.of(command)));
  }

  /// Opens a socket here, which may be used from anywhere. Nothing else is done inside: threads
  /// that this starts would stay, and pools of this process would have them from then on.
  <T> T open(Callable<T> opening) {
    return LabCommand.inside(namespace, opening);
  }

  /// A socket that is not connected.
  Socket socket() {
    return open(
        () -> {
          Socket socket = new Socket();
          socket.setTcpNoDelay(true); // Java makes the socket when it needs it
          return socket;
        });
  }

  private List<String> inside(List<String> command) {
    List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    line.addAll(command);
    return line;
  }

  /// Ends all its programs at once, and what they started.
  void kill() {
    programs.forEach(Program::kill);
    killAll(namespace);
    programs.clear();
  }

  /// A new disk of its own, in its folder. Whatever runs here has to be started afterwards.
  ///
  /// @param size as `mount` takes it: `64m`
  SmallDisk disk(String name, String size) {
    SmallDisk disk = new SmallDisk(folder.resolve(name), size);
    atTheEnd(disk::unmount);
    return disk;
  }

  /// What has to be done when the machine is removed, before its programs are ended.
  void atTheEnd(Runnable ending) {
    endings.add(ending);
  }

  /// Ends all its programs, for good.
  void remove() {
    endings.forEach(Runnable::run);
    endings.clear();
    kill();
  }

  /// Ends all programs in a namespace.
  static void killAll(String namespace) {
    for (String pid : LabCommand.run(List.of("ip", "netns", "pids", namespace)).split("\n", -1)) {
      if (!pid.isBlank()) {
        ProcessHandle.of(Long.parseLong(pid.strip()))
            .ifPresent(
                left -> {
                  left.destroyForcibly();
                  left.onExit().join();
                });
      }
    }
  }

  /// Cuts the power: no program runs, and nobody is told.
  void cutPower() {
    unplug();
    kill();
  }

  /// Takes the cable out.
  void unplug() {
    Network.ip(namespace, "link set eth0 down\n");
  }

  /// Puts it back, with no address but its own.
  void plug() {
    Network.ip(
        namespace,
        "addr flush dev eth0%naddr add %s/24 dev eth0%nlink set eth0 up%n".formatted(address));
  }

  /// Hears nothing of another machine. The other one still hears this one.
  void deafTo(Machine other) {
    run("iptables", "-w", "-I", "INPUT", "-s", other.address, "-j", "DROP");
  }

  /// Hears everybody again.
  void listen() {
    run("iptables", "-w", "-F", "INPUT");
  }

  @Override
  public String toString() {
    return name;
  }
}
