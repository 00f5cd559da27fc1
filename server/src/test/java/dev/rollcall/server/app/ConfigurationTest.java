package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.sql.DatabaseLocation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
  @TempDir Path directory;

  private final Map<String, String> flags = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private Optional<Path> named = Optional.empty();

  @ParameterizedTest
  @ValueSource(strings = {AllSettings.SERVE, AllSettings.COLLECT, AllSettings.TARGETS})
  void knowsTheVariablesOfEveryCommand(String command) {
    AllSettings.ALL.forEach(
        setting -> {
          environment.put(setting.variable(), "");
          setting.fileVariable().ifPresent(name -> environment.put(name, ""));
        });
    environment.put("ROLLCALL_COLLECT_PROT", "1");
    Mistakes mistakes = new Mistakes();
    new Configuration.Origin(
            command,
            Map.of(),
            environment,
            new ConfigFiles(directory, Optional.empty()),
            FileServices.TOLERANT)
        .read(mistakes);
    assertThat(mistakes.lines())
        .singleElement()
        .asString()
        .contains("ROLLCALL_COLLECT_PROT", "did you mean ROLLCALL_COLLECT_PORT?");
  }

  @Test
  void givesACollectorATokenOfItsOwn() {
    environment.put("ROLLCALL_TOKEN", "0123456789abcdef-serve");
    assertThat(token(AllSettings.COLLECT)).isEqualTo("0123456789abcdef-serve");
    environment.put("ROLLCALL_COLLECT_TOKEN", "0123456789abcdef-collect");
    assertThat(token(AllSettings.COLLECT)).isEqualTo("0123456789abcdef-collect");
    assertThat(token(AllSettings.SERVE)).isEqualTo("0123456789abcdef-serve");
    assertThat(token(AllSettings.TARGETS)).isEqualTo("0123456789abcdef-serve");
  }

  private String token(String command) {
    return new Configuration.Origin(
            command,
            flags,
            environment,
            new ConfigFiles(directory, Optional.empty()),
            FileServices.TOLERANT)
        .read(new Mistakes())
        .orElseThrow()
        .settings()
        .web()
        .token()
        .orElseThrow()
        .reveal();
  }

  @Test
  void isCompleteWhenNobodySaysAnything() {
    ServeSettings settings = settings();
    assertThat(settings.storage().data()).isEqualTo(directory.resolve("rollcall-data"));
    assertThat(settings.storage().database())
        .isEqualTo(new DatabaseLocation.SqliteFile(directory.resolve("rollcall-data/rollcall.db")));
    assertThat(settings.web().main().host()).isEqualTo("0.0.0.0");
    assertThat(settings.web().main().port()).isEqualTo(8080);
    assertThat(settings.web().health().host()).isEqualTo("0.0.0.0");
    assertThat(settings.web().health().port()).isEqualTo(8091);
    assertThat(settings.web().token()).isEmpty();
    assertThat(settings.roles()).containsExactlyInAnyOrder(Role.RUNNER, Role.API);
    assertThat(settings.monitor().defaults().interval()).isEqualTo(Duration.ofSeconds(15));
    assertThat(settings.monitor().retention()).isEqualTo(Duration.ofDays(30));
    assertThat(settings.monitor().witnesses()).isEmpty();
    assertThat(read().channels()).isEmpty();
    assertThat(settings.deliveries().retention()).isEqualTo(Duration.ofDays(7));
    assertThat(settings.log())
        .isEqualTo(new LogSettings(LogSettings.Level.INFO, LogSettings.Format.TEXT, "rollcall"));
    assertThat(read().services()).isEmpty();
  }

  @Test
  void takesTheStrongestOfFlagEnvironmentDotEnvFileOlderNameAndDefault() throws IOException {
    assertThat(settings().web().main().port()).isEqualTo(8080);
    environment.put("API_PORT", "9999");
    assertThat(settings().web().main().port()).isEqualTo(9999);
    write("rollcall.yaml", "port: 1001");
    assertThat(settings().web().main().port()).isEqualTo(1001);
    write(".env", "ROLLCALL_PORT=1002");
    assertThat(settings().web().main().port()).isEqualTo(1002);
    environment.put("ROLLCALL_PORT", "1003");
    assertThat(settings().web().main().port()).isEqualTo(1003);
    flags.put("--port", "1004");
    assertThat(settings().web().main().port()).isEqualTo(1004);
  }

  @Test
  void hasTheHealthPortWhereTheMainOneIsUnlessItIsGivenAPlaceOfItsOwn() throws IOException {
    assertThat(settings().web().health().host()).isEqualTo("0.0.0.0");
    flags.put("--host", "127.0.0.1");
    assertThat(settings().web().health().host()).isEqualTo("127.0.0.1");
    write("rollcall.yaml", "health: {host: '::1'}");
    assertThat(settings().web().health().host()).isEqualTo("::1");
  }

  @Test
  void knowsHowAPortWasSet() throws IOException {
    assertThat(settings().web().main().way()).isEqualTo("--port, or port in rollcall.yaml");
    assertThat(settings().web().health().way())
        .isEqualTo("--health-port, or health.port in rollcall.yaml");
    write("rollcall.yaml", "name: a\nport: 1001");
    assertThat(settings().web().main().way()).isEqualTo("port (rollcall.yaml:2)");
    write(".env", "ROLLCALL_PORT=1002");
    assertThat(settings().web().main().way()).isEqualTo("ROLLCALL_PORT (.env:1)");
    environment.put("ROLLCALL_PORT", "1003");
    assertThat(settings().web().main().way()).isEqualTo("ROLLCALL_PORT");
    flags.put("--port", "1004");
    assertThat(settings().web().main().way()).isEqualTo("--port");
  }

  @Test
  void readsTheOlderNamesFromDotEnvBeneathThoseInTheEnvironment() throws IOException {
    write(
        ".env",
        """
        # as it came
        DEBUG=true
        ENV=production
        SERVICE_NAME='go service'
        export API_PORT=9999   # not 80
        API_DOMAIN="localhost"
        DB_FILE=db.db
        RUNNER_SCRAPE_INTERVAL_SECONDS=20
        RUNNER_HTTP_TIMEOUT_SECONDS=5

        OTHER=1
        """);
    environment.put("RUNNER_HTTP_TIMEOUT_SECONDS", "6");
    ServeSettings settings = settings();
    assertThat(settings.log())
        .isEqualTo(new LogSettings(LogSettings.Level.DEBUG, LogSettings.Format.JSON, "go service"));
    assertThat(settings.web().main().host()).isEqualTo("localhost");
    assertThat(settings.web().main().port()).isEqualTo(9999);
    assertThat(settings.storage().database())
        .isEqualTo(new DatabaseLocation.SqliteFile(directory.resolve("db.db")));
    assertThat(settings.monitor().defaults().interval()).isEqualTo(Duration.ofSeconds(20));
    assertThat(settings.monitor().defaults().timeout()).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void listensOnAllAddressesWhenTheOlderDomainIsANameThatABalancerMayHave() {
    environment.put("API_DOMAIN", "status.example.org");
    assertThat(settings().web().main().host()).isEqualTo("0.0.0.0");
    environment.put("API_DOMAIN", "192.0.2.7");
    assertThat(settings().web().main().host()).isEqualTo("192.0.2.7");
  }

  @Test
  void leavesAnOlderNameAloneThatOurOwnConfigurationCovers() throws IOException {
    environment.put("DEBUG", "express:*");
    write("rollcall.yaml", "log: {level: warn}");
    assertThat(settings().log().level()).isEqualTo(LogSettings.Level.WARN);
  }

  @Test
  void countsAnEmptyVariableAsNotGiven() {
    environment.put("ROLLCALL_PORT", "");
    environment.put("API_PORT", " ");
    environment.put("ROLLCALL_CONFIG", "");
    assertThat(settings().web().main().port()).isEqualTo(8080);
  }

  @Test
  void readsListsWrittenEitherWay() throws IOException {
    write(
        "rollcall.yaml",
        "roles: [api]\nmonitor:\n  witness:\n    - 192.0.2.1:53\n    - '[::1]:80'");
    assertThat(settings().roles()).containsExactly(Role.API);
    assertThat(settings().monitor().witnesses())
        .containsExactly(
            InetSocketAddress.createUnresolved("192.0.2.1", 53),
            InetSocketAddress.createUnresolved("::1", 80));
    flags.put("--roles", "runner, api");
    assertThat(settings().roles()).containsExactlyInAnyOrder(Role.RUNNER, Role.API);
  }

  @Test
  void keepsTheTextOfASecretThatLooksLikeANumber() throws IOException {
    write("rollcall.yaml", "token: 0123456789012345");
    assertThat(settings().web().token()).contains(new Secret("0123456789012345"));
  }

  @Test
  void readsASecretFromTheFileThatAVariableNames() throws IOException {
    write("token", "0123456789abcdef\n");
    environment.put("ROLLCALL_TOKEN_FILE", directory.resolve("token").toString());
    assertThat(settings().web().token()).contains(new Secret("0123456789abcdef"));
  }

  @Test
  void neverShowsASecret() throws IOException {
    write("rollcall.yaml", "token: geheim\ndatabase: mysql://geheim");
    Mistakes mistakes = new Mistakes();
    assertThat(origin().read(mistakes)).isEmpty();
    assertThat(mistakes.lines()).hasSize(2).noneMatch(line -> line.contains("geheim"));

    write("rollcall.yaml", "token: geheimgeheimgeheim\ndatabase: postgres://a:geheim@b/c");
    assertThat(read().toString()).contains("***").doesNotContain("geheim");
  }

  @Test
  void tellsAllMistakesAtOnce() throws IOException {
    write("rollcall.yaml", "porte: 1\nmonitor:\n  interval: x\nservices: 3");
    write(".env", "ROLLCALL_LOG_LEVEL=loud");
    environment.put("ROLLCALL_HOSTS", "a");
    environment.put("API_PORT", "b");
    flags.put("--health-port", "-1");
    Mistakes mistakes = new Mistakes();
    assertThat(origin().read(mistakes)).isEmpty();
    assertThat(mistakes.lines())
        .extracting(line -> line.replaceFirst(": [^:]*$", "").replaceFirst(": \".*", ""))
        .contains(
            "command line: --health-port",
            "environment: API_PORT",
            ".env:1: ROLLCALL_LOG_LEVEL",
            "rollcall.yaml:3: monitor.interval")
        .hasSize(7);
  }

  @Test
  void handsTheServicesOverWithTheirTypesAndTheirPlaces() throws IOException {
    write("rollcall.yaml", "services:\n- name: a\n  port: 80\n- name: b\n  tls: true\n");
    Mistakes mistakes = new Mistakes();
    new Configuration.Origin(
            flags,
            environment,
            new ConfigFiles(directory, named),
            (values, services, inFile) -> {
              assertThat(services.path(0).path("port").isInt()).isTrue();
              assertThat(services.path(1).path("tls").isBoolean()).isTrue();
              inFile.add("services[1].tls", "is wrong: mend it");
              inFile.add("services[1].url", "is missing: give one");
              return java.util.List.of();
            })
        .read(mistakes);
    assertThat(mistakes.lines())
        .containsExactly(
            "rollcall.yaml:5: services[1].tls: is wrong: mend it",
            "rollcall.yaml:4: services[1].url: is missing: give one");
  }

  @Test
  void readsTenThousandServices() throws IOException {
    StringBuilder yaml = new StringBuilder("services:\n");
    for (int i = 0; i < 10_000; i++) {
      yaml.append("  - name: service-").append(i).append("\n    url: http://localhost/").append(i);
      yaml.append("\n    interval: 15s\n");
    }
    write("rollcall.yaml", yaml.toString());
    assertThat(read().services()).hasSize(10_000);
  }

  @Test
  void readsTheFileThatWasNamed() throws IOException {
    write("other.yaml", "port: 1234");
    write("rollcall.yaml", "port: 4321");
    named = Optional.of(Path.of("other.yaml"));
    assertThat(settings().web().main().port()).isEqualTo(1234);
  }

  @Test
  void treatsAFileOfCommentsAsEmpty() throws IOException {
    write("rollcall.yaml", "# port: 80\n#services:\n");
    assertThat(read().services()).isEmpty();
    write("rollcall.yaml", "services:\n# - name: a\nmonitor:\n");
    assertThat(read().services()).isEmpty();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private Configuration.Origin origin() {
    return new Configuration.Origin(
        flags, environment, new ConfigFiles(directory, named), FileServices.TOLERANT);
  }

  private Configuration read() {
    Mistakes mistakes = new Mistakes();
    Optional<Configuration> configuration = origin().read(mistakes);
    assertThat(mistakes.lines()).isEmpty();
    return configuration.orElseThrow();
  }

  private ServeSettings settings() {
    return read().settings();
  }
}
