package dev.rollcall.server.sql;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

/// A table with the key `(subject, at)`, with `at` in milliseconds, whose old rows are deleted. Its
/// migration ends in `${partitioned_by_at}`.
///
/// On PostgreSQL it is partitioned by day (UTC), so that a day is deleted by dropping a table. Rows
/// of days without a partition are in a partition for the rest. Creating or dropping a partition
/// locks the whole table for a moment. It fails after two seconds if somebody reads for longer (a
/// dump), since all writers wait for it. On SQLite it is one table, and old rows are deleted in
/// slices so that other writers do not wait for long.
public final class DayTable {
  private static final int ROWS_AT_ONCE = 2_000;
  private static final int SUBJECTS_AT_ONCE = 50;
  private static final int DAYS_AHEAD = 3;
  private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

  private final Database database;
  private final GroupCommit commits;
  private final String name;
  private final String subject;
  private final Batch<Instant, Integer> preparing = each(this::prepare);
  private final Batch<Instant, Integer> dropping = each(this::drop);
  private final Batch<Old, Integer> deleting = each(this::delete);

  private record Old(long subject, Instant before) {}

  private interface Step<I> {
    int apply(Handle tx, I item);
  }

  /// @param name the table
  /// @param subject the column that is its key together with `at`
  public DayTable(Database database, GroupCommit commits, String name, String subject) {
    this.database = database;
    this.commits = commits;
    this.name = name;
    this.subject = subject;
  }

  /// Creates partitions from the day before `now` to three days after it. To be called at start and
  /// every few hours.
  public void prepare(Instant now) {
    if (partitioned()) {
      commits.write(preparing, now);
    }
  }

  /// Deletes rows that are older than `before`; on PostgreSQL only whole days, except for rows in
  /// the partition for the rest.
  public void forget(Instant before) {
    if (partitioned()) {
      commits.write(dropping, before);
      return;
    }
    List<Old> some = new ArrayList<>(SUBJECTS_AT_ONCE);
    for (OptionalLong next = subjectAfter(Long.MIN_VALUE);
        next.isPresent();
        next = subjectAfter(next.getAsLong())) {
      some.add(new Old(next.getAsLong(), before));
      if (some.size() == SUBJECTS_AT_ONCE) {
        deleteAll(some);
        some.clear();
      }
    }
    deleteAll(some);
  }

  private boolean partitioned() {
    return switch (database.dialect()) {
      case Dialect.Sqlite _ -> false;
      case Dialect.Postgres _ -> true;
    };
  }

  private int prepare(Handle tx, Instant now) {
    lock(tx);
    tx.execute("CREATE TABLE IF NOT EXISTS %s_rest PARTITION OF %s DEFAULT".formatted(name, name));
    LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
    for (LocalDate day = today.minusDays(1);
        !day.isAfter(today.plusDays(DAYS_AHEAD));
        day = day.plusDays(1)) {
      if (!exists(tx, day) && !strays(tx, day)) {
        tx.execute(
            "CREATE TABLE %s_%s PARTITION OF %s FOR VALUES FROM (%d) TO (%d)"
                .formatted(name, DAY.format(day), name, millis(day), millis(day.plusDays(1))));
      }
    }
    return 0;
  }

  private boolean exists(Handle tx, LocalDate day) {
    return tx.createQuery("SELECT to_regclass(:name) IS NOT NULL")
        .bind("name", name + "_" + DAY.format(day))
        .mapTo(Boolean.class)
        .one();
  }

  /// Whether rows of that day came before it had a partition, because a clock was wrong. PostgreSQL
  /// then allows no partition for the day, so its rows stay in the partition for the rest.
  private boolean strays(Handle tx, LocalDate day) {
    return tx.createQuery(
            "SELECT EXISTS (SELECT 1 FROM %s_rest WHERE at >= :from AND at < :to)".formatted(name))
        .bind("from", millis(day))
        .bind("to", millis(day.plusDays(1)))
        .mapTo(Boolean.class)
        .one();
  }

  private int drop(Handle tx, Instant before) {
    lock(tx);
    String last = name + "_" + DAY.format(before.atZone(ZoneOffset.UTC).toLocalDate());
    List<String> old =
        tx
            .createQuery(
                """
                SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = CAST(:name AS regclass)\
                """)
            .bind("name", name)
            .mapTo(String.class)
            .list()
            .stream()
            .filter(part -> part.matches(".*_[0-9]{8}") && part.compareTo(last) < 0)
            .toList();
    old.forEach(part -> tx.execute("DROP TABLE " + part));
    tx.createUpdate("DELETE FROM " + name + "_rest WHERE at < :before")
        .bind("before", before.toEpochMilli())
        .execute();
    return old.size();
  }

  /// So that two processes do not create or drop the same partition at once.
  private void lock(Handle tx) {
    tx.execute("SET LOCAL lock_timeout = '2s'");
    database.takeTurns(tx, name);
  }

  private void deleteAll(List<Old> old) {
    List<Old> left = List.copyOf(old);
    while (!left.isEmpty()) {
      List<Old> asked = left;
      List<Integer> deleted = commits.writeAll(deleting, asked);
      left =
          IntStream.range(0, asked.size())
              .filter(i -> deleted.get(i) == ROWS_AT_ONCE)
              .mapToObj(asked::get)
              .toList();
    }
  }

  private int delete(Handle tx, Old old) {
    return tx.createUpdate(
            """
            DELETE FROM %s WHERE %s = :subject AND at IN (
              SELECT at FROM %s WHERE %s = :subject AND at < :before ORDER BY at LIMIT :most)\
            """
                .formatted(name, subject, name, subject))
        .bind("subject", old.subject())
        .bind("before", old.before().toEpochMilli())
        .bind("most", ROWS_AT_ONCE)
        .execute();
  }

  private OptionalLong subjectAfter(long last) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT MIN(%s) FROM %s WHERE %s > :last".formatted(subject, name, subject))
                .bind("last", last)
                .map(
                    (row, _) -> {
                      long next = row.getLong(1);
                      return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(next);
                    })
                .one());
  }

  private static long millis(LocalDate day) {
    return Duration.ofDays(day.toEpochDay()).toMillis();
  }

  private static <I> Batch<I, Integer> each(Step<I> step) {
    return (tx, items) -> items.stream().map(item -> step.apply(tx, item)).toList();
  }
}
