package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `${NAME}` and `${file:/path}` in `rollcall.yaml`.
class ReferencesTest {
  @TempDir Path directory;

  private final Map<String, String> environment = new HashMap<>();

  @Test
  void standForValuesOfSettingsAndServicesAlike() throws IOException {
    environment.put("PORT", "1234");
    environment.put("HOST", "db.example");
    environment.put("SECONDS", "5");
    environment.put("NO", "false");
    environment.put("CODE", "204");
    write(".env", "HOST=other.example\nPIN=007\n");
    write("token", "0123456789abcdef\n");
    write("key", "k e y\r\n");
    Configuration read =
        right(
            """
            port: ${PORT}
            token: ${file:token}
            log:
              level: debug
            services:
              - name: a b
                url: https://${HOST}:${PORT}/
                interval: ${SECONDS}
                timeout: ${SECONDS}s
                redirects: ${NO}
                keep-alive: "${NO}"
                user: it
                password: ${PIN}
                status: [200, "${CODE}"]
                headers: {X-Key: "${file:key}", X-Literal: "$${PORT}", X-Price: $5 $$}
                tls: {verify: "${NO}"}
            """);
    assertThat(read.settings().web().main().port()).isEqualTo(1234);
    assertThat(read.settings().web().token()).contains(new Secret("0123456789abcdef"));
    ServiceDefinition service = read.services().getFirst();
    assertThat(service.url()).hasToString("https://db.example:1234/");
    assertThat(service.interval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(service.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(service.json())
        .contains(
            "\"redirects\":false",
            "\"keep-alive\":false",
            "\"password\":\"007\"",
            "\"status\":[200,\"204\"]",
            "\"X-Key\":\"k e y\"",
            "\"X-Literal\":\"${PORT}\"",
            "\"X-Price\":\"$5 $$\"",
            "\"verify\":false");
  }

  @Test
  void areNotLookedForInWhatTheyBring() throws IOException {
    environment.put("A", "${B} ${file:x} $${C}");
    write("x", "${A}\n\n");
    ServiceDefinition service =
        right("services: [{name: a, url: 'http://a', contains: '${A}', body: '<${file:x}>'}]")
            .services()
            .getFirst();
    assertThat(service.json())
        .contains("\"contains\":\"${B} ${file:x} $${C}\"", "\"body\":\"<${A}\\n>\"");
  }

  @Test
  void areRefusedWithOneLineEachWhereWhatTheyNameIsNotThere() throws IOException {
    environment.put("EMPTY", "");
    write("empty", "\n");
    write("large", "x".repeat(64 * 1024 + 1));
    Files.write(directory.resolve("latin1"), new byte[] {'a', (byte) 0xe4});
    assertThat(
            mistakes(
                """
                port: ${NO_PORT}
                monitor: {witness: ["${NO_HOST}:53"]}
                services:
                  - name: ${NO_NAME}
                    url: ${NO_URL}
                    user: ${EMPTY}
                    password: ${file:none}
                    status: [200, "${NO_STATUS}"]
                    headers: {X: "${file:empty}", Y: "${file:large}"}
                    tls: {cert: "${NO_CERT}", key: "${file:.}"}
                  - name: b
                    url: http://b
                    body: ${file:latin1}
                    contains: ${not a name}
                    json: {path: '${', value: "${file:}"}
                    redirects: ${DEFAULT:-x}
                """))
        .containsExactly(
            "rollcall.yaml:1: port: ${NO_PORT} is not set: set the variable NO_PORT, in the"
                + " environment or in .env",
            "rollcall.yaml:2: monitor.witness[0]: ${NO_HOST} is not set: set the variable NO_HOST,"
                + " in the environment or in .env",
            "rollcall.yaml:4: services[0].name: ${NO_NAME} is not set: set the variable NO_NAME, in"
                + " the environment or in .env",
            "rollcall.yaml:5: services[0].url: ${NO_URL} is not set: set the variable NO_URL, in"
                + " the environment or in .env",
            "rollcall.yaml:6: services[0].user: ${EMPTY} is empty: set the variable EMPTY, in the"
                + " environment or in .env",
            "rollcall.yaml:7: services[0].password: ${file:none} does not exist: name one that"
                + " does",
            "rollcall.yaml:8: services[0].status[1]: ${NO_STATUS} is not set: set the variable"
                + " NO_STATUS, in the environment or in .env",
            "rollcall.yaml:9: services[0].headers.X: ${file:empty} is empty: write the value into"
                + " it",
            "rollcall.yaml:9: services[0].headers.Y: ${file:large} is larger than 64 KiB: make it"
                + " smaller",
            "rollcall.yaml:10: services[0].tls.cert: ${NO_CERT} is not set: set the variable"
                + " NO_CERT, in the environment or in .env",
            "rollcall.yaml:10: services[0].tls.key: ${file:.} is a folder: name a text file",
            "rollcall.yaml:13: services[1].body: ${file:latin1} is not UTF-8: save it as UTF-8",
            "rollcall.yaml:14: services[1].contains: \"${not a name}\" is not a valid reference:"
                + " write ${NAME}"
                + " or ${file:/path}, and $${ for the text ${",
            "rollcall.yaml:15: services[1].json.path: \"${\" is not a valid reference: write"
                + " ${NAME} or"
                + " ${file:/path}, and $${ for the text ${",
            "rollcall.yaml:15: services[1].json.value: \"${file:}\" is not a valid reference:"
                + " write ${NAME} or"
                + " ${file:/path}, and $${ for the text ${",
            "rollcall.yaml:16: services[1].redirects: \"${DEFAULT:-x}\" is not a valid"
                + " reference: write"
                + " ${NAME} or ${file:/path}, and $${ for the text ${");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token: ${S}",
        "port: ${S}",
        "host: 'x ${S}'",
        "monitor: {witness: ['${S}']}",
        "services: [{name: a, url: 'http://a/ ${S}'}]",
        "services: [{name: a, url: 'http://u:${S}@a/'}]",
        "services: [{name: a, url: 'ftp://a/${S}'}]",
        "services: [{name: a, url: 'http://a', interval: '${S}'}]",
        "services: [{name: a, url: 'http://a', status: '${S}'}]",
        "services: [{name: a, url: 'http://a', method: 'a ${S}'}]",
        "services: [{name: a, url: 'http://a', headers: {X: \"a\\n${S}\"}}]",
        "services: [{name: a, url: 'http://a', tls: {ca: '${S}'}}]",
        "services: [{name: '${S}', url: 'http://a'}, {name: '${S}', url: 'http://a'}]",
        "services: [{name: a, url: 'postgres://a:${S}/b'}]",
        "services: [{name: a, url: 'tls://a?warn=${S}'}]",
      })
  void areNeverShownInWhatIsSaidOfTheirValues(String yaml) throws IOException {
    environment.put("S", "geheim!");
    assertThat(mistakes(yaml)).isNotEmpty().noneMatch(line -> line.contains("geheim"));
    environment.clear();
    write("s", "geheim!\n");
    assertThat(mistakes(yaml.replace("${S}", "${file:s}")))
        .isNotEmpty()
        .noneMatch(line -> line.contains("geheim"));
  }

  @Test
  void areShownAsTheyWereWrittenWhereTheirValueIsWrong() throws IOException {
    environment.put("KEY", "abcdefgh");
    assertThat(mistakes("services: [{name: a, url: 'ftp//a?key=${KEY}'}]"))
        .containsExactly(
            "rollcall.yaml:1: services[0].url: \"ftp//a?key=${KEY}\" is no URL: write it as"
                + " https://host/path or tcp://host:port");
    environment.put("PORT", "80800");
    assertThat(mistakes("port: ${PORT}"))
        .containsExactly(
            "rollcall.yaml:1: port: \"${PORT}\" is out of range: give a whole number from 0 to"
                + " 65535");
  }

  @Test
  void areShownInANameAsEverybodySeesIt() throws IOException {
    environment.put("STAGE", "production");
    ServiceDefinition service =
        right("services: [{name: 'shop ${STAGE}', url: 'http://a'}]").services().getFirst();
    assertThat(service).hasToString("shop production http://a");
  }

  @Test
  void areHiddenInWhatIsSaidOfAService() throws IOException {
    environment.put("WORD", "geheim");
    ServiceDefinition service =
        right("services: [{name: a, url: 'http://a/${WORD}'}]").services().getFirst();
    assertThat(service.url()).hasToString("http://a/geheim");
    assertThat(service).hasToString("a http://a/***");
  }

  @Test
  void takeNoMoreRoomThanAFileMay() throws IOException {
    write("large", "x".repeat(60 * 1024));
    StringBuilder yaml = new StringBuilder("services:\n");
    for (int i = 0; i < 200; i++) {
      yaml.append("  - {name: a" + i + ", url: http://a, body: '${file:large}'}\n");
    }
    assertThat(mistakes(yaml.toString()))
        .first()
        .asString()
        .contains("${file:large} makes the file larger than 8 MiB: use less text");
    assertThat(
            mistakes(
                "services: [{name: a, url: 'http://a', body: '"
                    + "${file:large}".repeat(30)
                    + "'}]"))
        .containsExactly(
            "rollcall.yaml:1: services[0].body: ${file:large} makes it longer than 1 MiB: use"
                + " less text");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "port: ${file:/dev/zero} | is no file",
        "port: ${file:/proc/self/mem} | cannot be read",
        "port: ${file:a\0b} | is no path",
      })
  void neverHangOnWhatIsNoFile(String yaml, String says) throws IOException {
    assertThat(mistakes(yaml.replace("\0", "\\0")))
        .singleElement()
        .asString()
        .startsWith("rollcall.yaml:1: port: ${file:");
  }

