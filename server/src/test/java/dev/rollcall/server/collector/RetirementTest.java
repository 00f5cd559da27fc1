package dev.rollcall.server.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.collector.ResultReader.Reading;
import dev.rollcall.server.sql.TestClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every state in which a kill may leave a folder, at whatever instruction of SQLite or of ours:
/// the next start reads all rows and leaves plain files.
class RetirementTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String OLD = "results_2026-11-20_12-00-00.db";
  private static final String NEW = "results_2026-11-20_12-00-01.db";
  private static final int PAGE = 8192;

  /// Where SQLite keeps how a file is written: 2 is with a log, 1 without.
  private static final int FORMAT = 18;

  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private final ResultBuffers buffers = new ResultBuffers(64 << 20);

  /// What a killed process leaves of the change from a file with a log to one without, in the order
  /// of SQLite's steps.
  private enum Left {
    LOG,
    EMPTY_LOG,
    NO_LOG_BUT_ITS_FORMAT,
    NO_LOG_BUT_ITS_MEMORY,
    EMPTY_JOURNAL,
    JOURNAL_BEFORE_THE_CHANGE,
    JOURNAL_AFTER_THE_CHANGE
  }

  private RotatingStore store() {
    return store(5);
  }

  private RotatingStore store(int keep) {
    RotatingStore store =
        new RotatingStore(
            new RotatingStore.Settings(folder, 100 << 20, Duration.ofDays(7), keep), clock);
    store.open();
    return store;
  }

  private void write(RotatingStore store, String ip) {
    String result =
        "[{\"ip\":\"%s\",\"sent\":4,\"received\":3,\"timestamp\":\"2026-01-07T22:30:00Z\"}]"
            .formatted(ip);
    Reading reading = ResultReader.read(new ByteArrayInputStream(result.getBytes(UTF_8)), buffers);
    try (Results results = ((Reading.Right) reading).results()) {
      store.write(results);
    }
  }

  private List<String> recent(RotatingStore store) {
    return new RecentResults(store)
        .read(10, Optional.empty()).stream().map(RecentResults.Row::ip).toList();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("collector.lock"))
          .sorted()
          .toList();
    }
  }

  private static Connection connect(Path file) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  private static void copy(Path from, Path to, String... endings) throws IOException {
    for (String ending : endings) {
      Path companion = Path.of(from + ending);
      if (Files.exists(companion)) {
        Files.copy(companion, Path.of(to + ending));
      }
    }
  }

  private static void format(Path file, int at, int format) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {(byte) format, (byte) format}), at + FORMAT);
    }
  }

  /// A change of the first page that is in the file already, with the journal that takes it back.
  private void unfinished(Path plain, Path scratch) throws Exception {
    Files.copy(plain, scratch);
    try (Connection connection = connect(scratch);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA cache_size = 1");
      statement.execute("BEGIN IMMEDIATE");
      statement.execute("PRAGMA user_version = 77");
      statement.execute("CREATE TABLE spilled (text)");
      statement.execute(
          "INSERT INTO spilled SELECT hex(randomblob(4000)) FROM ping_results, ping_results, "
              + "(SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4)");
      assertThat(Files.size(Path.of(scratch + "-journal"))).isGreaterThan(PAGE);
      Files.delete(plain);
      copy(scratch, plain, "", "-journal");
    }
  }

  private void leave(Left left, Path scratch) throws Exception {
    Path old = folder.resolve(OLD);
    switch (left) {
      case LOG -> {
        Files.copy(old, scratch);
        try (Connection connection = connect(scratch);
            Statement statement = connection.createStatement()) {
          statement.execute("PRAGMA journal_mode = WAL");
          statement.execute("UPDATE ping_results SET ip = '192.0.2.9' WHERE ip = '192.0.2.1'");
          Files.delete(old);
          copy(scratch, old, "", "-wal", "-shm");
        }
      }
      case EMPTY_LOG -> {
        format(old, 0, 2);
        Files.createFile(folder.resolve(OLD + "-wal"));
        Files.createFile(folder.resolve(OLD + "-shm"));
      }
      case NO_LOG_BUT_ITS_FORMAT -> format(old, 0, 2);
      case NO_LOG_BUT_ITS_MEMORY -> {
        format(old, 0, 2);
        Files.write(folder.resolve(OLD + "-shm"), new byte[32 * 1024]);
      }
      case EMPTY_JOURNAL -> {
        format(old, 0, 2);
        Files.createFile(folder.resolve(OLD + "-journal"));
      }
      case JOURNAL_BEFORE_THE_CHANGE -> {
        unfinished(old, scratch);
        format(old, 0, 2);
        format(folder.resolve(OLD + "-journal"), 512 + 4, 2);
      }
      case JOURNAL_AFTER_THE_CHANGE -> {
        unfinished(old, scratch);
        format(folder.resolve(OLD + "-journal"), 512 + 4, 2);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsWhatAKilledRetirementLeft(Left left, @TempDir Path elsewhere) throws Exception {
    try (RotatingStore store = store()) {
      write(store, "192.0.2.1");
      write(store, "192.0.2.2");
      store.rotate();
      write(store, "192.0.2.3");
    }
    leave(left, elsewhere.resolve("scratch.db"));
    try (RotatingStore store = store()) {
      assertThat(recent(store))
          .containsExactly("192.0.2.3", "192.0.2.2", left == Left.LOG ? "192.0.2.9" : "192.0.2.1");
      assertThat(store.unfolded()).isZero();
      write(store, "192.0.2.4");
      assertThat(new RecentResults(store).read(1, Optional.empty()))
          .extracting(RecentResults.Row::id)
          .containsExactly(4L);
    }
    assertThat(names()).containsExactly(OLD, NEW);
    assertThat(Files.readAllBytes(folder.resolve(OLD))[FORMAT]).isEqualTo((byte) 1);
    try (Connection connection = connect(folder.resolve(OLD));
        Statement statement = connection.createStatement();
        ResultSet check = statement.executeQuery("PRAGMA integrity_check")) {
      assertThat(check.getString(1)).isEqualTo("ok");
    }
  }

  @Test
  void foldsTheLogOnceNobodyReadsTheOldFileAnyMore() throws Exception {
    try (RotatingStore store = store()) {
      write(store, "192.0.2.1");
      try (Connection reader = connect(folder.resolve(OLD));
          Statement statement = reader.createStatement()) {
        statement.execute("BEGIN");
        statement.executeQuery("SELECT count(*) FROM ping_results").close();
        store.rotate();
        assertThat(names()).contains(OLD + "-wal");
        assertThat(store.unfolded()).isEqualTo(1);
        assertThat(recent(store)).containsExactly("192.0.2.1");
      }
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                clock.pass(Duration.ofSeconds(1));
                return store.unfolded() == 0;
              });
      assertThat(names()).doesNotContain(OLD + "-wal", OLD + "-shm");
      assertThat(Files.readAllBytes(folder.resolve(OLD))[FORMAT]).isEqualTo((byte) 1);
      assertThat(recent(store)).containsExactly("192.0.2.1");
    }
  }

  @Test
  void endsAQuarantineThatWasKilledHalfWay() throws Exception {
    Files.writeString(folder.resolve(OLD + ".corrupt"), "damaged");
    Files.writeString(folder.resolve(OLD + "-wal"), "its log");
    Files.writeString(folder.resolve(OLD + "-shm"), "its memory");
    store().close();
    assertThat(folder.resolve(OLD + ".corrupt-wal")).content().isEqualTo("its log");
    assertThat(names()).doesNotContain(OLD + "-wal", OLD + "-shm");
  }

  @Test
  void keepsALogWhoseFileSomebodyTookAway() throws Exception {
    Files.writeString(folder.resolve(OLD + "-wal"), "rows of a file that is elsewhere");
    store().close();
    assertThat(folder.resolve(OLD + "-wal")).exists();
  }

  @Test
  void takesNoLinkForAResultsFile() throws Exception {
    Path elsewhere = folder.resolve("elsewhere.db");
    try (Connection connection = connect(elsewhere);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE precious (id INTEGER)");
    }
    byte[] before = Files.readAllBytes(elsewhere);
    Files.createSymbolicLink(folder.resolve("results_2026-11-20_11-00-00.db"), elsewhere);
    try (RotatingStore store = store()) {
      write(store, "192.0.2.1");
      store.rotate();
    }
    assertThat(Files.readAllBytes(elsewhere)).isEqualTo(before);
    assertThat(folder.resolve("results_2026-11-20_11-00-00.db")).isSymbolicLink();
  }

  @Test
  void removesWhatAKilledCopyLeft() throws Exception {
    Files.writeString(folder.resolve(".dump-1x"), "half a copy");
    Files.writeString(folder.resolve(".dump-1x-journal"), "its journal");
    store().close();
    assertThat(names()).containsExactly(OLD);
  }
}
