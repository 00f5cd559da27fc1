package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.monitor.definition.ServiceReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Throws mutations of good configurations, services and command lines at whoever reads them: each
/// is right, or a mistake in lines of its own, and never a bug. A build tries the same each time;
/// `-Dfuzz.rounds=1000000` tries more, and `-Dfuzz.seed=` others.
class ConfigurationFuzzTest {
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 1_500);

  private static final List<String> FILES =
      List.of(
          """
          port: 8080
          host: 127.0.0.1
          token: ${TOKEN}
          roles: [runner, api]
          monitor:
            interval: 15s
            keep-alive: true
            witness: [192.0.2.1:53, '[::1]:80']
            retention: 1W2d
          targets: {allow: '10.0.0.0/8, ::/0', opt-out: list}
          collect: {input-url: 'http://a/hops', max-size-mb: 5}
          alert: {uri: 'https://a/?k=${TOKEN}'}
          log.level: debug
          services:
            - name: a ${TOKEN}
              url: https://a.example:8443/x?y=z
              interval: 5
              timeout: 250ms
              status: [200, 2xx, 300-399]
              headers: {X-Key: "${file:key}", B: 1}
              user: u
              password: $${p}
              json: {path: '$.a[0]', value: 1}
              tls: {verify: false, name: b.example}
              redirects: "false"
            - {name: b, url: 'tcp://b:1', send: "x\\r\\n", expect: y}
            - {name: c, url: 'postgres://c:5432/d?sslmode=require', user: u, password: p}
            - {name: d, url: 'dns:///d?type=A&expect=1.2.3.4'}
            - {name: e, url: 'tls://e?warn=14d'}
            - {name: f, url: 'philae+https://f/_health'}
            - {name: g, url: 'unix:///run/g', timeout: 1s}
            - {name: h, url: 'mongodb://h:1,i:2/j?replicaSet=k'}
            - {name: l, url: 'kafka://l:9092'}
          """,
          "services:\n- name: a\n  url: http://a\n  headers:\n    A: |\n      b\n      c\n");

  private static final List<String> BODIES =
      List.of(
          "{\"name\":\"a\",\"url\":\"https://a.example:8443/x?y=z\",\"interval\":5,\"timeout\":\"1s\","
              + "\"status\":[200,\"2xx\"],\"headers\":{\"A\":\"b\"},\"user\":\"u\",\"password\":\"p\","
              + "\"json\":{\"path\":\"$.a\",\"value\":1},\"tls\":{\"verify\":false,\"name\":\"b\"},"
              + "\"redirects\":true,\"keep-alive\":false,\"method\":\"POST\",\"body\":\"x\"}",
          "{\"name\":\"b\",\"url\":\"tcp://b:1\",\"send\":\"x\",\"expect\":\"y\"}",
          "{\"name\":\"c\",\"url\":\"redis://c:6379/0\",\"user\":\"u\",\"password\":\"p\"}",
          "{\"name\":\"d\",\"url\":\"dns:///d?type=TXT&expect=a\"}");

  private static final List<String> LINES =
      List.of(
          "config check --port=80 --host=a --monitor-interval=1s --monitor-witness=a:1",
          "check --service=a --timeout=1s --json",
          "check --service a --config=rollcall.yaml",
          "help config check",
          "merge out.db no.db",
          "config check --token=0123456789abcdef --alert-uri=http://a/ --roles=api",
          "--version");

  private static final List<String> PIECES =
      List.of(
          "0",
          "-1",
          "1e999",
          "99999999999999999999",
          "0x1F",
          ".inf",
          "~",
          "null",
          "true",
          "!!binary",
          "!!int x",
          "&a ",
          "*a",
          "<<: *a",
          "---\n",
          "...\n",
          "%YAML 9.9\n",
          "? ",
          ": ",
          "- ",
          "\n",
          "\t",
          "\r",
          "\"",
          "'",
          "|\n",
          ">\n",
          "{",
          "}",
          "[",
          "]",
          ",",
          "#",
          "${",
          "${TOKEN}",
          "${file:",
          "$${",
          "@",
          "`",
          "%",
          "\u0000",
          "\u0007",
          "\u0085",
          "\u2028",
          "\ufeff",
          "\ud800",
          "😀",
          "٥",
          "\\",
          "://",
          "http://",
          "[::1]",
          "::",
          "/",
          "?",
          "=",
          "&",
          "x".repeat(300),
          "--",
          "--port",
          "=",
          "@file");

  @TempDir Path directory;

  private final Random random = new Random(Long.getLong("fuzz.seed", 20_261_128));
  private final Map<String, String> environment = Map.of("TOKEN", "0123456789abcdef", "PATH", "x");

  @Test
  void aConfigurationIsRightOrTellsItsMistakes() throws IOException {
    Path file = directory.resolve("rollcall.yaml");
    Configuration.Origin origin =
        new Configuration.Origin(
            Map.of(),
            environment,
            new ConfigFiles(directory, Optional.empty()),
            FileServices.TOLERANT);
    Files.writeString(directory.resolve("key"), "k3y\n");
    Files.writeString(file, FILES.getFirst());
    Mistakes none = new Mistakes();
    origin.read(none);
    assertThat(none.lines()).isEmpty();
    for (int i = 0; i < ROUNDS; i++) {
      String text = mutated(FILES);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (i % 50 == 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Files.write(file, bytes);
      Mistakes mistakes = new Mistakes();
      boolean right;
      try {
        right = origin.read(mistakes).isPresent();
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("round " + i + " of\n" + text, e);
      }
      assertThat(right).as(text).isEqualTo(mistakes.isEmpty());
      assertThat(mistakes.lines())
          .as(text)
          .allSatisfy(
              line ->
                  assertThat(line)
                      .doesNotContain("\n", "\r", "Exception")
                      .doesNotEndWith(": null"));
    }
  }

  @Test
  void aServiceInABodyIsRightOrTellsItsMistakes() {
    ServiceReader reader =
        new ServiceReader(
            new ServiceReader.Defaults(
                Duration.ofSeconds(15), Duration.ofSeconds(15), false, Duration.ofDays(14)));
    JsonMapper json = new JsonMapper();
    for (int i = 0; i < ROUNDS; i++) {
      String text = mutated(BODIES);
      JsonNode body;
      try {
        body = json.readTree(text);
      } catch (JacksonException e) {
        continue; // refused before
      }
      Mistakes mistakes = new Mistakes();
      try {
        assertThat(reader.one(body, "", mistakes).isPresent()).isEqualTo(mistakes.isEmpty());
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("round " + i + " of\n" + text, e);
      }
    }
  }

  @Test
  void aCommandLineIsRightOrToldItsMistake() {
    for (int i = 0; i < ROUNDS / 10; i++) {
      String text = mutated(LINES);
      if (text.startsWith("serve") || text.startsWith("train") || text.contains("://")) {
        continue;
      }
      String[] arguments = text.split(" ", -1);
      StringWriter err = new StringWriter();
      int status =
          new Main(directory, environment)
              .commands(arguments)
              .setOut(new PrintWriter(new StringWriter()))
              .setErr(new PrintWriter(err, true))
              .execute(arguments);
      assertThat(status).as(text).isIn(Command.OK, Command.MISTAKE, Command.TROUBLE);
      if (status == Command.TROUBLE) {
        assertThat(err.toString()).as(text).isNotBlank(); // a bug is told in the log
      }
      assertThat(err.toString()).as(text).doesNotContain("\tat ", "Exception");
    }
  }

  private String mutated(List<String> good) {
    StringBuilder text = new StringBuilder(good.get(random.nextInt(good.size())));
    int edits = 1 + random.nextInt(4);
    for (int i = 0; i < edits && !text.isEmpty(); i++) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + random.nextInt(12));
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, piece);
        case 1 -> text.replace(at, end, piece);
        case 2 -> text.delete(at, end);
        default -> text.insert(at, text.substring(at, end));
      }
    }
    return text.toString();
  }
}
