package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What most tests run on is what the program itself makes.
class BlankPostgresTest {
  private static final List<String> QUERIES =
      List.of(
          "SELECT relname, relkind, pg_get_partkeydef(oid), reloptions::text FROM pg_class"
              + " WHERE relnamespace = current_schema()::regnamespace ORDER BY relname",
          "SELECT table_name, ordinal_position, column_name, data_type, is_nullable, is_identity,"
              + " collation_name, replace(column_default, current_schema() || '.', '')"
              + " FROM information_schema.columns WHERE table_schema = current_schema()"
              + " ORDER BY table_name, ordinal_position",
          "SELECT indexname, replace(indexdef, current_schema() || '.', '') FROM pg_indexes"
              + " WHERE schemaname = current_schema() ORDER BY indexname",
          "SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
              + " WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2, 3",
          "SELECT installed_rank, version, description, type, script, checksum, success"
              + " FROM flyway_schema_history WHERE version IS NOT NULL ORDER BY installed_rank",
          "SELECT * FROM schema_needs");

  @Test
  void makesWhatFlywayWouldHaveMade() {
    PostgresServer blank = TestDatabases.freshOn(TestDatabases.postgresPort());
    BlankPostgres.fill(blank, List.of(BlankSqliteTest.SHIPPED));
    try (Database ours = open(blank);
        Database flyways = open(TestDatabases.freshOn(TestDatabases.postgresPort()))) {
      for (String query : QUERIES) {
        assertThat(rows(ours, query)).as(query).isEqualTo(rows(flyways, query)).isNotEmpty();
      }
    }
  }

  private static Database open(PostgresServer schema) {
    return Database.open(DatabaseConfig.of(schema, BlankSqliteTest.SHIPPED), Clock.system());
  }

  private static List<Map<String, Object>> rows(Database database, String query) {
    return database.read(handle -> handle.createQuery(query).mapToMap().list());
  }
}
