package dev.rollcall.server.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import gg.jte.output.StringOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The texts of pages, and where they are used.
class TextsTest {
  private static final Path MAIN = Path.of("src/main");
  private static final Path FOLDER = MAIN.resolve("resources/dev/rollcall/server/web");

  /// A use in Java or a template: `texts.of("key"`.
  private static final Pattern USE =
      Pattern.compile("[tT]exts(?:\\(\\))?\\s*\\.(of|html|counted)\\(\\s*\"([^\"]+)\"(,?)");

  private static final Pattern SCRIPT_USE = Pattern.compile("\\btext\\(\"([^\"]+)\"(,?)");

  /// @param place the file, for messages
  private record Use(String key, boolean withArguments, boolean html, String place) {}

  @Test
  void everyTextThatIsUsedIsThereAndEveryTextIsUsed() throws IOException {
    Properties texts = texts();
    Set<String> used = uses().stream().map(Use::key).collect(Collectors.toCollection(TreeSet::new));
    assertThat(new TreeSet<>(texts.stringPropertyNames())).isEqualTo(used);
  }

  @Test
  void argumentsAreGivenWhereTheTextHasPlacesForThem() throws IOException {
    Properties texts = texts();
    assertThat(uses())
        .allSatisfy(
            use ->
                assertThat(texts.getProperty(use.key(), "").contains("{0}"))
                    .as("%s in %s", use.key(), use.place())
                    .isEqualTo(use.withArguments()));
  }

  /// Arguments are escaped as content of an element, not as a value of an attribute.
  @Test
  void onlyTextsThatAreUsedAsHtmlHaveElements() throws IOException {
    Properties texts = texts();
    assertThat(uses())
        .allSatisfy(
            use -> {
              String text = texts.getProperty(use.key(), "");
              assertThat(text).doesNotContainPattern("=\"?\\{");
              if (!use.html()) {
                assertThat(text).as(use.place()).doesNotContain("<", "&");
              }
            });
  }

  @Test
  void aKeyStandsInTheFileOnce() throws IOException {
    List<String> keys =
        Files.readAllLines(file()).stream()
            .filter(line -> line.matches("[A-Za-z].*"))
            .map(line -> line.replaceFirst("=.*", ""))
            .toList();
    assertThat(keys).doesNotHaveDuplicates();
  }

  @Test
  void argumentsAreFilledInAndEscapedInHtml() {
    assertThat(Texts.ENGLISH.of("list.range", "1", "{0}", "3")).isEqualTo("1 to {0} of 3");
    assertThat(Texts.ENGLISH.counted("services.count", 1)).isEqualTo("1 service");
    assertThat(Texts.ENGLISH.counted("services.count", 10_000)).isEqualTo("10,000 services");
    StringOutput html = new StringOutput();
    VisibleOutput output = new VisibleOutput(html);
    output.setContext("p", null);
    Texts.ENGLISH.html("services.search.nothing", "<b>{0}").writeTo(output);
    assertThat(html.toString()).isEqualTo("No service has <q>&lt;b&gt;{0}</q> in its name or URL.");
  }

  @Test
  void aKeyThatIsMissingIsShown() {
    assertThat(Texts.ENGLISH.of("no.such" + ".key")).isEqualTo("no.such.key");
  }

  private static List<Use> uses() throws IOException {
    List<Use> uses = new ArrayList<>();
    try (Stream<Path> files = Files.walk(MAIN)) {
      for (Path file : files.filter(each -> each.toString().matches(".*\\.(java|jte)")).toList()) {
        for (MatchResult use : USE.matcher(Files.readString(file)).results().toList()) {
          boolean html = use.group(1).equals("html");
          boolean counted = use.group(1).equals("counted");
          for (String end : counted ? List.of(".one", ".other") : List.of("")) {
            boolean arguments = counted || !use.group(3).isEmpty();
            uses.add(new Use(use.group(2) + end, arguments, html, file.toString()));
          }
        }
      }
    }
    for (String script : List.of("live.js", "copy.js", "times.js", "passkey.js")) {
      for (MatchResult use :
          SCRIPT_USE.matcher(Files.readString(FOLDER.resolve(script))).results().toList()) {
        uses.add(new Use("script." + use.group(1), !use.group(2).isEmpty(), false, script));
      }
    }
    return uses;
  }

  private static Properties texts() throws IOException {
    Properties texts = new Properties();
    texts.load(Files.newBufferedReader(file(), UTF_8));
    return texts;
  }

  private static Path file() {
    return FOLDER.resolve("texts_en.properties");
  }
}
