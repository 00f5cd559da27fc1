package dev.rollcall.probes;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// One run of a real server: a folder of its own and the processes in it. Both end with it.
///
/// The folder is in `/tmp` and not under `target`, since servers that refuse to run as root could
/// not reach that everywhere, and sockets want short paths.
final class ServerRun implements AutoCloseable {
  private final Path folder;
  private final List<Process> processes = new ArrayList<>();

  ServerRun(String name) {
    try {
      folder = Files.createTempDirectory(Path.of("/tmp"), "rollcall-" + name);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A port that nobody listens on. It is none of those that the system gives to outgoing
  /// connections: one of them could take it before it is listened on.
  static int freePort() {
    try {
      for (int i = 0; i < 100; i++) {
        int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
          return socket.getLocalPort();
        } catch (BindException e) {
          // taken: try another
        }
      }
      throw new IllegalStateException("found no free port");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// `user` when this is root, which some servers refuse to run as: then nobody else is needed.
  static List<String> as(String user) {
    return System.getProperty("user.name", "").equals("root")
        ? List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--init-groups")
        : List.of();
  }

  Path folder() {
    return folder;
  }

  Path write(String file, String text) {
    try {
      return Files.writeString(folder.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String read(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Gives the folder to the user that the server runs as.
  void ownedBy(String user) {
    if (System.getProperty("user.name", "").equals("root")) {
      run(List.of("chown", "-R", user + ":", folder.toString()));
    }
  }

  /// Runs a command to its end.
  void run(List<String> command) {
    Process process = launch(command, Map.of());
    try {
      if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IllegalStateException(command + " failed: " + output());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  /// Runs a command to its end, and returns what it says.
  String ask(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("TMPDIR", folder.toString()); // else servers meet in /tmp
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      try {
        String said =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
          throw new IllegalStateException(command + " failed: " + said);
        }
        return said;
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Starts what runs until the end of this.
  void start(List<String> command, Map<String, String> environment) {
    processes.addFirst(launch(command, environment));
  }

  private Process launch(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log()))
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().put("TMPDIR", folder.toString()); // else servers meet in /tmp
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private File log() {
    return folder.resolve("output").toFile();
  }

  /// Stops the server as `kill -STOP` does, or lets it go on: it accepts connections, and says
  /// nothing.
  void freeze(boolean frozen) {
    for (Process process : processes) {
      run(List.of("kill", frozen ? "-STOP" : "-CONT", String.valueOf(process.pid())));
      if (frozen) {
        awaitStopped(process.pid());
      }
    }
  }

  /// Waits until every thread of a process that was sent SIGSTOP has stopped: on a busy machine
  /// they go on for a moment.
  static void awaitStopped(long pid) {
    Path tasks = Path.of("/proc", String.valueOf(pid), "task");
    await()
        .until(
            () -> {
              try (Stream<Path> all = Files.list(tasks)) {
                return all.allMatch(ServerRun::isStopped);
              }
            });
  }

  private static boolean isStopped(Path task) {
    try {
      String stat = Files.readString(task.resolve("stat"), StandardCharsets.ISO_8859_1);
      return stat.startsWith("T", stat.lastIndexOf(')') + 2);
    } catch (IOException e) {
      return true; // it has ended
    }
  }

  boolean alive() {
    return processes.stream().allMatch(Process::isAlive);
  }

  /// The last of what it printed.
  String output() {
    try {
      String all = Files.readString(log().toPath(), StandardCharsets.ISO_8859_1);
      return all.substring(Math.max(0, all.length() - 3000));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /// Ends the processes, the last one started first, and removes the folder.
  @Override
  public void close() {
    for (Process process : processes) {
      List<ProcessHandle> children = process.descendants().toList();
      process.destroy();
      try {
        if (!process.waitFor(15, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      children.forEach(ProcessHandle::destroyForcibly);
    }
    processes.clear();
    remove();
  }

  private void remove() {
    if (!Files.exists(folder)) {
      return; // closed already
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
