package dev.rollcall.probe.example;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// A local Maven repository with the built modules, laid out as `mvn install` does it.
record LocalRepository(Path folder, Path sources) {
  private static final String VERSION = "0.1.0";

  /// Installs a module: its pom, and its jar where it has one.
  void install(String artifact, Path module) throws IOException {
    Path target = folder.resolve("dev/rollcall").resolve(artifact).resolve(VERSION);
    Files.createDirectories(target);
    String name = artifact + "-" + VERSION;
    copy(sources.resolve(module).resolve("pom.xml"), target.resolve(name + ".pom"));
    Path jar = sources.resolve(module).resolve("target").resolve(name + ".jar");
    if (Files.exists(jar)) {
      copy(jar, target.resolve(name + ".jar"));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }
}