  @Test
  void sayThatBracesWantThemInQuotes() throws IOException {
    assertThat(mistakes("services:\n- {name: a, url: ${URL}}"))
        .singleElement()
        .asString()
        .endsWith("; within { } and [ ], write \"${NAME}\" in quotes");
  }

  @Test
  void tellWhichFilesTheyRead() throws IOException {
    write("a", "A");
    write("rollcall.yaml", "services: [{name: a, body: '${file:a}', url: '${file:b}'}]");
    List<Path> files = new ArrayList<>();
    assertThat(origin().read(new Mistakes(), files::addAll)).isEmpty();
    assertThat(files).containsExactlyInAnyOrder(directory.resolve("a"), directory.resolve("b"));
  }

  private Configuration.Origin origin() {
    return origin(FileServices.TOLERANT);
  }

  private Configuration.Origin origin(FileServices fileServices) {
    return new Configuration.Origin(
        Map.of(), environment, new ConfigFiles(directory, Optional.empty()), fileServices);
  }

  private Configuration right(String yaml) throws IOException {
    write("rollcall.yaml", yaml);
    Mistakes mistakes = new Mistakes();
    Optional<Configuration> read = origin().read(mistakes);
    assertThat(mistakes.lines()).isEmpty();
    return read.orElseThrow();
  }

  private List<String> mistakes(String yaml) throws IOException {
    write("rollcall.yaml", yaml);
    Mistakes mistakes = new Mistakes();
    assertThat(origin(FileServices.STRICT).read(mistakes)).isEmpty();
    return mistakes.lines();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }
}
