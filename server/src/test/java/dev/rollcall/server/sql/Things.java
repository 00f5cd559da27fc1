package dev.rollcall.server.sql;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/// What the tests write: rows with a number, which must not be negative.
record Things(long id, long n) {
  static final String MIGRATION = "db/test/V1__things.sql";

  /// Adds `n` to the row; the result is the item.
  static final Batch<Things, Things> ADD = add(Durability.POWER);

  /// The same, without a sync before the answer.
  static final Batch<Things, Things> ADD_UNSYNCED = add(Durability.PROCESS);

  private static Batch<Things, Things> add(Durability durability) {
    return new Batch<>() {
      @Override
      public Durability durability() {
        return durability;
      }

      @Override
      public List<Things> apply(Handle tx, List<Things> items) {
        try (PreparedBatch batch =
            tx.prepareBatch(
                "INSERT INTO thing (id, n) VALUES (:id, :n)"
                    + " ON CONFLICT (id) DO UPDATE SET n = thing.n + excluded.n")) {
          items.forEach(item -> batch.bind("id", item.id()).bind("n", item.n()).add());
          batch.execute();
        }
        return items;
      }

      @Override
      public Optional<Comparator<Things>> order() {
        return Optional.of(Comparator.comparingLong(Things::id));
      }
    };
  }

  static List<Things> of(int from, int to) {
    return IntStream.range(from, to).mapToObj(id -> new Things(id, 1)).toList();
  }

  static long count(Database database) {
    return number(database, "SELECT COUNT(*) FROM thing");
  }

  static long sum(Database database) {
    return number(database, "SELECT COALESCE(SUM(n), 0) FROM thing");
  }

  static long number(Database database, String sql) {
    return database.read(handle -> handle.createQuery(sql).mapTo(Long.class).one());
  }
}
