package dev.rollcall.server.redis;

import dev.rollcall.server.sql.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// How far each stream is applied: for each of its writers the number of the last item. It is
/// written in the transaction that applies the items, so that an item that is read again is
/// recognised, whatever happened between the commit and the deletion of the entry.
final class StreamPositions {
  /// The script that creates the table.
  static final String MIGRATION = "db/postgres/V60__stream_position.sql";

  /// A writer that has written nothing for so long is gone, and so are its entries.
  private static final Duration FORGOTTEN = Duration.ofDays(30);

  private static final long NOTHING = -1;

  private StreamPositions() {}

  /// @param applied the number of the last item that is applied
  /// @param givenUp items from this number on are to be ignored: their writer did not know whether
  ///   Redis had them, and wrote them to the database itself
  private record Position(long applied, long givenUp) {
    static final Position START = new Position(NOTHING, Long.MAX_VALUE);

    boolean isNew(long number) {
      return number > applied && number < givenUp;
    }
  }

  private record Row(String stream, long writer, long number, Instant at) {}

  /// Which of the items have not been applied. Their turn is kept until the end of the transaction.
  static List<StreamEntry.Item> unapplied(Handle tx, String stream, List<StreamEntry.Item> items) {
    Map<Long, Position> positions = new HashMap<>();
    for (long writer : items.stream().map(StreamEntry.Item::writer).collect(Collectors.toSet())) {
      positions.put(writer, read(tx, stream, writer));
    }
    return items.stream()
        .filter(item -> positions.getOrDefault(item.writer(), Position.START).isNew(item.number()))
        .toList();
  }

  private static Position read(Handle tx, String stream, long writer) {
    return Rows.read(
            tx,
            "SELECT applied, given_up FROM stream_position WHERE stream = ? AND writer = ?",
            writer,
            (row, one) -> {
              row.setString(1, stream);
              row.setLong(2, one);
            },
            row -> new Position(row.getLong(1), row.getLong(2)))
        .stream()
        .findFirst()
        .orElse(Position.START);
  }

  /// These items, which were not applied before, are applied now, and so are all before them.
  static void applied(Handle tx, String stream, List<StreamEntry.Item> items, Instant now) {
    Map<Long, Long> last = new LinkedHashMap<>();
    items.forEach(item -> last.merge(item.writer(), item.number(), Math::max));
    Rows.write(
        tx,
        "INSERT INTO stream_position (stream, writer, applied, given_up, at) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (stream, writer) DO UPDATE SET applied = excluded.applied,"
            + " at = excluded.at",
        last.entrySet().stream()
            .map(one -> new Row(stream, one.getKey(), one.getValue(), now))
            .toList(),
        (row, one) -> {
          row.setString(1, one.stream());
          row.setLong(2, one.writer());
          row.setLong(3, one.number());
          row.setLong(4, Long.MAX_VALUE);
          row.setLong(5, one.at().toEpochMilli());
        });
  }

  /// The writer has written its items from this number on to the database itself.
  ///
  /// @return false if they were applied already
  static boolean giveUp(Handle tx, String stream, long writer, long number, Instant now) {
    if (read(tx, stream, writer).applied() >= number) {
      return false;
    }
    Rows.write(
        tx,
        "INSERT INTO stream_position (stream, writer, applied, given_up, at) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (stream, writer) DO UPDATE SET given_up = excluded.given_up,"
            + " at = excluded.at",
        List.of(new Row(stream, writer, number, now)),
        (row, one) -> {
          row.setString(1, one.stream());
          row.setLong(2, one.writer());
          row.setLong(3, NOTHING);
          row.setLong(4, one.number());
          row.setLong(5, one.at().toEpochMilli());
        });
    return true;
  }

  /// Deletes the rows of writers that are gone.
  static void forget(Handle tx, Instant now) {
    Rows.write(
        tx,
        "DELETE FROM stream_position WHERE at < ?",
        List.of(now.minus(FORGOTTEN)),
        (row, at) -> row.setLong(1, at.toEpochMilli()));
  }
}
