package dev.rollcall.server.merge;

import dev.rollcall.server.resultschema.BatchTable;
import dev.rollcall.server.resultschema.ResultTable;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/// Copies one attached file (`source`) into the output file (`main`), inside a transaction.
///
/// A file is recognized by its content, not by its name. It is the same as one merged before if all
/// results that have the same ids in both are equal in every column. Then only the later results
/// are added: so a file that has grown, or an older copy of it, adds only what is new. Comparing
/// costs a fraction of adding.
final class FileMerge {
  private static final long ROWS_AT_ONCE = 50_000;

  private static final String FIRST =
      "SELECT MIN(id) FROM source.ping_results WHERE id > ? AND id <= ?";
  private static final String LOOKS_ALIKE =
      "SELECT m.id, m.name FROM main.merged_file m, source.ping_results s"
          + " JOIN main.ping_results t ON t.id = m.id * "
          + Part.IDS
          + " + s.id - ? WHERE s.id = ? AND NOT "
          + Tables.differ(ResultTable.RESULTS, "s", "t")
          + " ORDER BY m.id";
  private static final String DIFFERS =
      "SELECT EXISTS (SELECT 1 FROM source.ping_results s"
          + " LEFT JOIN main.ping_results t ON t.id = s.id + ?"
          + " WHERE s.id >= ? AND s.id <= ? AND (t.id IS NULL OR "
          + Tables.differ(ResultTable.RESULTS, "s", "t")
          + "))";

  private final Sql sql;
  private final Path file;
  private final IntConsumer percent;
  private long done;
  private long all;

  FileMerge(Sql sql, Path file, IntConsumer percent) {
    this.sql = sql;
    this.file = file;
    this.percent = percent;
  }

  /// Adds what is new.
  ///
  /// @return the number of new results
  /// @throws SkippedFile if the file is damaged, or not one of a collector
  long join() throws SkippedFile, SQLException {
    String check = sql.text("PRAGMA source.quick_check(1)");
    if (!check.equals("ok")) {
      throw new SkippedFile("is damaged: " + check.replaceAll("\\s*\\R\\s*", " "));
    }
    for (ResultTable table : ResultTable.ALL) {
      all += Math.max(0, sql.number("SELECT COUNT(*) FROM source." + table.name()));
    }
    long added = 0;
    for (Part part : parts()) {
      added += join(part);
    }
    return added;
  }

  /// A file of a collector is one part; a merged file has the parts of its files.
  private List<Part> parts() throws SkippedFile, SQLException {
    if (sql.number("PRAGMA source.application_id") != Tables.APPLICATION) {
      for (ResultTable table : ResultTable.ALL) {
        boolean strange =
            sql.number(
                    "SELECT EXISTS (SELECT 1 FROM source.%s WHERE id < 1 OR id >= %d)"
                        .formatted(table.name(), Part.IDS))
                > 0;
        if (strange) {
          throw new SkippedFile("has ids beyond 1 to " + (Part.IDS - 1) + " in " + table.name());
        }
      }
      return List.of(Part.ofNumber(0, String.valueOf(file.getFileName())));
    }
    List<Part> parts = new ArrayList<>();
    sql.each(
        "SELECT id, name FROM source.merged_file ORDER BY id",
        row -> parts.add(Part.ofNumber(row.getLong(1), row.getString(2))));
    return parts;
  }

  private long join(Part from) throws SQLException {
    long first = sql.number(FIRST, from.base(), from.last());
    if (first == 0) {
      return 0; // no rows
    }
    Optional<Part> known = known(from, first);
    Part to = known.isPresent() ? known.get() : made(from.name());
    long added = 0;
    for (ResultTable table : ResultTable.ALL) {
      long copied = copy(table, from, to);
      added += table.equals(ResultTable.RESULTS) ? copied : 0;
    }
    copyBatches(from, to);
    return added;
  }

  /// Which nodes the results are from, if the collector knew.
  private void copyBatches(Part from, Part to) throws SQLException {
    if (sql.number(BatchTable.EXISTS.replace("sqlite_schema", "source.sqlite_schema")) > 0) {
      sql.execute(BatchTable.CREATE);
      sql.update(Tables.COPY_BATCHES, to.base() - from.base(), from.base(), from.last());
    }
  }

  /// The existing part of the same file, if there is one.
  private Optional<Part> known(Part from, long first) throws SQLException {
    List<Part> alike = new ArrayList<>();
    sql.each(
        LOOKS_ALIKE,
        row -> alike.add(Part.ofNumber(row.getLong(1), row.getString(2))),
        from.base(),
        first);
    for (Part part : alike) {
      long shift = part.base() - from.base();
      long last = newest(ResultTable.RESULTS, part) - shift;
      if (sql.number(DIFFERS, shift, first, last) == 0) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }

  private Part made(String name) throws SQLException {
    long number = sql.number("SELECT COALESCE(MAX(id) + 1, 0) FROM main.merged_file");
    sql.update(
        "INSERT INTO main.merged_file (id, name, merged_at) VALUES (?, ?, ?)",
        number,
        name,
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    return Part.ofNumber(number, name);
  }

  /// The highest existing id of a part; the id before its first, if there is none.
  private long newest(ResultTable table, Part part) throws SQLException {
    return sql.number(
        "SELECT COALESCE(MAX(id), ?) FROM main.%s WHERE id >= ? AND id <= ?"
            .formatted(table.name()),
        part.base() - 1,
        part.base(),
        part.last());
  }

  private long copy(ResultTable table, Part from, Part to) throws SQLException {
    long shift = to.base() - from.base();
    long after = newest(table, to) - shift;
    String last =
        "SELECT MAX(id) FROM (SELECT id FROM source.%s WHERE id > ? AND id <= ? ORDER BY id LIMIT %d)"
            .formatted(table.name(), ROWS_AT_ONCE);
    long copied = 0;
    for (long upTo = sql.number(last, after, from.last());
        upTo > after;
        upTo = sql.number(last, after, from.last())) {
      copied += sql.update(Tables.copy(table), shift, after, upTo);
      after = upTo;
      done += ROWS_AT_ONCE;
      percent.accept((int) Math.min(99, done * 100 / Math.max(1, all)));
    }
    return copied;
  }
}
