package dev.rollcall.lab.ha;

import dev.rollcall.lab.LabCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Machines at one switch: network namespaces with one interface each, joined by a bridge in one
/// more. Nothing that is sent within leaves this machine. Needs root and `ip`.
///
/// [#close()] ends every program of its machines, unmounts their disks, and deletes the namespaces
/// and the folder; so does the end of this process, with Ctrl-C too. [#Network(String)] deletes the
/// namespaces of processes that were killed.
final class Network implements AutoCloseable {
  private static final String PREFIX = "rchalab-";
  private static final Pattern OWN = Pattern.compile(PREFIX + "(\\d+)-\\S+");
  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final String BLOCK = "10.0.0.";

  private final String prefix = PREFIX + ProcessHandle.current().pid() + "-";
  private final String hub = prefix + "switch";
  private final Path folder;
  private final Thread atTheEnd = new Thread(this::remove, "network");
  private final List<Machine> machines = new CopyOnWriteArrayList<>();

  /// @param name that of the folder begins with it, in which each machine gets a folder of its own
  Network(String name) {
    LabCommand.demand();
    deleteThoseOfTheDead();
    try {
      folder = Files.createTempDirectory(name);
      folder.toFile().setExecutable(true, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(atTheEnd);
    LabCommand.batch(new StringBuilder("netns add ").append(hub).append('\n'));
    ip(hub, "link set lo up\nlink add br0 type bridge\nlink set br0 up\n");
  }

  /// An address of this network.
  static String address(int number) {
    return BLOCK + number;
  }

  /// A new machine.
  Machine machine(String name, int number) {
    String namespace = prefix + name;
    LabCommand.batch(new StringBuilder("netns add ").append(namespace).append('\n'));
    String port = "p" + number;
    ip(
        hub,
        "link add %s type veth peer name eth0 netns %s%nlink set %s master br0 up%n"
            .formatted(port, namespace, port));
    ip(
        namespace,
        "link set lo up%naddr add %s/24 dev eth0%nlink set eth0 up%n".formatted(address(number)));
    Machine machine = new Machine(name, namespace, address(number), made(folder.resolve(name)));
    machines.add(machine);
    return machine;
  }

  private static Path made(Path path) {
    try {
      return Files.createDirectories(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void ip(String namespace, String commands) {
    Path file = null;
    try {
      file = Files.createTempFile("rollcall-ha", ".ip");
      Files.writeString(file, commands);
      LabCommand.run(List.of("ip", "-n", namespace, "-batch", file.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(file);
    }
  }

  private static void delete(@Nullable Path file) {
    if (file != null) {
      try {
        Files.delete(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  List<Machine> machines() {
    return machines;
  }

  /// What the programs have said.
  String logs() {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder, 2)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".log")).sorted().toList()) {
        String text = Files.readString(file);
        all.append("\n--- ").append(folder.relativize(file)).append('\n');
        all.append(text.substring(Math.max(0, text.length() - 4000)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.toString();
  }

  /// Closes a laboratory that did not come up. Where that fails too, it is said beside the reason.
  static void closeAfter(Throwable reason, AutoCloseable laboratory) {
    try {
      laboratory.close();
    } catch (Exception e) {
      reason.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atTheEnd);
    remove();
  }

  private void remove() {
    machines.forEach(Machine::remove);
    List<String> all = new ArrayList<>(machines.stream().map(Machine::namespace).toList());
    all.add(hub);
    delete(all);
    Until.holds(
        "no thread is left inside",
        () -> LabCommand.strays().isEmpty(),
        () -> "" + LabCommand.strays());
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(List<String> namespaces) {
    StringBuilder commands = new StringBuilder();
    namespaces.forEach(name -> commands.append("netns del ").append(name).append('\n'));
    LabCommand.batch(commands);
  }

  private static void deleteThoseOfTheDead() {
    List<String> left = List.of();
    try (Stream<Path> files = Files.exists(NAMESPACES) ? Files.list(NAMESPACES) : Stream.empty()) {
      left = files.map(file -> file.getFileName().toString()).filter(Network::isOfTheDead).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    left.forEach(Machine::killAll);
    delete(left);
  }

  private static boolean isOfTheDead(String name) {
    Matcher own = OWN.matcher(name);
    return own.matches() && ProcessHandle.of(Long.parseLong(own.group(1))).isEmpty();
  }
}
