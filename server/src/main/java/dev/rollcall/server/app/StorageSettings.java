package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.redis.RedisSettings;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where data is stored.
///
/// @param data the folder for all data of this process; absolute
/// @param standby of the database, for reads that may be a few seconds old
record StorageSettings(Path data, DatabaseLocation database, Optional<PostgresServer> standby) {
  static final Setting<Path> DATA =
      Setting.of("data", ValueType.path(), "./rollcall-data", "folder for all stored data");
  static final Setting<Optional<Secret>> DATABASE =
      Setting.of(
              "database",
              ValueType.optional(databaseType()),
              "",
              "SQLite file or postgresql:// URL; without it rollcall.db in the data"
                  + " folder, and targets.db for the command targets")
          .secret()
          .alias("DB_FILE", Optional::of);

  static final Setting<Optional<Secret>> STANDBY =
      Setting.of(
              "database-standby",
              ValueType.optional(databaseType()),
              "",
              "postgresql:// URL of a standby of the database, which serves old ticks for lists and"
                  + " charts; several hosts: whichever is a standby")
          .secret();

  /// All settings, in the order of the help.
  static final List<Setting<?>> ALL = List.of(DATA, DATABASE);

  /// The settings with these values.
  ///
  /// @param directory where relative paths start
  static StorageSettings of(String command, Values values, Path directory) {
    Path data = directory.resolve(values.of(DATA)).normalize().toAbsolutePath();
    return new StorageSettings(
        data,
        values
            .of(DATABASE)
            .map(text -> DatabaseLocation.parse(text.reveal(), directory))
            .orElseGet(() -> new DatabaseLocation.SqliteFile(data.resolve(file(command)))),
        values
            .of(STANDBY)
            .map(text -> DatabaseLocation.parse(text.reveal(), directory))
            .flatMap(StorageSettings::server));
  }

  private static Optional<PostgresServer> server(DatabaseLocation location) {
    return location instanceof PostgresServer server ? Optional.of(server) : Optional.empty();
  }

  /// How to open the database of `serve`.
  DatabaseConfig config() {
    DatabaseConfig config = Tables.in(database);
    return standby.map(config::withStandby).orElse(config);
  }

  /// Adds the mistakes in what only PostgreSQL has a use for.
  static void contradictions(String command, Values values, Path directory, Mistakes mistakes) {
    StorageSettings storage = of(command, values, directory);
    boolean shared = server(storage.database()).isPresent();
    if (!command.equals(AllSettings.SERVE)) {
      return;
    }
    if (values.of(RedisSettings.REDIS).isPresent() && !shared) {
      values.misfit(
          RedisSettings.REDIS,
          "is of no use before SQLite: set database to a postgresql:// URL, or leave redis out",
          mistakes);
    }
    if (values.of(STANDBY).isPresent() && (!shared || storage.standby().isEmpty())) {
      values.misfit(
          STANDBY,
          "is for PostgreSQL only: give postgresql:// URLs for database and database-standby",
          mistakes);
    }
  }

  /// What [#DATABASE] means for one command.
  static String help(String command) {
    return "SQLite file or postgresql:// URL; without it " + file(command) + " in the data folder";
  }

  private static String file(String command) {
    return command.equals(AllSettings.TARGETS) ? "targets.db" : "rollcall.db";
  }

  /// Checked here, and read in [#of], which knows the folders. The whole text is a secret, because
  /// it may contain a password.
  private static ValueType<Secret> databaseType() {
    return new ValueType<>(
        "FILE|URL",
        text -> {
          try {
            DatabaseLocation.parse(text, Path.of(""));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                "is no database known here: give the path of a SQLite file or a URL as in"
                    + " postgresql://user:password@host:5432/database, and in user and password"
                    + " %2F for /, %3F for ?, %23 for #, %40 for @",
                e);
          }
          return new Secret(text);
        });
  }
}
