package dev.rollcall.probes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.HttpExpectation.JsonExpectation;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {
  private static String found(String body, String path, @Nullable String value) {
    JsonExpectation expected = new JsonExpectation(path, Optional.ofNullable(value));
    JsonBody.validate(expected);
    try {
      JsonBody.check(new HttpBody(body.getBytes(UTF_8), 1 << 20, "", Optional.empty()), expected);
      return "up";
    } catch (ProbeFailure e) {
      return e.reason();
    }
  }

  /// A path that is not there is not there.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "[]; $[0]",
        "[1,2]; $[2]",
        "[1,2]; $[-3]",
        "[1,2]; $[0,1].x",
        "[]; $[-1]",
        "[]; $[0].a",
        "[]; $[*]",
        "[]; $[0:2]",
        "[]; $[-1:]",
        "[1]; $[5:9]",
        "{\"list\":[1,2]}; $.list[9]",
        "{\"list\":[1,2]}; $.list[9].a",
        "{\"list\":[[]]}; $.list[0][0]",
        "{\"list\":{}}; $.list[0]",
        "{\"list\":\"text\"}; $.list[0]",
        "{\"list\":null}; $.list[0]",
        "{\"list\":null}; $.list.a",
        "{}; $.a",
        "{}; $..a",
        "{}; $.*",
        "{\"a\":1}; $.a.b",
        "{\"a\":\"b\"}; $.a.b",
        "{\"a\":{}}; $.a.b.c",
        "{\"a\":{}}; $['b']",
        "{\"a\":{}}; $['b','c']",
        "{\"list\":[{\"a\":1}]}; $.list[?(@.a == 2)]",
        "{\"list\":[{\"a\":1}]}; $.list[?(@.b)]",
        "{\"list\":[{\"a\":1}]}; $.list[?(@.a == 2)].a",
        "{\"list\":[{\"a\":1}]}; $.list[*].b",
        "3; $.a",
        "3; $[0]",
        "null; $.a",
        "true; $..a",
        "`\"text\"`; $[0]",
        "{}; $.a.length()",
        "{}; $.list.sum()",
        "{\"list\":[]}; $.list.max()",
        "{\"list\":[\"a\"]}; $.list.avg()",
        "{\"list\":[]}; $.list.first()",
      })
  void isNotThere(String body, String path) {
    assertThat(found(body, path, null)).startsWith("body has no " + path);
    assertThat(found(body, path, "null")).startsWith("body has no " + path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"a\":null}; $.a; ",
        "{\"a\":null}; $.a; null",
        "null; $; null",
        "[null]; $[0]; null",
        "[1,2]; $[-1]; 2",
        "[1,2]; $[0]; 1",
        "[1,2]; $.length(); 2",
        "{\"a\":[1,2]}; $.a.length(); 2",
        "{\"a\":[1,2]}; $.a.sum(); 3",
        "{\"a\":[1,2]}; $.sum($.a[*]); 3",
        "{\"a\":[{\"b\":1},{\"b\":2}]}; $.a[?(@.b == 2)].b; 2",
        "{\"a\":[{\"b\":1},{\"b\":2}]}; $..b; 2",
        "{\"a\":[{\"b\":1},{\"b\":2}]}; $.a[*].b; 1",
        "{\"a\":[{\"b\":1},{}]}; $.a[*].b; 1",
        "{\"a\":1}; $.a; 1.0",
        "{\"a\":1.0}; $.a; 1",
        "{\"a\":1e3}; $.a; 1000",
        "{\"a\":1000}; $.a; 1e3",
        "{\"a\":-0.0}; $.a; 0",
        "{\"a\":0.1}; $.a; 0.10",
        "{\"a\":123456789012345678901234567890}; $.a; 123456789012345678901234567890",
        "{\"a\":0.12345678901234567890123}; $.a; 0.12345678901234567890123",
        "{\"a\":1E400}; $.a; 1E400",
        "{\"a\":true}; $.a; true",
        "{\"a\":\"1.0\"}; $.a; 1.0",
        "{\"a\":{\"b\":1,\"c\":[2]}}; $.a; {\"c\":[2.0],\"b\":1}",
        "{\"a\":[1,2]}; $.a; [1,2]",
        "{\"a\":1,\"a\":2}; $.a; 2",
        "{\"a b\":1}; $['a b']; 1",
        "{\"a\":1}; a; 1",
      })
  void isWhatIsExpected(String body, String path, String value) {
    assertThat(found(body, path, value)).isEqualTo("up");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"a\":\"1.0\"}; 1; body has 1.0 at $.a, expected 1",
        "{\"a\":9007199254740993}; 9007199254740992; body has 9007199254740993 at $.a, expected"
            + " 9007199254740992",
        "{\"a\":0.12345678901234567891}; 0.12345678901234567890; body has 0.12345678901234567891 at"
            + " $.a, expected 0.12345678901234567890",
        "{\"a\":1}; 1x; body has 1 at $.a, expected 1x",
        "{\"a\":1}; true; body has 1 at $.a, expected true",
        "{\"a\":[1,2]}; [2,1]; body has [1,2] at $.a, expected [2,1]",
        "{\"a\":null}; ok; body has null at $.a, expected ok",
        "{\"a\":true}; yes; body has true at $.a, expected yes",
      })
  void saysWhatIsThereInstead(String body, String value, String reason) {
    assertThat(found(body, "$.a", value)).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1} x",
        "{\"a\":1}{}",
        "{\"a\":NaN}",
        "{'a':1}",
        "{\"a\":1,}",
        "<html>",
        "{\"a\":",
        "{\"a\":01}",
        "{a:1}",
        "// c\n{\"a\":1}"
      })
  void isNoJson(String body) {
    assertThat(found(body, "$", null)).isEqualTo("body is no JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t", "\uFEFF"})
  void isNothing(String body) {
    assertThat(found(body, "$", null)).isEqualTo("body is empty, and so no JSON");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "$[",
        "$.",
        "$..",
        "$.a[?(",
        "$.a[x]",
        "$.a[",
        "$.a]",
        "$.a(",
        "$[?]",
        "$.a[99999999999]",
        "$.what()",
        "$.a.what($.b)",
        "$.a[?(@.b == )]",
        "$['a",
        "$.a b.c("
      })
  void isNoPath(String path) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonBody.validate(new JsonExpectation(path, Optional.empty())))
        .withMessageStartingWith("\"" + path + "\" is no JSON path: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "$.a[?(@.b =~ /(a|aa)+$/)]; has a regular expression",
        "$.a[?(@.b =~ /(/)]; has a regular expression",
        "$..*..*..*; looks everywhere (..) more than twice",
        "$..a[?(@..b == '..' && @..c)]; looks everywhere (..) more than twice",
        "$.a.concat($.b, $.b); puts texts together",
        "$[?(@.a subsetof @.b)]; compares lists of the answer with each other",
        "$[?(@.a anyof $.b)]; compares lists of the answer with each other",
      })
  void refusesWhatSomeAnswersWouldKeepBusyForEver(String path, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonBody.validate(new JsonExpectation(path, Optional.empty())))
        .withMessageStartingWith("\"" + path + "\" " + why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"$['=~']", "$[\"a..b..c..d\"]", "$.a[?(@.b == '=~ \\'.. ..')]", "$..a..b"})
  void readsNothingIntoNamesAndTexts(String path) {
    assertThatCode(() -> JsonBody.validate(new JsonExpectation(path, Optional.empty())))
        .doesNotThrowAnyException();
  }

  /// Whatever json-path makes of it: up, or down with a reason.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "$.a.min()",
        "$.a.keys()",
        "$..a.length()",
        "$.a.append(3)",
        "$.a.stddev()",
        "$.a.index(0)",
        "$.a.last()",
        "$[?(@.a > 'x')]",
        "$[?(@.a in [1,2])]",
        "$[?(@.a.length() > 1)]",
        "$..[?(@.a)]",
        "$[?(!@.a)]",
        "$[?(@.a empty true)]",
        "$[?(@.a size 2)]",
        "$[?(@.a subsetof [1])]",
        "$.a[0,5]",
        "$.a[::2]",
        "$[?(@.a == $.b)]"
      })
  void endsAsUpOrDown(String path) {
    for (String body :
        new String[] {
          "{}",
          "[]",
          "null",
          "1",
          "\"a\"",
          "{\"a\":[1,2],\"b\":\"c\"}",
          "{\"a\":[\"x\",null,{}]}",
          "[{\"a\":[1,2]},{\"a\":\"x\"},3,null]",
          "{\"a\":{\"a\":{\"a\":1}}}"
        }) {
      try {
        JsonBody.validate(new JsonExpectation(path, Optional.empty()));
      } catch (IllegalArgumentException e) {
        return;
      }
      assertThatCode(() -> assertThat(found(body, path, "1")).matches("up|body has .*"))
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"a\":1e-9999999999}; body has a number that is too large or too small to be read",
        "{\"a\":1e2147483648}; body has a number that is too large or too small to be read",
        "{\"a\":1e2147483647}; body has 1E+2147483647 at $.a, expected 0",
        "{\"a\":1}; body has 1 at $.a, expected 0"
      })
  void numbersBeyondAllBoundsAreNotWhatIsExpected(String body, String said) {
    assertThat(found(body, "$.a", "0")).isEqualTo(said);
  }

  @Test
  void aNumberBeyondAllBoundsMayBeExpectedInVain() {
    assertThat(found("{\"a\":1}", "$.a", "1e9999999999"))
        .isEqualTo("body has 1 at $.a, expected 1e9999999999");
  }

  @Test
  void saysWhatIsTooDeepToBeRead() {
    assertThat(found("[".repeat(2_000) + "]".repeat(2_000), "$[0]", null))
        .startsWith("body is JSON beyond all bounds: ");
  }

  /// Bodies of less than a megabyte, for which json-path alone takes hours, or gigabytes.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "DEEP; $..*",
        "DEEP; $..*..*",
        "DEEP; $..[?(@[1])]",
        "DEEP; $..*.length()",
        "FLAT; $..*..*",
        "FLAT; $[?(@ in $)]",
        "FLAT; $[?($ contains @)]",
        "FLAT; $[0:][?($[?(@ == 2)])]",
        "WIDE; $..*",
        "WIDE; $.*[*]",
        "TEXTS; $[*][?(@ == $[0][0])]",
      })
  void aPathThatLooksAtTooMuchEndsSoon(String shape, String path) {
    String ones = "[" + "1,".repeat(200_000) + "1]";
    String body =
        switch (shape) {
          case "DEEP" -> "[1,".repeat(450) + ones + "]".repeat(450);
          case "FLAT" -> ones;
          case "WIDE" -> "{\"" + "k".repeat(40_000) + "\":" + ones + "}";
          default -> "[[\"" + "t".repeat(400_000) + "\"]," + ones + "]";
        };
    assertThat(found(body, path, "2")).startsWith("body h");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "$..status; no",
        "$.items[*].id; 9999",
        "$.items[?(@.id == 9999)].status; ok",
        "$.items[?(@.tags contains 'b')].id; 9999",
        "$.items[?(@.id in [1, 9999])].name; item 9999",
        "$..items.length(); 10000",
        "$..tags[1]; b",
      })
  void aLargeBodyIsSearched(String path, String value) {
    String items =
        IntStream.range(0, 10_000)
            .mapToObj(
                id ->
                    "{\"id\":%d,\"name\":\"item %d\",\"status\":\"ok\",\"tags\":[\"a\",\"b\"]}"
                        .formatted(id, id))
            .collect(Collectors.joining(","));
    assertThat(found("{\"items\":[" + items + "],\"status\":\"no\"}", path, value)).isEqualTo("up");
  }

  @Test
  void aPathHasAnEnd() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                JsonBody.validate(
                    new JsonExpectation("$[" + "0,".repeat(1_000) + "0]", Optional.empty())))
        .withMessage("the path has more than 1000 characters: name the way");
  }
}
