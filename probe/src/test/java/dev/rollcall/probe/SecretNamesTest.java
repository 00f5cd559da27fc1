package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Api-Key",
        "apikey",
        "api_key",
        "key",
        "accessKey",
        "Authorization",
        "Proxy-Authorization",
        "auth",
        "Cookie",
        "Set-Cookie",
        "access_token",
        "X-Auth-Token",
        "client_secret",
        "password",
        "passwd",
        "pass",
        "pwd",
        "passphrase",
        "sig",
        "X-Amz-Signature",
        "sessionid",
        "credentials"
      })
  void knowsTheNamesOfSecrets(String name) {
    assertThat(SecretNames.isSecret(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Idempotency-Key",
        "keys",
        "keyspace",
        "Keep-Alive",
        "author",
        "authority",
        "sessions",
        "Accept",
        "page",
        "signed",
        "passed",
        "free",
        "Host"
      })
  void knowsWhatIsNone(String name) {
    assertThat(SecretNames.isSecret(name)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "sent X-Api-Key: abc and went, sent X-Api-Key: *** and went",
        "GET /?apikey=abc&page=1, GET /?apikey=***&page=1",
        "GET /?access_token=abc&key=def, GET /?access_token=***&key=***",
        "Cookie: a=1; b=2 was refused, Cookie: ***was refused",
        "Authorization: Bearer abc, Authorization: Bearer ***",
        "{\"access_token\":\"abc\"}, {\"access_token\":***}",
        "(using password: YES), (using password: YES)",
        "unexpected token: FROM, unexpected token: FROM"
      })
  void hidesWhatStandsBehindThem(String line, String shown) {
    assertThat(OneLine.of(line)).isEqualTo(shown);
  }

  /// The page of a program that shows its settings when it fails.
  @Test
  void hidesThemInWhatCameBack() {
    String page =
        "<pre>DB_PASSWORD=hunter2\nX-Api-Key: k3y\n{\"access_token\": \"t0ken\"}\nSet-Cookie: id=c00kie</pre>";
    String shown = new AnswerExcerpt(500, Map.of(), page).body();
    assertThat(shown)
        .contains("DB_PASSWORD=***", "X-Api-Key: ***", "***}")
        .doesNotContain("hunter2", "k3y", "t0ken", "c00kie");
  }
}
