package dev.rollcall.server.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.Rows;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// What the tests write: a number about a subject. A negative one cannot be written, and [#REFUSED]
/// is not.
record Note(String subject, int number) {
  static final String MIGRATION = "db/test/V1__note.sql";

  static final int REFUSED = 404;

  private static final AtomicInteger NO_ROOM = new AtomicInteger();

  private static final Batch<Note, Integer> ADD =
      (tx, notes) -> {
        if (NO_ROOM.getAndUpdate(times -> Math.max(0, times - 1)) > 0) {
          throw new OutOfMemoryError("of a test");
        }
        if (notes.stream().anyMatch(note -> note.number() < 0)) {
          throw new IllegalArgumentException("a negative number");
        }
        Rows.write(
            tx,
            "INSERT INTO note (subject, n) VALUES (?, ?)",
            notes.stream().filter(note -> note.number() != REFUSED).toList(),
            (row, note) -> {
              row.setString(1, note.subject());
              row.setInt(2, note.number());
            });
        return notes.stream().map(Note::number).toList();
      };

  static final StreamKind<Note, Integer> KIND =
      new StreamKind<>() {
        @Override
        public String name() {
          return "notes";
        }

        @Override
        public Object subject(Note note) {
          return note.subject();
        }

        @Override
        public byte[] encode(Note note) {
          return (note.number() + " " + note.subject()).getBytes(UTF_8);
        }

        @Override
        public Note decode(byte[] bytes) {
          String[] parts = new String(bytes, UTF_8).split(" ", 2);
          return new Note(parts[1], Integer.parseInt(parts[0]));
        }

        @Override
        public Optional<byte[]> encodeResult(Integer result) {
          return Optional.of(("" + result).getBytes(UTF_8));
        }

        @Override
        public Optional<String> refusal(Note note, Integer result, Instant now) {
          return note.number() == REFUSED ? Optional.of("a note is refused") : Optional.empty();
        }

        @Override
        public Integer decodeResult(byte[] bytes) {
          return Integer.parseInt(new String(bytes, UTF_8));
        }

        @Override
        public Batch<Note, Integer> batch() {
          return ADD;
        }
      };

  /// The next writes find no memory.
  static void noRoom(int times) {
    NO_ROOM.set(times);
  }

  /// The numbers of a subject, in the order in which they were written.
  static List<Integer> written(Database database, String subject) {
    return database.read(
        handle ->
            Rows.read(
                handle,
                "SELECT n FROM note WHERE subject = ? ORDER BY place",
                subject,
                (row, about) -> row.setString(1, about),
                row -> row.getInt(1)));
  }
}
