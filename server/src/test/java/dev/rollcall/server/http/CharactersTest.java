package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What no text may have that is stored.
class CharactersTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name': 'a#u0000'}|field 'name' has a U+0000 at place 2",
        "{'http': {'headers': {'X': '#ud83d'}}}|field 'http.headers.X' has half of a surrogate pair",
        "['a', '#ude00']|field '[1]' has half of a surrogate pair at place 1",
        "{'a': [{'b': 'x#ud83dx'}]}|field 'a[0].b' has half of a surrogate pair at place 2",
        "{'a#u0000': 1}|the body has a name that has a U+0000",
        "\"#u0000\"|the body has a U+0000",
      })
  void areRefusedWhereverTheyStand(String json, String reason) {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> read(json))
        .withMessageContaining(reason);
  }

  @Test
  void othersAreTaken() {
    assertThat(read("{'name': 'a#u0001 #ud83d#ude00 #u202e'}").get("name").stringValue())
        .isEqualTo("a\u0001 \ud83d\ude00 \u202e");
  }

  private static JsonNode read(String json) {
    byte[] text = json.replace('#', '\\').replace('\'', '"').getBytes(UTF_8);
    return Json.tree(new ByteArrayInputStream(text));
  }
}
