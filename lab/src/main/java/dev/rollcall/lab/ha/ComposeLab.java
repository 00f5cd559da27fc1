package dev.rollcall.lab.ha;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/// A machine with an engine for containers, on which everything of `deploy/compose` runs as it is.
/// The images that it asks registries for have the programs of this machine: `lab/ha/images`.
public final class ComposeLab implements AutoCloseable {
  /// A secret for each variable of the example that is empty: 32 bytes in base64, as one of them
  /// wants.
  public static final String SECRET = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Network network = new Network("compose");
  private final Machine machine;
  private final Docker docker;
  private final List<String> compose = new ArrayList<>();

  /// Builds the images, and starts everything.
  ///
  /// @param root of the repository, built
  /// @throws IllegalStateException with what is missing on this machine
  public ComposeLab(Path root) {
    try {
      machine = network.machine("host", 5);
      docker = new Docker(machine);
      Path images = machine.folder().resolve("images");
      docker.run(
          "env",
          "JAVA_HOME=" + System.getProperty("java.home"),
          root.resolve("lab/ha/images").toString(),
          images.toString());
      Path folder = root.resolve("deploy/compose");
      StringJoiner secrets = new StringJoiner("\n");
      Variables.read(folder.resolve("env.example"))
          .forEach((name, value) -> secrets.add(name + "=" + (value.isEmpty() ? SECRET : value)));
      compose.addAll(
          List.of(
              "docker-compose",
              "--env-file",
              machine.file("env", secrets.toString()).toString(),
              "-f",
              folder.resolve("compose.yaml").toString(),
              "-p",
              "rollcall"));
      compose("up", "-d");
    } catch (RuntimeException | Error e) {
      Network.closeAfter(e, this);
      throw e;
    }
  }

  /// `docker compose`, with the file of `deploy/` and its secrets.
  ///
  /// @return what it said
  /// @throws IllegalStateException if it failed
  public String compose(String... arguments) {
    List<String> line = new ArrayList<>(compose);
    line.addAll(List.of(arguments));
    return docker.run(line.toArray(String[]::new));
  }

  /// `docker`.
  ///
  /// @return what it said
  /// @throws IllegalStateException if it failed
  public String docker(String... arguments) {
    List<String> line = new ArrayList<>(List.of("/usr/bin/docker"));
    line.addAll(List.of(arguments));
    return docker.run(line.toArray(String[]::new));
  }

  /// Asks from that machine.
  ///
  /// @return the status, a space and the body of the answer; without an answer, why
  public String get(String host, int port, String path) {
    return new Http(machine, host, port, PATIENCE).said(path, "Authorization: Bearer " + SECRET);
  }

  /// Writes a file to that machine.
  ///
  /// @return where it is
  public Path file(String name, String text) {
    return machine.file(name, text);
  }

  /// Makes a folder on that machine that everybody may write to, and whose files belong to a group:
  /// as Kubernetes makes an `emptyDir`.
  ///
  /// @return where it is
  public Path folder(String name, long group) {
    String path = machine.folder().resolve(name).toString();
    machine.run("mkdir", path);
    machine.run("chgrp", "" + group, path);
    machine.run("chmod", "2777", path);
    return Path.of(path);
  }

  @Override
  public void close() {
    network.close();
  }
}
