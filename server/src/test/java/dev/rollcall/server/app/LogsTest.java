package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogsTest {
  private static final System.Logger OURS =
      System.getLogger("dev.rollcall.server.monitor.schedule.Schedule");
  private static final System.Logger LIBRARY = System.getLogger("org.example.Library");
  private final IllegalStateException bug =
      new IllegalStateException("wrong\nat all", new IOException("disk full"));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private final KeptLog log = new KeptLog();

  @AfterEach
  void restore() {
    log.restore();
  }

  @Test
  void writesOneReadableLineForAMessage() {
    log(LogSettings.Level.INFO, LogSettings.Format.TEXT);
    OURS.log(Level.INFO, "{0,number,#} services", 12_000);
    assertThat(lines())
        .singleElement()
        .asString()
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  monitor: 12000 services");
  }

  @Test
  void letsNoMessageForgeALine() {
    log(LogSettings.Level.INFO, LogSettings.Format.TEXT);
    OURS.log(
        Level.INFO, "asked {0}", "x\n2026-11-20T06:30:00.123Z INFO  monitor: all well\u001b[2J");
    assertThat(lines())
        .singleElement()
        .asString()
        .endsWith("asked x\\n2026-11-20T06:30:00.123Z INFO  monitor: all well\\u001b[2J");
  }

  @Test
  void tellsAnExceptionInOneLineAndItsStackOnlyWhereItIsABug() {
    log(LogSettings.Level.INFO, LogSettings.Format.TEXT);
    OURS.log(Level.WARNING, "not written", bug);
    assertThat(lines())
        .singleElement()
        .asString()
        .endsWith(
            "WARN  monitor: not written: IllegalStateException: wrong\\nat all, from IOException:"
                + " disk full");
    OURS.log(Level.ERROR, "not written", bug);
    assertThat(lines().subList(2, lines().size()))
        .hasSizeGreaterThan(3)
        .allMatch(line -> line.startsWith("    "))
        .anyMatch(line -> line.contains("LogsTest"));
  }

  @Test
  void showsEveryStackWhenDebugging() {
    log(LogSettings.Level.DEBUG, LogSettings.Format.TEXT);
    OURS.log(Level.DEBUG, "not written", bug);
    assertThat(lines()).hasSizeGreaterThan(3).first().asString().contains("DEBUG monitor: ");
  }

  @Test
  void writesJsonForPrograms() {
    log(LogSettings.Level.INFO, LogSettings.Format.JSON);
    OURS.log(Level.ERROR, "a \"b\"\n", bug);
    assertThat(lines()).hasSize(1);
    JsonNode line = new JsonMapper().readTree(lines().getFirst());
    assertThat(line.propertyNames())
        .containsExactly("time", "level", "logger", "message", "service", "exception", "stack");
    assertThat(line.get("message").asString()).isEqualTo("a \"b\"\n");
    assertThat(line.get("service").asString()).isEqualTo("rollcall");
    assertThat(line.get("level").asString()).isEqualTo("ERROR");
  }

  @ParameterizedTest
  @EnumSource
  void showsThePasswordOfNoUrl(LogSettings.Format format) {
    log(LogSettings.Level.INFO, format);
    IllegalStateException cause =
        new IllegalStateException("not a URL: redis://:hush/1@[::1]:6379");
    IllegalStateException wrong =
        new IllegalStateException("asking https://me:hush@db.example/x?a=b@c", cause);
    wrong.addSuppressed(new IllegalStateException("amqp://guest:hush@db.example"));
    OURS.log(
        Level.ERROR, "mongodb://me:hush@a.example:1,b.example:2 at http://a.example:1/@x", wrong);
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(text)
        .doesNotContain("hush")
        .contains("mongodb://me:***@a.example:1,b.example:2 at http://a.example:1/@x")
        .contains("https://me:***@db.example/x?a=b@c")
        .contains("redis://:***@[::1]:6379")
        .contains("amqp://guest:***@db.example");
  }

  @Test
  void hearsLibrariesFromWarningsOn() {
    log(LogSettings.Level.INFO, LogSettings.Format.TEXT);
    LIBRARY.log(Level.INFO, "chatter");
    OURS.log(Level.DEBUG, "detail");
    LIBRARY.log(Level.WARNING, "beware");
    assertThat(lines()).singleElement().asString().endsWith("WARN  Library: beware");
  }

  @Test
  void neverHearsTheDebuggingOfLibrariesWhichMayShowSecrets() {
    log(LogSettings.Level.DEBUG, LogSettings.Format.TEXT);
    LIBRARY.log(Level.DEBUG, "Authorization: secret");
    LIBRARY.log(Level.INFO, "migrated");
    assertThat(lines()).singleElement().asString().endsWith("migrated");
  }

  private void log(LogSettings.Level level, LogSettings.Format format) {
    Logs.to(out, new LogSettings(level, format, "rollcall"));
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
