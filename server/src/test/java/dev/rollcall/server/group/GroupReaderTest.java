package dev.rollcall.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Dependencies;
import dev.rollcall.server.signal.Severity;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.dataformat.yaml.YAMLMapper;

class GroupReaderTest {
  private static final YAMLMapper YAML = new YAMLMapper();

  private static List<GroupDefinition> read(String yaml, Mistakes mistakes) {
    return GroupReader.list(YAML.readTree(yaml), "groups", mistakes);
  }

  @Test
  void readsAllKeysAndLeavesLabelsOut() {
    Mistakes mistakes = new Mistakes();
    List<GroupDefinition> read =
        read(
            """
            - name: Shop
              rule: 2 of 3
              group: All
              tags: [prod, web]
              severity: warning
              notify: chat
              runbook: https://wiki.example/shop
              depends-on: [db]
            - {name: All, rule: all}
            - {name: Label}
            """,
            mistakes);
    assertThat(mistakes.lines()).isEmpty();
    assertThat(read)
        .containsExactly(
            new GroupDefinition(
                "Shop",
                new GroupRule.Several(2, 3),
                new AlertKeys(
                    List.of("prod", "web"),
                    Optional.of("All"),
                    Severity.WARNING,
                    Optional.of("https://wiki.example/shop"),
                    List.of("db"),
                    List.of("chat"))),
            new GroupDefinition("All", new GroupRule.All(), AlertKeys.NONE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {rule: any}                                 | .name: is missing: give what group of its members says
          {name: ' ', rule: any}                      | .name: must have 1 to 255 characters
          {name: 7, rule: any}                        | .name: is no text: put it in quotes
          {name: a, rule: most}                       | .rule: "most" is no rule: give any, all, or as in 2 of 3
          {name: a, rule: 3 of 2}                     | .rule: "3 of 2" is no rule
          {name: a, rule: [any]}                      | .rule: is no single value
          {name: a, rule: any, severity: bad}         | .severity: "bad" is no severity
          {name: a, rule: any, tag: prod}             | .tag: unknown key, did you mean tags?
          {name: a, rule: any, group: a}              | .group: "a" lies in a itself: remove one of the two
          {name: a, notify: chat}                     | .notify: has no effect without rule
          Shop                                        | : is no object
          """)
  void tellsAMistakeWithItsPlace(String group, String mistake) {
    Mistakes mistakes = new Mistakes();
    read("[" + group + "]", mistakes);
    assertThat(mistakes.lines()).singleElement().asString().startsWith("groups[0]" + mistake);
  }

  @Test
  void groupsLieNeitherInEachOtherNorTooDeep() {
    Mistakes mistakes = new Mistakes();
    StringBuilder deep = new StringBuilder("[{name: g0, rule: any}");
    for (int i = 1; i <= 9; i++) {
      deep.append(", {name: g%d, rule: any, group: g%d}".formatted(i, i - 1));
    }
    read(
        deep + ", {name: x, rule: any, group: y}, {name: y, rule: any, group: x}, {name: g0}]",
        mistakes);
    assertThat(mistakes.lines())
        .containsExactly(
            "groups[9].group: \"g8\" lies too deep: in 8 groups at most",
            "groups[10].group: \"y\" lies in x itself: remove one of the two",
            "groups[11].group: \"x\" lies in y itself: remove one of the two",
            "groups[12].name: \"g0\" is the name of groups[0] too: give each its own");
    Mistakes noList = new Mistakes();
    assertThat(read("{name: a}", noList)).isEmpty();
    assertThat(noList.lines()).singleElement().asString().startsWith("groups: is no list");
    assertThat(read("", noList)).isEmpty();
    assertThat(noList.count()).isEqualTo(1);
  }

  @Test
  void dependenciesOfAllListsAreChecked() {
    Mistakes mistakes = new Mistakes();
    String services =
        """
        - {name: shop-1, group: Shop, depends-on: Shop}
        - {name: shop-2, group: Shop}
        - {name: blog, depends-on: [Shop, Label]}
        - {name: db, group: Label, depends-on: blog}
        """;
    String heartbeats = "[{name: backup, depends-on: [Shop, Shpo]}]";
    String groups =
        """
        - {name: Shop, rule: any, depends-on: [db]}
        - {name: Label}
        - {name: blog, rule: any}
        """;
    new Dependencies()
        .with(YAML.readTree(services), "services")
        .with(YAML.readTree(heartbeats), "heartbeats")
        .withGroups(YAML.readTree(groups), "groups")
        .check(mistakes);
    String remedy = ": remove one of these";
    assertThat(mistakes.lines())
        .containsExactly(
            "groups[2].name: \"blog\" is the name of a service or heartbeat too: give the group its"
                + " own",
            "services[0].depends-on: \"Shop\" makes a circle: shop-1 -> Shop -> shop-1" + remedy,
            "services[2].depends-on: \"Shop\" makes a circle: blog -> Shop -> db -> blog" + remedy,
            "services[2].depends-on: \"Label\" is no service, heartbeat or group with a rule of this"
                + " file: use one of Shop, backup, blog, db, shop-1, shop-2",
            "services[3].depends-on: \"blog\" makes a circle: db -> blog -> Shop -> db" + remedy,
            "heartbeats[0].depends-on: \"Shpo\" is no service, heartbeat or group with a rule of this"
                + " file, did you mean Shop?",
            "groups[0].depends-on: \"db\" makes a circle: Shop -> db -> blog -> Shop" + remedy);
  }
}
