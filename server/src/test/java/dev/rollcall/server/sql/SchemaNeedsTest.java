package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A program works on tables that a newer one has updated, as long as these say that it may.
class SchemaNeedsTest {
  /// The first version whose scripts say what they need.
  private static final int FIRST = 57;

  private static final String[] OWN = {Things.MIGRATION, "db/test/V2__needs.sql"};

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void worksBesideANewerProgramThatHasOnlyAdded(TestDatabases engine) {
    DatabaseLocation location = engine.fresh(directory);
    open(location, OWN).close();
    open(location, with(OWN, "db/test/V3__expand.sql")).close();
    try (Database before = open(location, OWN);
        GroupCommit commits = new GroupCommit(before)) {
      commits.write(Things.ADD, new Things(1, 5));
      assertThat(Things.sum(before)).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @EnumSource
  void isRefusedOnceANewerOneHasTakenAwayWhatItUses(TestDatabases engine) {
    DatabaseLocation location = engine.fresh(directory);
    String[] next = with(OWN, "db/test/V3__expand.sql");
    open(location, with(next, "db/test/V4__contract.sql")).close();
    assertThatThrownBy(() -> open(location, OWN)).hasMessageContaining("written by a newer");
    assertThatThrownBy(() -> open(location, next)).hasMessageContaining("written by a newer");
  }

  @Test
  void isRefusedIfItKnowsAScriptThatTheNewerOneDoesNot() {
    DatabaseLocation location = TestDatabases.SQLITE.fresh(directory);
    open(location, with(OWN, "db/test/V5__later.sql")).close();
    assertThatThrownBy(() -> open(location, with(OWN, "db/test/V3__expand.sql")))
        .hasMessageContaining("written by a newer");
  }

  private static Database open(DatabaseLocation location, String... scripts) {
    return Database.open(DatabaseConfig.of(location, scripts), new TestClock());
  }

  private static String[] with(String[] scripts, String more) {
    return Stream.concat(Arrays.stream(scripts), Stream.of(more)).toArray(String[]::new);
  }

  static List<String> shipped() {
    return Stream.of(BlankSqliteTest.SHIPPED)
        .filter(name -> new Script(name).version() >= FIRST)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void aScriptThatDoesMoreThanAddSaysWhichProgramsMayGoOn(String name) throws IOException {
    assertThat(contradiction(text(name)))
        .as(
            "%s: the version before would fail beside it. Only add in this version, and take away"
                + " in the next one; or raise schema_needs, and say in CHANGELOG.md that all"
                + " processes have to be stopped for the update",
            name)
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE TABLE a (x INTEGER NOT NULL); CREATE UNIQUE INDEX a_x ON a (x) | true",
        "CREATE INDEX a_x ON a (x) | true",
        "ALTER TABLE a ADD COLUMN y TEXT | true",
        "ALTER TABLE a ADD COLUMN y BIGINT NOT NULL DEFAULT 0 | true",
        "CREATE TABLE a (x INTEGER); INSERT INTO a (x) VALUES (1) | true",
        "ALTER TABLE a ADD COLUMN y BIGINT NOT NULL | false",
        "CREATE UNIQUE INDEX a_x ON a (x) | false",
        "ALTER TABLE a DROP COLUMN x | false",
        "ALTER TABLE a RENAME TO b | false",
        "DROP TABLE a | false",
        "DROP INDEX a_x | false",
        "UPDATE a SET x = 1 | false",
        "ALTER TABLE a ADD CONSTRAINT c CHECK (x > 0) | false",
        "DROP TABLE a; UPDATE schema_needs SET version = 70 | true",
      })
  void knowsWhatTheVersionBeforeSees(String script, boolean only) {
    assertThat(contradiction(script).isEmpty()).isEqualTo(only);
  }

  /// The first statement that does more than add, in a script that does not raise `schema_needs`.
  private static Optional<String> contradiction(String script) {
    String text =
        script.replaceAll("--[^\n]*", "").replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    List<String> statements =
        Stream.of(text.split(";", -1)).map(String::strip).filter(one -> !one.isEmpty()).toList();
    if (statements.stream().anyMatch(one -> one.startsWith("update schema_needs "))) {
      return Optional.empty();
    }
    List<String> made =
        statements.stream()
            .filter(one -> one.startsWith("create table "))
            .map(one -> one.split("[ (]", -1)[2])
            .toList();
    return statements.stream().filter(one -> !adds(one, made)).findFirst();
  }

  private static boolean adds(String statement, List<String> made) {
    String[] words = statement.split("[ (]+", -1);
    if (statement.startsWith("create table ") || statement.startsWith("create index ")) {
      return true;
    }
    if (statement.startsWith("create unique index ")) {
      return made.contains(words[5]);
    }
    if (statement.startsWith("insert into ")) {
      return made.contains(words[2]);
    }
    return statement.startsWith("alter table ")
        && words[3].equals("add")
        && words[4].equals("column")
        && (!statement.contains(" not null") || statement.contains(" default "));
  }

  private static String text(String name) throws IOException {
    try (InputStream script = SchemaNeedsTest.class.getClassLoader().getResourceAsStream(name)) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
