package dev.rollcall.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MistakesTest {
  @Test
  void namesTheNearestNameOnlyWhenItIsNear() {
    assertThat(Mistakes.suggestion("intervall", List.of("timeout", "interval")))
        .isEqualTo(", did you mean interval?");
    assertThat(Mistakes.suggestion("colour", List.of("url", "name")))
        .isEqualTo(": use one of name, url");
  }

  @Test
  void cutsBetweenWholeCharacters() {
    assertThat(OneLine.of("ab\ud83d\ude00", 3)).isEqualTo("ab");
    assertThat(OneLine.of("ab\ud83d\ude00", 4)).isEqualTo("ab\ud83d\ude00");
    assertThat(OneLine.of("abc\n", 4)).isEqualTo("abc\\");
  }

  @Test
  void keepsAMistakeOnItsLineWhateverTheValueHolds() {
    Mistakes mistakes = new Mistakes();
    mistakes.add(
        "name", "a\r\nb\u001b[2J\u2028\u202e" + "x".repeat(500), "is too long: shorten it");
    assertThat(mistakes.lines())
        .singleElement()
        .asString()
        .startsWith("name: \"a\\r\\nb\\u001b[2J\\u2028\\u202e")
        .endsWith("...\" is too long: shorten it")
        .hasSizeLessThan(150);
  }

  @Test
  void aShortSecretIsHiddenWhereItStandsAlone() {
    Mistakes mistakes = new Mistakes();
    mistakes.hide("p", "***");
    mistakes.hide("s3cret", "***");
    mistakes.add("accounts.sso[0]", "the provider at http://u:p@h?xs3crety has no p: give one");
    assertThat(mistakes.lines())
        .containsExactly(
            "accounts.sso[0]: the provider at http://u:***@h?x***y has no ***: give one");
  }

  @Test
  void listsTheFirstOfVeryMany() {
    Mistakes mistakes = new Mistakes();
    for (int i = 0; i < 10_000; i++) {
      mistakes.add("services[" + i + "].url", "is missing: give one");
    }
    assertThat(mistakes.lines())
        .hasSize(101)
        .last()
        .isEqualTo("and 9900 more: correct these first");
  }
}
