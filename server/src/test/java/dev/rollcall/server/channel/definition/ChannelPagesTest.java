package dev.rollcall.server.channel.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.channel.type.ChannelType;
import dev.rollcall.server.config.Mistakes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Each type of channel has a page, whose lines for `rollcall.yaml` are right.
class ChannelPagesTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(.*?)```");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)}");

  /// What the variables of the pages may be; others are URLs.
  private static final Map<String, String> VALUES =
      Map.of(
          "HOOK_SECRET", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
          "SMTP_PASSWORD", "geheim",
          "SLACK_TOKEN", "xoxb-1234567890-geheim",
          "TELEGRAM_TOKEN", "123456:ABCDEFGHIJKLMNOPQRSTUVWX",
          "PAGERDUTY_KEY", "0123456789abcdef0123456789abcdef",
          "JSM_KEY", "01234567-89ab-cdef-0123-456789abcdef",
          "PUSHOVER_TOKEN", "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
          "PUSHOVER_USER", "uQiRzpo4DXghDmr9QzzfQu27cmVRsG");

  static Stream<String> types() {
    return ChannelType.ALL.stream().map(ChannelType::name);
  }

  @ParameterizedTest
  @MethodSource("types")
  void hasAPageWhoseLinesAreRight(String type) throws IOException {
    assertThat(Files.readString(DOCS.resolve("channels.md")))
        .contains("| [`" + type + "`](channels/" + type + ".md) |");
    Matcher yaml = YAML.matcher(Files.readString(DOCS.resolve("channels/" + type + ".md")));
    assertThat(yaml.find()).isTrue();
    String lines =
        VARIABLE
            .matcher(yaml.group(1))
            .replaceAll(variable -> Matcher.quoteReplacement(value(variable.group(1))));
    Mistakes mistakes = new Mistakes();
    List<ChannelDefinition> channels =
        ChannelReader.list(new YAMLMapper().readTree(lines).get("channels"), "channels", mistakes);
    assertThat(mistakes.lines()).isEmpty();
    assertThat(channels).isNotEmpty().allMatch(channel -> channel.type().name().equals(type));
  }

  private static String value(String variable) {
    String usual =
        variable.endsWith("TOKEN") || variable.endsWith("TOPIC") ? "geheim" : "https://h.example/x";
    return VALUES.getOrDefault(variable, usual);
  }
}
