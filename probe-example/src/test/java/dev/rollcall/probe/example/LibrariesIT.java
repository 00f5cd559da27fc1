package dev.rollcall.probe.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The library modules as their users get them.
class LibrariesIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final int JAVA_21 = 65;

  /// The newest class file that a user's Java has to be able to read, by module.
  private static final Map<String, Integer> LIBRARIES =
      Map.of(
          "probe", JAVA_21,
          "probes", JAVA_21,
          "probe-servlet", JAVA_21,
          "probe-micrometer", JAVA_21,
          "probe-spring", JAVA_21);

  private static Path jar(String module) {
    return ROOT.resolve(module).resolve("target").resolve(module + "-0.1.0.jar");
  }

  @Test
  void areWrittenForTheJavaThatTheReadmeNames() throws Exception {
    for (Map.Entry<String, Integer> library : LIBRARIES.entrySet()) {
      try (JarFile jar = new JarFile(jar(library.getKey()).toFile())) {
        for (JarEntry entry : jar.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
          assertThat(major(jar, entry)).as(entry.getName()).isEqualTo(library.getValue());
        }
      }
    }
  }

  private static int major(JarFile jar, JarEntry entry) throws IOException {
    try (DataInputStream file = new DataInputStream(jar.getInputStream(entry))) {
      assertThat(file.readInt()).isEqualTo(0xcafebabe);
      assertThat(file.readUnsignedShort()).as("minor version").isZero();
      return file.readUnsignedShort();
    }
  }

  @Test
  void areModulesByTheNameOfTheirPackage() {
    for (String library : LIBRARIES.keySet()) {
      assertThat(ModuleFinder.of(jar(library)).findAll())
          .singleElement()
          .satisfies(
              module -> {
                String name = module.descriptor().name();
                assertThat(name).isEqualTo("dev.rollcall." + library.replace('-', '.'));
                assertThat(module.descriptor().packages()).contains(name);
              });
    }
  }

  /// A pom that imports a BOM makes everybody fetch it who uses the module.
  @Test
  void importNobodysBom() throws Exception {
    assertThat(Files.readString(ROOT.resolve("pom.xml"))).doesNotContain("<scope>import</scope>");
    for (String library : LIBRARIES.keySet()) {
      assertThat(Files.readString(ROOT.resolve(library).resolve("pom.xml")))
          .as(library)
          .doesNotContain("<scope>import</scope>");
    }
  }

  @Test
  void areAllPutInPlaceByTheReadmesCommand() throws Exception {
    String readme = Files.readString(ROOT.resolve("probe/README.md"));
    Matcher command =
        Pattern.compile("^\\./mvnw .*-pl (\\S+) -am$", Pattern.MULTILINE).matcher(readme);
    assertThat(command.find()).isTrue();
    assertThat(command.group()).contains("-P libraries");
    assertThat(command.group(1).split(",")).containsExactlyInAnyOrderElementsOf(LIBRARIES.keySet());
    Matcher named = Pattern.compile("dev\\.rollcall:([a-z0-9-]+)").matcher(readme);
    while (named.find()) {
      assertThat(LIBRARIES).containsKey(named.group(1));
    }
  }
}
