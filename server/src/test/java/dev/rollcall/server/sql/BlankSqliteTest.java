package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.DatabaseLocation.SqliteFile;
import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlankSqliteTest {
  /// All that the product ships.
  static final String[] SHIPPED = {
    "db/migration/V1__monitor.sql",
    "db/migration/V2__outbox.sql",
    "db/migration/V3__heartbeat.sql",
    "db/migration/V4__target.sql",
    "db/migration/V5__derived.sql",
    "db/migration/V6__recent.sql",
    "db/migration/V7__exit_code.sql",
    "db/migration/V8__listener.sql",
    "db/sqlite/V9__begin_service_owner.sql",
    "db/sqlite/V10__service_owner.sql",
    "db/postgres/V10__service_owner.sql",
    "db/sqlite/V11__begin_heartbeat_owner.sql",
    "db/sqlite/V12__heartbeat_owner.sql",
    "db/postgres/V12__heartbeat_owner.sql",
    "db/migration/V13__signal.sql",
    "db/migration/V14__confirmed.sql",
    "db/migration/V15__channel.sql",
    "db/migration/V16__account.sql",
    "db/migration/V17__audit.sql",
    "db/migration/V18__signal_owner.sql",
    "db/migration/V19__team.sql",
    "db/migration/V20__identity.sql",
    "db/migration/V21__second_factor.sql",
    "db/migration/V22__password_reset.sql",
    "db/migration/V23__tick_retention.sql",
    "db/migration/V24__incident.sql",
    "db/migration/V25__delivery_incident.sql",
    "db/migration/V26__delivery_incidents.sql",
    "db/migration/V27__delivery_receipt.sql",
    "db/migration/V28__incident_channel.sql",
    "db/migration/V29__maintenance.sql",
    "db/migration/V30__open_incidents.sql",
    "db/migration/V31__heartbeat_keys.sql",
    "db/migration/V32__incident_output.sql",
    "db/migration/V34__warnings.sql",
    "db/migration/V35__signal_answer.sql",
    "db/migration/V36__incident_answer_and_spans.sql",
    "db/migration/V37__incident_by_hand.sql",
    "db/sqlite/V38__incident_tags.sql",
    "db/postgres/V38__incident_tags.sql",
    "db/migration/V40__alive.sql",
    "db/migration/V43__group.sql",
    "db/sqlite/V44__service_group.sql",
    "db/postgres/V44__service_group.sql",
    "db/sqlite/V45__heartbeat_group.sql",
    "db/postgres/V45__heartbeat_group.sql",
    "db/migration/V46__tick_round_trips.sql",
    "db/migration/V47__hour_round_trips.sql",
    "db/migration/V48__incident_search.sql",
    "db/migration/V50__node.sql",
    "db/migration/V53__service_path.sql",
    "db/migration/V54__service_lost.sql",
    "db/migration/V55__network_break.sql",
    "db/postgres/V56__cluster.sql",
    "db/migration/V57__schema_needs.sql",
    "db/postgres/V58__commit_token.sql",
    "db/postgres/V60__stream_position.sql",
    "db/postgres/V61__written_fence.sql",
    "db/migration/V64__network_break_name.sql"
  };

  @TempDir Path directory;

  private static FluentConfiguration flyway(Path file) {
    return Flyway.configure()
        .loggers("slf4j")
        .dataSource("jdbc:sqlite:" + file, "", "")
        .locations("classpath:db/migration", "classpath:db/sqlite")
        .placeholders(new Dialect.Sqlite().placeholders());
  }

  private List<Map<String, Object>> rows(Path file, String query) {
    try (Database database = Database.openReadOnly(file, Clock.system())) {
      return database.read(handle -> handle.createQuery(query).mapToMap().list());
    }
  }

  @Test
  void makesWhatFlywayWouldHaveMade() {
    Path ours = directory.resolve("ours.db");
    Path flyways = directory.resolve("flyways.db");
    Database.open(DatabaseConfig.of(new SqliteFile(ours), SHIPPED), Clock.system()).close();
    flyway(flyways).load().migrate();

    String schema = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name";
    assertThat(rows(ours, schema)).isEqualTo(rows(flyways, schema)).hasSizeGreaterThan(20);
    String history =
        "SELECT installed_rank, version, description, type, checksum, installed_by, success"
            + " FROM flyway_schema_history ORDER BY installed_rank";
    long scripts = Stream.of(SHIPPED).filter(new Dialect.Sqlite()::runs).count();
    assertThat(rows(ours, history)).isEqualTo(rows(flyways, history)).hasSize((int) scripts);
  }

  @Test
  void leavesNothingForFlywayToDo() {
    Path ours = directory.resolve("ours.db");
    Database.open(DatabaseConfig.of(new SqliteFile(ours), SHIPPED), Clock.system()).close();
    Flyway flyway = flyway(ours).load();
    assertThat(flyway.validateWithResult().validationSuccessful).isTrue();
    assertThat(flyway.migrate().migrationsExecuted).isZero();
  }
}
