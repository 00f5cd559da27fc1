package dev.rollcall.server.sql;

import java.nio.file.Path;
import java.util.List;

/// A SQLite file that other programs read: it has only the tables of `schema`, without a history of
/// migrations. It is in a folder that its owner has locked ([FileLock]).
///
/// @param readers how many reads may run at once
/// @param schema statements that create what is missing and change nothing else: `CREATE TABLE IF
///   NOT EXISTS`
/// @param pragmas further settings of the connection that writes
public record PlainFile(Path file, int readers, List<String> schema, List<String> pragmas) {
  public PlainFile {
    schema = List.copyOf(schema);
    pragmas = List.copyOf(pragmas);
  }
}
