package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeResultTest {
  private static String shown(String why) {
    return ProbeResult.failed("db", why, Duration.ZERO).failure().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cannot reach postgres://app:s3cr3t@db/orders",
        "cannot reach redis://:s3cr3t@cache:6379, giving up",
        "cannot reach postgres://app:p@s3cr3t@db/orders",
        "jdbc:postgresql://db/orders?user=app&password=s3cr3t&ssl=true: refused",
        "bad settings: Password: 's3cr3t and more', host db",
        "{\"password\": \"s3cr3t\", \"user\": \"app\"}",
        "call of /v1?api_key=s3cr3t failed",
        "sent Authorization: Bearer s3cr3t and was refused",
        "OS_PASSWORD=s3cr3t",
      })
  void hidesASecretThatItsPlaceGivesAway(String why) {
    assertThat(shown(why)).doesNotContain("s3cr3t").contains("***");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Access denied for user 'app'@'10.0.0.7' (using password: YES)",
        "FATAL: password authentication failed for user \"app\"",
        "mail to ops@example.com was refused",
        "login: user app@db:5432, wrong password",
        "status 503 from http://db.example.com/health",
      })
  void leavesHarmlessMessagesAsTheyAre(String why) {
    assertThat(shown(why)).isEqualTo(why);
  }

  @Test
  void hidesWhatLogsInWhereverItStands() {
    assertThat(shown("sent Basic dXNlcjpzM2NyM3Q= and Bearer eyJhbGciOi.x-y_z: 401"))
        .isEqualTo("sent Basic *** and Bearer ***: 401");
    assertThat(shown("Basic authentication failed, Bearer tokens expected"))
        .isEqualTo("Basic authentication failed, Bearer tokens expected");
    assertThat(shown("no amqp://u:s3/cr3t?@mq/ and http://db:80/x?to=a@b"))
        .isEqualTo("no amqp://***@mq/ and http://db:80/x?to=a@b");
  }

  @Test
  void isOneLineWhateverWasThrown() {
    assertThat(shown("ERROR: no\r\n\tHint: try\u2028again\u202e\u001b[31m"))
        .doesNotContain("\n", "\r", "\t", "\u2028", "\u202e", "\u001b");
  }

  @Test
  void isNeverLongerThanPromised() {
    assertThat(shown("x".repeat(1_000_000))).hasSize(ProbeResult.LONGEST_FAILURE).endsWith("x…");
    assertThat(shown("//".repeat(100_000))).hasSize(ProbeResult.LONGEST_FAILURE);
  }

  @Test
  void namesWhatIsOnlyANameInTheMessage() {
    assertThat(OneLine.why(new UnknownHostException("db"))).isEqualTo("UnknownHostException: db");
    assertThat(OneLine.why(new NoSuchFileException("/data/x")))
        .isEqualTo("NoSuchFileException: /data/x");
    assertThat(OneLine.why(new NoClassDefFoundError("redis/Jedis")))
        .isEqualTo("NoClassDefFoundError: redis/Jedis");
    assertThat(OneLine.why(new IllegalStateException("full"))).isEqualTo("full");
    assertThat(OneLine.why(new ProbeFailure("full"))).isEqualTo("full");
    assertThat(OneLine.why(new NullPointerException())).isEqualTo("NullPointerException");
    assertThat(OneLine.why(new ArithmeticException("/ by zero")))
        .isEqualTo("ArithmeticException: / by zero");
    assertThat(OneLine.why(new OutOfMemoryError("Java heap space")))
        .isEqualTo("OutOfMemoryError: Java heap space");
    assertThat(OneLine.why(new Exception() {})).isEqualTo("Exception");
  }

  @Test
  void commentsOnSuccessAndFailureAsTheContractSays() {
    ProbeResult well = ProbeResult.well("db", Duration.ofNanos(12_300_000));
    assertThat(well.comment()).isEqualTo("took 12.3ms");
    assertThat(well.error()).isEmpty();
    ProbeResult failed = ProbeResult.failed("db", "full", Duration.ofNanos(12_300_000));
    assertThat(failed.comment()).isEqualTo("error");
    assertThat(failed.error()).contains("probe check failed: full");
  }

  @Test
  void keepsDetailsInTheirOrderEachOnOneLineWithoutSecrets() {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("url", "postgres://app:s3cr3t@db/orders\nx");
    details.put("db.password", "s3cr3t");
    details.put("free", "1 GB");
    ProbeResult result = new ProbeResult("db", Status.OK, Optional.empty(), Duration.ZERO, details);
    assertThat(result.details())
        .containsExactly(
            Map.entry("url", "postgres://***@db/orders x"),
            Map.entry("db.password", "***"),
            Map.entry("free", "1 GB"));
  }

  @Test
  void keepsNoMoreDetailsThanItSays() throws Exception {
    Report report =
        new Prober()
            .add(
                Probe.of(
                    "chatty",
                    attempt -> {
                      for (int i = 0; i < 1_000; i++) {
                        attempt.detail("d" + i, "v");
                      }
                      attempt.detail("d0", "last");
                    }))
            .check();
    assertThat(report.probes().getFirst().details())
        .hasSize(Attempt.MOST_DETAILS)
        .containsEntry("d0", "last");
  }
}
