package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.ValueType;
import dev.rollcall.server.config.Values;
import dev.rollcall.server.redis.RedisSettings;
import dev.rollcall.server.sql.DatabaseLocation;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where data is stored.
///
/// @param data the folder for all data of this process; absolute
record StorageSettings(Path data, DatabaseLocation database) {
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
            .orElseGet(() -> new DatabaseLocation.SqliteFile(data.resolve(file(command)))));
  }

  /// Adds a mistake if Redis is to be in front of SQLite.
  static void contradictions(String command, Values values, Path directory, Mistakes mistakes) {
    boolean shared =
        of(command, values, directory).database() instanceof DatabaseLocation.PostgresServer;
    if (command.equals(AllSettings.SERVE)
        && values.of(RedisSettings.REDIS).isPresent()
        && !shared) {
      values.misfit(
          RedisSettings.REDIS,
          "is of no use before SQLite: set database to a postgresql:// URL, or leave redis out",
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
