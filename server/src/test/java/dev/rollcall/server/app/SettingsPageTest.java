package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SettingsPageTest {
  private static final Path PAGE = Path.of("../docs/settings.md");
  private static final Path FRESH = Path.of("target/settings.md");

  @Test
  void thePageOfSettingsSaysWhatIsDeclared() throws IOException {
    String page = Files.readString(Path.of("src/test/resources/settings-head.md")) + rows();
    Files.writeString(FRESH, page);
    assertThat(PAGE)
        .as("when settings have changed: cp server/target/settings.md docs/settings.md")
        .hasContent(page);
  }

  @Test
  void thePageSaysWhatAppliesAtOnceAndNamesTheSectionsOfDefinitions() throws IOException {
    List<String> lines = Files.readAllLines(PAGE);
    String atOnce =
        lines.stream().filter(line -> line.endsWith("| at once |")).findFirst().orElseThrow();
    assertThat(AllSettings.ALL)
        .filteredOn(setting -> setting.isAtOnce() && !setting.key().startsWith("monitor."))
        .allSatisfy(setting -> assertThat(atOnce).contains("`" + setting.key() + "`"));
    assertThat(List.of("services", "channels", "accounts.sso"))
        .allSatisfy(
            section ->
                assertThat(lines).anyMatch(line -> line.startsWith("| `" + section + "` | [")));
  }

  @Test
  void noTwoSettingsShareAName() {
    assertThat(AllSettings.ALL).extracting(Setting::key).doesNotHaveDuplicates();
    assertThat(AllSettings.ALL).extracting(Setting::flag).doesNotHaveDuplicates();
    assertThat(AllSettings.ALL).extracting(Setting::variable).doesNotHaveDuplicates();
  }

  @Test
  void thePageOfTheCollectorNamesEveryFlagAndItsDefault() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("../docs/collector.md"));
    for (Setting<?> setting : AllSettings.of(AllSettings.COLLECT)) {
      String flag = "`" + setting.flag(AllSettings.COLLECT) + "`";
      assertThat(lines)
          .as(flag)
          .anyMatch(
              line ->
                  line.contains(flag)
                      && (!line.startsWith("|") || line.contains(setting.standard())));
    }
    assertThat(AllSettings.of(AllSettings.COLLECT))
        .extracting(setting -> setting.flag(AllSettings.COLLECT))
        .doesNotHaveDuplicates();
  }

  private static String rows() {
    return AllSettings.ALL.stream().map(SettingsPageTest::row).collect(Collectors.joining());
  }

  private static String row(Setting<?> setting) {
    String standard = setting.standard().isEmpty() ? "" : "`" + setting.standard() + "`";
    String aliases =
        setting.aliases().stream()
            .map(alias -> "`" + alias.variable() + "`")
            .collect(Collectors.joining(", "));
    String variable = "`" + setting.variable() + "`";
    String variables =
        setting.fileVariable().map(it -> variable + ", `" + it + "`").orElse(variable);
    return "| `%s` | %s | %s | %s | %s | %s |\n"
        .formatted(setting.key(), flag(setting), variables, standard, setting.help(), aliases);
  }

  /// The flag of `serve`, or of the one command that has the setting.
  private static String flag(Setting<?> setting) {
    if (AllSettings.of(AllSettings.SERVE).contains(setting)) {
      return "`" + setting.flag() + "`";
    }
    String command =
        Stream.of(AllSettings.COLLECT, AllSettings.TARGETS, AllSettings.MEASURE)
            .filter(one -> AllSettings.of(one).contains(setting))
            .findFirst()
            .orElseThrow();
    return "`%s` of `%s`".formatted(setting.flag(command), command);
  }
}
