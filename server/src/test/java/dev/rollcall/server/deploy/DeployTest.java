package dev.rollcall.server.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The files of `deploy/`, asked of the programs they are for. They are run by `lab/ha/run`,
/// `BalancerIT`, `ComposeIT`, `PatroniIT` and `SystemdIT`; see `KubernetesTest` too.
class DeployTest {
  private static final Path DEPLOY = Path.of("../deploy").toAbsolutePath().normalize();
  private static final YAMLMapper YAML = new YAMLMapper();

  @TempDir Path directory;

  @Test
  void haproxyUnderstandsItsFileWithTheVariablesOfTheExample() throws Exception {
    Map<String, String> variables = variables(DEPLOY.resolve("haproxy/default"));
    assertThat(variables).containsOnlyKeys("ROLLCALL_1", "ROLLCALL_2", "ROLLCALL_USER");
    assertThat(run(variables, "haproxy", "-c", "-f", DEPLOY + "/haproxy/haproxy.cfg"))
        .contains("Configuration file is valid");
  }

  @Test
  void haproxyTakesACertificate() throws Exception {
    Map<String, String> variables = variables(DEPLOY.resolve("haproxy/default"));
    Path key = directory.resolve("key.pem");
    Path chain = directory.resolve("chain.pem");
    run(
        Map.of(),
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=rollcall.example.org",
        "-keyout",
        "" + key,
        "-out",
        "" + chain);
    Path both = directory.resolve("rollcall.pem");
    Files.writeString(both, Files.readString(chain) + Files.readString(key));
    variables.put("ROLLCALL_CERTIFICATE", both.toString());
    assertThat(run(variables, "haproxy", "-c", "-f", DEPLOY + "/haproxy/haproxy.cfg"))
        .contains("Configuration file is valid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rollcall.service", "rollcall-node.service"})
  void systemdUnderstandsTheUnitAndFindsLittleToExpose(String unit) throws Exception {
    String file = DEPLOY + "/systemd/" + unit;
    // It looks whether the program is there, which is not where users put it.
    assertThat(run(Map.of(), "systemd-analyze", "verify", "--recursive-errors=no", installed(file)))
        .doesNotContain(unit);
    // fails from an exposure of 2.0 on
    run(Map.of(), "systemd-analyze", "security", "--offline=true", "--threshold=19", file);
  }

  /// A copy of a unit whose programs are where this repository has them.
  private String installed(String unit) throws IOException {
    Path root = Path.of("..").toAbsolutePath().normalize();
    String text = Files.readString(Path.of(unit)).replace("/opt/rollcall", root.toString());
    return Files.writeString(directory.resolve(Path.of(unit).getFileName()), text).toString();
  }

  @Test
  void javaIsStartedEverywhereAsTheScriptStartsIt() throws Exception {
    String script = Files.readString(Path.of("../rollcall"));
    String flags = script.replaceFirst("(?s).*\nflags=\"([^\"]*)\".*", "$1");
    assertThat(flags).startsWith("-XX:");
    assertThat(Files.readString(DEPLOY.resolve("systemd/rollcall.service")))
        .contains("ExecStart=/usr/bin/java " + flags + " -jar ");
    assertThat(Files.readString(DEPLOY.resolve("compose/Dockerfile")))
        .contains("\"java\", \"" + flags.replace(" ", "\", \"") + "\", ");
  }

  @Test
  void theExamplesOfVariablesAreSettings() throws Exception {
    Map<String, String> variables = variables(DEPLOY.resolve("systemd/rollcall.env"));
    assertThat(variables.values().stream().filter(String::isEmpty)).hasSize(2); // secrets
    String settings = Files.readString(Path.of("../docs/settings.md"));
    assertThat(variables.keySet()).allSatisfy(name -> assertThat(settings).contains(name));
  }

  @Test
  void composeUnderstandsItsFile() throws Exception {
    Map<String, String> variables = new TreeMap<>(variables(DEPLOY.resolve("compose/env.example")));
    variables.replaceAll((name, value) -> value.isEmpty() ? "secret" : value);
    String file = DEPLOY + "/compose/compose.yaml";
    String all = run(variables, "docker-compose", "-f", file, "config");
    assertThat(all).doesNotContainIgnoringCase("warning");
    JsonNode services = YAML.readTree(all).get("services");
    for (JsonNode service : services) {
      for (JsonNode volume : service.path("volumes")) {
        String from = volume.stringValue().replaceFirst(":.*", "");
        assertThat(from.startsWith("/") && !Files.exists(Path.of(from))).as(from).isFalse();
      }
    }
    JsonNode environment = services.get("rollcall-1").get("environment");
    String settings = Files.readString(Path.of("../docs/settings.md"));
    assertThat(environment.propertyNames()).allSatisfy(name -> assertThat(settings).contains(name));
  }

  @Test
  void everyFileIsNamedInTheDocumentation() throws Exception {
    String page =
        Files.readString(Path.of("../docs/high-availability.md"))
            + Files.readString(Path.of("../docs/nodes.md"));
    try (Stream<Path> files = Files.walk(DEPLOY)) {
      List<String> names =
          files.filter(Files::isRegularFile).map(file -> "" + file.getFileName()).toList();
      assertThat(names).isNotEmpty();
      assertThat(
              names.stream()
                  .filter(name -> !page.contains(name))
                  .filter(name -> !List.of("Dockerfile", "first-primary.sh").contains(name)))
          .isEmpty();
    }
  }

  /// Lines `NAME=value`.
  private static Map<String, String> variables(Path file) throws IOException {
    Map<String, String> variables = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      if (line.matches("\\w+=.*")) {
        variables.put(line.replaceFirst("=.*", ""), line.replaceFirst("[^=]*=", ""));
      }
    }
    return variables;
  }

  private static String run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PATH", System.getenv("PATH") + ":/usr/sbin:/sbin");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), said).isZero();
    return said;
  }
}
