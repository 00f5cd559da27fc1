package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.util.List;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class DatabaseTest {
  @TempDir Path directory;
  private final TestDatabases engine;
  private final Clock clock = Clock.system();

  DatabaseTest(TestDatabases engine) {
    this.engine = engine;
  }

  private Database open(DatabaseLocation location, String... migrations) {
    return Database.open(DatabaseConfig.of(location, migrations), clock);
  }

  @Test
  void keepsItsRowsWhenItIsOpenedAgain() {
    DatabaseLocation location = engine.fresh(directory);
    try (Database first = open(location, Things.MIGRATION);
        GroupCommit commits = new GroupCommit(first)) {
      commits.write(Things.ADD, new Things(1, 5));
    }
    try (Database second = open(location, Things.MIGRATION)) {
      assertThat(Things.sum(second)).isEqualTo(5);
    }
  }

  @Test
  void addsTheMigrationsThatAreNew() {
    DatabaseLocation location = engine.fresh(directory);
    open(location, Things.MIGRATION).close();
    try (Database newer = open(location, Things.MIGRATION, "db/test/V2__more.sql")) {
      assertThat(Things.number(newer, "SELECT COUNT(more) FROM thing")).isZero();
    }
  }

  @Test
  void refusesADatabaseOfANewerProgram() {
    DatabaseLocation location = engine.fresh(directory);
    open(location, Things.MIGRATION, "db/test/V2__more.sql").close();
    assertThatThrownBy(() -> open(location, Things.MIGRATION))
        .isInstanceOf(StorageException.class)
        .hasMessage(
            location
                + " was written by a newer Rollcall (schema 2, this program knows 1):"
                + " start the newer one, or choose another database");
  }

  @Test
  void leavesNothingOfAMigrationThatFails() {
    DatabaseLocation location = engine.fresh(directory);
    assertThatThrownBy(() -> open(location, Things.MIGRATION, "db/test/V3__mistaken.sql"))
        .isInstanceOf(StorageException.class)
        .message()
        .startsWith(location.toString())
        .contains("missing")
        .doesNotContain("\n");
    try (Database healthy = open(location, Things.MIGRATION)) {
      assertThatThrownBy(() -> Things.number(healthy, "SELECT COUNT(*) FROM half"))
          .isInstanceOf(JdbiException.class);
    }
  }

  @Test
  void readersCannotWrite() {
    try (Database database = engine.open(directory, clock, Things.MIGRATION)) {
      assertThatThrownBy(
          () -> database.read(handle -> handle.execute("INSERT INTO thing VALUES (1, 1)")));
      assertThat(Things.count(database)).isZero();
    }
  }

  @Test
  void handsAMistakenStatementToItsAuthorAndGoesOn() {
    try (Database database = engine.open(directory, clock, Things.MIGRATION)) {
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> Things.number(database, "SELECT nothing FROM nowhere"))
            .isInstanceOf(JdbiException.class);
      }
      assertThat(Things.count(database)).isZero();
      assertThat(database.trouble()).isEmpty();
    }
  }

  @Test
  void givesAQueryThatIsLimitedOnceAllRowsTheNextTime() {
    try (Database database = engine.open(directory, clock, Things.MIGRATION);
        GroupCommit commits = new GroupCommit(database)) {
      commits.writeAll(Things.ADD, Things.of(0, 10));
      String sql = "SELECT id FROM thing";
      List<Integer> two =
          database.read(
              handle -> handle.createQuery(sql).setMaxRows(2).mapTo(Integer.class).list());
      List<Integer> all =
          database.read(handle -> handle.createQuery(sql).mapTo(Integer.class).list());
      assertThat(two).hasSize(2);
      assertThat(all).hasSize(10);
    }
  }
}
