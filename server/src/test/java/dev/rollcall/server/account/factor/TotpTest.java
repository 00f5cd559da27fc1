package dev.rollcall.server.account.factor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpTest {
  private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

  private final Totp totp = Totp.of(Base32.text(SECRET));

  /// RFC 6238, appendix B, for SHA-1; the last six of its eight digits.
  @ParameterizedTest
  @CsvSource({
    "59, 287082",
    "1111111109, 081804",
    "1111111111, 050471",
    "1234567890, 005924",
    "2000000000, 279037",
    "20000000000, 353130"
  })
  void codesAreThoseOfTheStandard(long seconds, String code) {
    assertThat(totp.code(seconds / 30)).isEqualTo(code);
    assertThat(totp.step(code, Instant.ofEpochSecond(seconds), 0)).hasValue(seconds / 30);
  }

  @Test
  void aCodeIsRightOneStepEarlyAndOneStepLate() {
    Instant middle = Instant.ofEpochSecond(1000 * 30 + 15);
    for (int away = -3; away <= 3; away++) {
      OptionalLong step = totp.step(totp.code(1000 + away), middle, 0);
      assertThat(step.isPresent()).as("%d steps away", away).isEqualTo(Math.abs(away) <= 1);
    }
  }

  @Test
  void aCodeThatWasUsedAndEveryEarlierOneAreWrong() {
    Instant middle = Instant.ofEpochSecond(1000 * 30 + 15);
    assertThat(totp.step(totp.code(1000), middle, 999)).hasValue(1000);
    assertThat(totp.step(totp.code(1000), middle, 1000)).isEmpty();
    assertThat(totp.step(totp.code(999), middle, 1000)).isEmpty();
    assertThat(totp.step(totp.code(1001), middle, 1000)).hasValue(1001);
  }

  @Test
  void secretsAreBase32AsAppsReadIt() {
    assertThat(totp.text()).isEqualTo("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assertThat(Base32.bytes(totp.text())).isEqualTo(SECRET);
    // RFC 4648, 10, without padding
    Map.of("f", "MY", "fo", "MZXQ", "foo", "MZXW6", "foob", "MZXW6YQ", "fooba", "MZXW6YTB")
        .forEach(
            (plain, text) -> {
              byte[] bytes = plain.getBytes(StandardCharsets.US_ASCII);
              assertThat(Base32.text(bytes)).isEqualTo(text);
              assertThat(Base32.bytes(text)).isEqualTo(bytes);
            });
    assertThat(Totp.random().text()).hasSize(32).isNotEqualTo(Totp.random().text());
  }

  @Test
  void appsReadTheSecretFromALink() {
    assertThat(totp.uri("ann+1@example.org"))
        .isEqualTo(
            "otpauth://totp/Rollcall:ann%2B1%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Rollcall&algorithm=SHA1&digits=6&period=30");
  }

  @Test
  void theImageOfALinkHasTheMarksByWhichReadersFindIt() {
    QrImage image = QrImage.of(totp.uri("ann@example.org"));
    assertThat((image.size() - 8 - 17) % 4).as("a size of the standard").isZero();
    // the outer ring of the mark at the upper left
    for (int i = 4; i < 11; i++) {
      assertThat(image.path()).contains("M" + i + " 4h1", "M4 " + i + "h1");
    }
    assertThat(image.path()).doesNotContain("M5 5h1", "M3 ");
  }

  @Test
  void recoveryCodesAreReadAsPeopleWriteThem() {
    assertThat(RecoveryCode.some())
        .hasSize(10)
        .doesNotHaveDuplicates()
        .allSatisfy(
            code -> {
              assertThat(code).matches("([a-z2-7]{4}-){3}[a-z2-7]{4}");
              String plain = code.replace("-", "");
              assertThat(RecoveryCode.normal(code)).contains(plain);
              assertThat(RecoveryCode.normal(" " + code.toUpperCase(Locale.ROOT).replace('-', ' ')))
                  .contains(plain);
            });
    assertThat(RecoveryCode.normal("abcd-efgh")).isEmpty();
    assertThat(RecoveryCode.normal("0000-0000-0000-0000")).isEmpty();
  }
}
