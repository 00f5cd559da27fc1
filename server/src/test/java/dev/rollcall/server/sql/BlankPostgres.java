package dev.rollcall.server.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/// Creates the tables of an empty schema of PostgreSQL in one request and one transaction. It runs
/// the same scripts as Flyway, and writes the same history.
///
/// Source: the history table as Flyway 13 creates it on PostgreSQL.
final class BlankPostgres {
  private static final String HISTORY =
      """
      CREATE TABLE "flyway_schema_history" (
          "installed_rank" INT NOT NULL,
          "version" VARCHAR(50),
          "description" VARCHAR(200) NOT NULL,
          "type" VARCHAR(20) NOT NULL,
          "script" VARCHAR(1000) NOT NULL,
          "checksum" INTEGER,
          "installed_by" VARCHAR(100) NOT NULL,
          "installed_on" TIMESTAMP NOT NULL DEFAULT now(),
          "execution_time" INTEGER NOT NULL,
          "success" BOOLEAN NOT NULL
      );
      ALTER TABLE "flyway_schema_history" ADD CONSTRAINT "flyway_schema_history_pk" PRIMARY KEY ("installed_rank");
      CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success");
      """;

  private BlankPostgres() {}

  /// @param migrations names of class path resources: see [Script]
  static void fill(DatabaseLocation.PostgresServer schema, List<String> migrations) {
    // Whole, as PostgreSQL itself accepts several statements at once.
    String url = "jdbc:postgresql://" + schema.address() + "&preferQueryMode=simple";
    try (Connection connection =
            DriverManager.getConnection(url, schema.user(), schema.password());
        Statement statement = connection.createStatement()) {
      statement.execute(text(migrations));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(List<String> migrations) {
    Dialect dialect = new Dialect.Postgres();
    Map<String, String> placeholders = dialect.placeholders();
    List<Script> scripts =
        migrations.stream()
            .filter(dialect::runs)
            .map(Script::new)
            .sorted((one, other) -> Integer.compare(one.version(), other.version()))
            .toList();
    StringBuilder text = new StringBuilder("BEGIN;\n").append(HISTORY);
    scripts.forEach(script -> text.append(script.filled(placeholders)).append(";\n"));
    for (int i = 0; i < scripts.size(); i++) {
      Script script = scripts.get(i);
      text.append(
          ("INSERT INTO flyway_schema_history (installed_rank, version, description, type, script,"
                  + " checksum, installed_by, execution_time, success)"
                  + " VALUES (%d, '%d', '%s', 'SQL', '%s', %d, '', 0, true);\n")
              .formatted(
                  i + 1,
                  script.version(),
                  script.description(),
                  script.getRelativePath(),
                  script.checksum()));
    }
    return text.append("COMMIT").toString();
  }
}
