package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.ProbeResult;
import dev.rollcall.probe.Prober;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  private static final String PASSWORD = "pass \"word\"/ü@1";

  @ParameterizedTest
  @ValueSource(
      strings = {
        PASSWORD,
        "pass+%22word%22%2F%C3%BC%401",
        "pass%20%22word%22%2F%C3%BC%401",
        "pass%20%22word%22%2f%c3%bc%401",
        "pass%20\"word\"/%C3%BC@1",
        "%70ass+\"word\"%2Fü%401",
        "pass \\\"word\\\"/ü@1",
        "pass \\\"word\\\"\\/\\u00fc@1",
        "pass \\u0022word\\u0022\\u002F\\u00FC\\u0040\\u0031",
        "pass &quot;word&quot;/ü@1",
        "pass&#32;&#34;word&#x22;&#x2F;&#252;@1"
      })
  void hidesAPasswordInEveryFormADriverRepeatsItIn(String form) {
    assertThat(Secrets.of(new Login("app", PASSWORD)).hide("refused: " + form + "."))
        .isEqualTo("refused: ***.");
  }

  @Test
  void hidesTheBeginningOfASecretWithinWhichAMessageWasCut() {
    Secrets secrets = Secrets.of("0123456789", "other");
    assertThat(secrets.hide("no \"x 012345...\" in \"0123...\" or 012...\n01234…"))
        .isEqualTo("no \"x ***...\" in \"***...\" or 012... ***…");
  }

  @Test
  void hidesTheHeaderOfBasicAuthentication() {
    String header =
        Base64.getEncoder().encodeToString(("app:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    assertThat(Secrets.of(new Login("app", PASSWORD)).hide("sent Basic " + header))
        .isEqualTo("sent Basic ***");
  }

  /// What a server answers who repeats what it was sent: SASL PLAIN, a cookie, a whole line.
  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", "abc", "\0app\0", "AUTH PLAIN app "})
  void hidesItWithinTheBase64OfALongerText(String before) {
    Secrets secrets = Secrets.of(new Login("app", "SmtpS3cretPw"));
    for (String after : new String[] {"", "1", "12", "123"}) {
      byte[] text = (before + "SmtpS3cretPw" + after).getBytes(StandardCharsets.UTF_8);
      for (Base64.Encoder encoder :
          new Base64.Encoder[] {Base64.getEncoder(), Base64.getUrlEncoder()}) {
        String shown = secrets.hide("refused (" + encoder.encodeToString(text) + ")");
        assertThat(shown).contains("***").doesNotContain("bXRwUzNjcmV0").hasSizeLessThan(60);
      }
    }
    assertThat(
            secrets.hide(
                "535 bad: AUTH PLAIN "
                    + Base64.getEncoder()
                        .encodeToString("\0app\0SmtpS3cretPw".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("535 bad: AUTH PLAIN ***");
  }

  @Test
  void hidesWhatStandsInAUrlEvenWhenItIsNotKnown() {
    assertThat(Secrets.none().hide("cannot reach redis://me:other@host:1/0"))
        .isEqualTo("cannot reach redis://***@host:1/0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "no", "200"})
  void hidesAShortSecretOnlyWhereItStandsForItself(String secret) {
    Secrets secrets = Secrets.of(new Login("u", secret));
    assertThat(secrets.hide("query: no answer, a status of 200"))
        .isEqualTo("query: no answer, a status of 200");
    assertThat(secrets.hide("'%1$s' and password: %1$s and token=%1$s, u:%1$s".formatted(secret)))
        .startsWith("'***' and password: *** and token=***");
  }

  @Test
  void hidesALongerSecretWhereverItStands() {
    assertThat(Secrets.of(new Login("u", "four")).hide("not four but petit-fours"))
        .isEqualTo("not *** but petit-***s");
  }

  @Test
  void hidesWhatTheHeadersAndTheQueryLogInWith() {
    HttpQuestion question =
        HttpQuestion.of("http://h/?page=start&access_token=abc%2Fdef&apikey=ghijk")
            .header("X-Api-Key", "lmnop")
            .header("Cookie", "qrstu")
            .header("Accept", "text/html");
    assertThat(question.secrets().hide("start abc/def abc%2Fdef ghijk lmnop qrstu text/html"))
        .isEqualTo("start *** *** *** *** *** text/html");
  }

  @Test
  void hidesWhatTheBodyLogsInWith() {
    String json =
        "{\"user\":\"app\",\"Password\" : \"x\\\"<y>&z\",\"n\":{\"api_token\":\"t0ken\"}}";
    assertThat(hiddenIn(json, "app x\\\"<y>&z x\"<y>&z x&quot;&lt;y&gt;&amp;z t0ken"))
        .isEqualTo("app *** *** *** ***");
    assertThat(hiddenIn("user=app&password=a%26b+c+d", "app a%26b+c+d and a&b c d and a&amp;b c d"))
        .isEqualTo("app *** and *** and ***");
    assertThat(hiddenIn("no secret: at all", "no secret: at all")).isEqualTo("no secret: at all");
  }

  private static String hiddenIn(String body, String answer) {
    return HttpQuestion.of("http://shop.example/").body(body).secrets().hide(answer);
  }

  @Test
  void makesOneLineOfBoundedLength() {
    assertThat(Secrets.none().hide("FATAL:\n  no\u0000\tsuch role "))
        .isEqualTo("FATAL: no such role");
    assertThat(Secrets.none().hide("x".repeat(10_000))).hasSize(503).endsWith("...");
  }

  @Test
  void keepsWhatAFailureSaysOfTheFault() {
    Secrets secrets = Secrets.of("hidden");
    assertThat(secrets.hide(ProbeFailure.answered("hidden")).answered()).isTrue();
    assertThat(secrets.hide(ProbeFailure.here("hidden")).isHere()).isTrue();
    assertThat(secrets.hide(new ProbeFailure("hidden")).answered()).isFalse();
    assertThat(secrets.hide(new ProbeFailure("hidden")).reason()).isEqualTo("***");
  }

  /// A probe of anybody, which says what it says.
  @Test
  void hidesThemInWhateverAProbeThrowsAndReports() throws Exception {
    Secrets secrets = Secrets.of(List.of("S3cretPw"));
    List<Throwable> thrown =
        List.of(
            new ProbeFailure("no S3cretPw"),
            new IllegalStateException("no S3cretPw"),
            new IOException("no S3cretPw"),
            new NoClassDefFoundError("no S3cretPw"));
    for (Throwable each : thrown) {
      ProbeResult result = checked(secrets, each);
      assertThat(result.toString()).contains("no ***").doesNotContain("S3cretPw");
      assertThat(result.details()).containsEntry("url", "x?***=1");
    }
    assertThat(checked(secrets, new UnknownHostException("db")).failure())
        .contains("UnknownHostException: db");
  }

  private static ProbeResult checked(Secrets secrets, Throwable thrown) throws Exception {
    Probe probe =
        Probe.of(
            "a",
            attempt -> {
              attempt.detail("url", "x?S3cretPw=1");
              if (thrown instanceof Error e) {
                throw e;
              }
              throw (Exception) thrown;
            });
    return new Prober().add(secrets.hidden(probe)).check("a");
  }
}
