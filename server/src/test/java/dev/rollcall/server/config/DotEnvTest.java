package dev.rollcall.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules of Docker Compose for `.env`.
class DotEnvTest {
  private final Map<String, GivenValue> environment = new HashMap<>();
  private final Mistakes mistakes = new Mistakes();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      emptyValue = "",
      textBlock =
          """
          A=b                    | b
          A =b                   | b
          A= b                   | b
          A=b c                  | b c
          A: b                   | b
          A=1:b                  | 1:b
          A=b=c=                 | b=c=
          export A=b             | b
          ` export A = 'b'`      | b
          A=b # comment          | b
          A=b #                  | b
          A=b#c                  | b#c
          A=#b                   | #b
          A= # comment           | ``
          A=                     | ``
          A=b\\tc                | b\\tc
          A=it's                 | it's
          """)
  void readsAValueWithoutQuotes(String line, String value) {
    assertThat(read(line)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          A='b'            | b
          A='b#c' # d      | b#c
          A='b'#c          | b
          A='a\\nb'        | a\\nb
          A='\\\\'         | \\\\
          A='$B ${B:-c}'   | $B ${B:-c}
          A='Let\\'s go!'  | Let's go!
          A='"b"'          | "b"
          """)
  void readsSingleQuotesLiterally(String line, String value) {
    assertThat(read(line)).isEqualTo(value);
  }

  @Test
  void readsEscapesInDoubleQuotes() {
    assertThat(read("A=\"b\\nc\\td\\re\"")).isEqualTo("b\nc\td\re");
    assertThat(read("A=\"\\a\\b\\f\\v\"")).isEqualTo("\u0007\b\f\u000b");
    assertThat(read("A=\"\\\"b\\\"\"")).isEqualTo("\"b\"");
    assertThat(read("A=\"b\\\\\"")).isEqualTo("b\\");
    assertThat(read("A=\"b\\\\nc\"")).isEqualTo("b\\nc");
    assertThat(read("A=\"b\\$C\"")).isEqualTo("b$C");
    assertThat(read("A=\"b\\${C}\"")).isEqualTo("b${C}");
    assertThat(read("A=\"\\0123\"")).isEqualTo("S");
    assertThat(read("A=\"\\x07 \\u12e4 \\c \\ \"")).isEqualTo("\\x07 \\u12e4 \\c \\ ");
    assertThat(read("A=\"b#c\" # d")).isEqualTo("b#c");
    assertThat(read("A=\"'b'\"")).isEqualTo("'b'");
  }

  @Test
  void readsValuesOfSeveralLinesInQuotes() {
    Map<String, GivenValue> read = all("A='b\r\nc'\nB=\"d\ne\" # f\nC=g");
    assertThat(of(read, "A").text()).isEqualTo("b\nc");
    assertThat(of(read, "B").text()).isEqualTo("d\ne");
    assertThat(of(read, "B").where()).isEqualTo(".env:3");
    assertThat(of(read, "C").where()).isEqualTo(".env:5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      emptyValue = "",
      textBlock =
          """
          $SET               | value
          ${SET}!            | value!
          "a $SET"           | a value
          $NONE              | ``
          ${NONE}            | ``
          $$SET              | $SET
          a$                 | a$
          $5                 | $5
          ${SET:-word}       | value
          ${SET-word}        | value
          ${EMPTY:-word}     | word
          ${EMPTY-word}      | ``
          ${NONE:-word}      | word
          ${NONE-word}       | word
          ${NONE:-}          | ``
          ${NONE:-a:-b}      | a:-b
          ${NONE:-${SET}}    | value
          ${NONE:-{"a":1}}   | {"a":1}
          ${NONE:-$NONE}x    | x
          ${SET:?word}       | value
          ${EMPTY?word}      | ``
          ${SET:+word}       | word
          ${SET+word}        | word
          ${EMPTY:+word}     | ``
          ${EMPTY+word}      | word
          ${NONE:+word}      | ``
          ${NONE+word}       | ``
          ${SET:+$SET $SET}  | value value
          """)
  void replacesVariables(String value, String expected) {
    assertThat(of(all("SET=value\nEMPTY=\nA=" + value), "A").text()).isEqualTo(expected);
    assertThat(mistakes.lines()).isEmpty();
  }

  @Test
  void prefersTheVariablesOfTheProcess() {
    environment.put("B", new GivenValue("environment", "B", "process"));
    Map<String, GivenValue> read = all("B=file\nA=$B\nB");
    assertThat(of(read, "A").text()).isEqualTo("process");
    assertThat(of(read, "B").text()).isEqualTo("file");
    assertThat(mistakes.lines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          A="b             | A: has no closing quote: add it
          A='b\\'          | A: has no closing quote: add it
          A="b" c          | A: has text after its closing quote: remove it, or put it into the quotes
          A=${B            | A: has a ${ without a name and a }: write ${NAME}, and $$ for the character $
          A=${}            | A: has a ${ without a name and a }: write ${NAME}, and $$ for the character $
          A=${1}           | A: has a ${ without a name and a }: write ${NAME}, and $$ for the character $
          A=${B:?}         | A: needs the variable B, which is not set: set it
          A=${B?run setup} | A: needs the variable B, which is not set: run setup
          ROLLCALL_TOKEN=$B | ROLLCALL_TOKEN: needs the variable B, which is not set: set it, or write ${B:-}
          b c=d            | this line: is no variable: write it as NAME=value
          """)
  void reportsMistakesAndGoesOn(String line, String mistake) {
    assertThat(of(all(line + "\nC=d"), "C").text()).isEqualTo("d");
    assertThat(mistakes.lines()).containsExactly(".env:1: " + mistake);
  }

  @Test
  void limitsWhatAValueBecomes() {
    StringBuilder doubling = new StringBuilder("A0=0123456789\n");
    for (int i = 1; i < 60; i++) {
      doubling.append("A%d=$A%d$A%d%n".formatted(i, i - 1, i - 1));
    }
    all(doubling.toString());
    assertThat(mistakes.lines())
        .isNotEmpty()
        .first()
        .asString()
        .endsWith("becomes longer than 65536 characters: make it shorter");
    all("A=" + "${A:-".repeat(5_000) + "}".repeat(5_000));
    assertThat(mistakes.lines()).last().asString().endsWith("use fewer");
  }

  private String read(String line) {
    String text = of(all(line), "A").text();
    assertThat(mistakes.lines()).isEmpty();
    return text;
  }

  private static GivenValue of(Map<String, GivenValue> variables, String name) {
    return Objects.requireNonNull(variables.get(name));
  }

  private Map<String, GivenValue> all(String text) {
    return DotEnv.read(".env", text, environment, mistakes);
  }
}
