package dev.rollcall.server.sql;

import java.nio.file.Path;
import java.util.List;

/// A SQLite file for other programs to read: its tables are those of `schema` and no others, so no
/// history of migrations stands in it. It lies in a folder that its owner has claimed ([FileLock]).
///
/// @param readers how many reads may run at once
/// @param schema statements that make what is missing, each harmless where it is there: `CREATE
///   TABLE IF NOT EXISTS`
/// @param pragmas further settings of the one connection that writes
public record PlainFile(Path file, int readers, List<String> schema, List<String> pragmas) {
  public PlainFile {
    schema = List.copyOf(schema);
    pragmas = List.copyOf(pragmas);
  }
}
