package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URLEncoder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
  @Test
  void decodesNamesAndValuesInTheirOrder() {
    Query query = Query.parse("name=caf%C3%A9+au+lait&tag=a&&tag=b%26c&flag&empty=&a=b=c");
    assertThat(query.single("name")).contains("café au lait");
    assertThat(query.all("tag")).containsExactly("a", "b&c");
    assertThat(query.single("flag")).contains("");
    assertThat(query.single("empty")).contains("");
    assertThat(query.single("a")).contains("b=c");
    assertThat(query.single("absent")).isEmpty();
  }

  @Test
  void refusesASecondValueWhereOneIsTaken() {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> Query.parse("limit=1&limit=2").single("limit"))
        .withMessage("parameter 'limit' is given more than once");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "00",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "1e3",
        "0x10",
        "x",
        "٣",
        "9999999999999999999"
      })
  void refusesWhatIsNoPositiveWholeNumberAndNamesIt(String value) {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> Request.positive("limit", value))
        .withMessage("parameter 'limit' is '" + value + "': a positive whole number is required");
  }

  @Test
  void readsPositiveWholeNumbers() {
    assertThat(Request.positive("limit", "1")).isEqualTo(1);
    assertThat(Request.positive("limit", "007")).isEqualTo(7);
    assertThat(Request.positive("limit", "999999999999999999")).isEqualTo(999_999_999_999_999_999L);
  }

  @Test
  void takesTextThatIsNotEncodedBesideWhatIs() {
    assertThat(Query.parse("a=caf\u00e9&b=caf\u00e9+%C3%A9&c=\ud83d\ude00%21").single("b"))
        .contains("caf\u00e9 \u00e9");
    assertThat(Query.parse("c=\ud83d\ude00%21").single("c")).contains("\ud83d\ude00!");
    assertThatExceptionOfType(Refusal.class).isThrownBy(() -> Query.parse("a=%\u0664\u0661"));
  }

  @Test
  void boundsTheNumberOfParameters() {
    assertThat(Query.parse("a&".repeat(1000)).all("a")).hasSize(1000);
    assertThatExceptionOfType(Refusal.class).isThrownBy(() -> Query.parse("a&".repeat(1001)));
  }

  @Test
  void readsBackWhateverIsEncoded() {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      String text =
          random
              .ints(random.nextInt(12), 1, 0xD7FF)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      String encoded = URLEncoder.encode(text, UTF_8);
      assertThat(Query.parse("k=" + encoded).single("k")).contains(text);
      assertThat(PercentDecoding.segment(encoded.replace("+", "%20"))).isEqualTo(text);
    }
  }

  @Test
  void failsOnNothingButARefusal() {
    Random random = new Random(13);
    String alphabet = "%%%%0123456789abcdefABCDEFgG&&==+/?#\u007f~";
    for (int i = 0; i < 100_000; i++) {
      StringBuilder raw = new StringBuilder();
      for (int j = random.nextInt(20); j > 0; j--) {
        raw.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        Query.parse(raw.toString()).all("a");
        PercentDecoding.segment(raw.toString());
      } catch (Refusal refused) {
        assertThat(refused.status()).isEqualTo(400);
      }
    }
  }
}
