package dev.rollcall.server.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.address.Address;
import dev.rollcall.server.collector.ResultReader.Reading;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.sql.TestClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingStoreTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long MEBIBYTE = 1024 * 1024;

  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private final ResultBuffers buffers = new ResultBuffers(64 * MEBIBYTE);

  private RotatingStore store(int keep) {
    return store(new RotatingStore.Settings(folder, 100 * MEBIBYTE, Duration.ofDays(7), keep));
  }

  private RotatingStore store(RotatingStore.Settings settings) {
    RotatingStore store = new RotatingStore(settings, clock);
    store.open();
    return store;
  }

  private void write(RotatingStore store, String ip, int many) {
    String result =
        "{\"ip\":\"%s\",\"sent\":4,\"received\":3,\"timestamp\":\"2026-01-07T22:30:00Z\",\"traceroute\":{\"method\":\"icmp\",\"hops\":[{\"ttl\":1,\"ip\":\"10.0.0.1\"},{\"ttl\":2}]}}"
            .formatted(ip);
    String body = "[" + (result + ",").repeat(many - 1) + result + "]";
    Reading reading = ResultReader.read(new ByteArrayInputStream(body.getBytes(UTF_8)), buffers);
    try (Results results = ((Reading.Right) reading).results()) {
      store.write(results);
    }
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

  private static String one(Path file, String sql) {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:file:" + file + "?mode=ro");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.getString(1);
    } catch (SQLException e) {
      throw new AssertionError(file + ": " + sql, e);
    }
  }

  private List<String> recent(RotatingStore store, int limit) {
    return new RecentResults(store)
        .read(limit, Optional.empty()).stream().map(RecentResults.Row::ip).toList();
  }

  @Test
  void keepsExactlyTheTablesOfOutputService() {
    try (RotatingStore store = store(5)) {
      write(store, "192.0.2.1", 2);
      Path file = store.written().orElseThrow().path();
      assertThat(
              one(
                  file,
                  "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema ORDER BY"
                      + " name)"))
          .isEqualTo(
              "idx_ping_results_ip idx_ping_results_timestamp idx_traceroute_hops_ip"
                  + " ping_results traceroute_hops traceroute_results");
      assertThat(
              one(
                  file,
                  "SELECT group_concat(name || ' ' || type, ', ') FROM"
                      + " pragma_table_info('ping_results')"))
          .isEqualTo(
              "id INTEGER, ip TEXT, sent INTEGER, received INTEGER, packet_loss REAL, avg_rtt"
                  + " INTEGER, timestamp DATETIME, error TEXT, created_at DATETIME");
      assertThat(one(file, "SELECT count(*) FROM pragma_foreign_key_list('traceroute_hops')"))
          .isEqualTo("1");
      assertThat(one(file, "SELECT timestamp || ' ' || typeof(packet_loss) FROM ping_results"))
          .isEqualTo("2026-01-07 22:30:00+00:00 real");
      assertThat(one(file, "SELECT datetime(created_at) FROM ping_results"))
          .isEqualTo("2026-11-20 12:00:00");
      assertThat(one(file, "SELECT count(*) FROM pragma_foreign_key_check")).isEqualTo("0");
    }
  }

  @Test
  void namesFilesByTheirBeginAlsoWithinOneSecond() throws Exception {
    try (RotatingStore store = store(5)) {
      assertThat(store.rotate().name().text()).isEqualTo("results_2026-11-20_12-00-01.db");
      assertThat(store.rotate().name().text()).isEqualTo("results_2026-11-20_12-00-02.db");
      clock.pass(Duration.ofDays(1));
      assertThat(store.rotate().name().text()).isEqualTo("results_2026-11-21_12-00-00.db");
    }
    assertThat(names()).hasSize(4).contains("results_2026-11-20_12-00-00.db");
  }

  @Test
  void goesOnWithTheNewestFileAfterARestart() throws Exception {
    try (RotatingStore store = store(5)) {
      write(store, "192.0.2.1", 1);
    }
    assertThat(names()).containsExactly("results_2026-11-20_12-00-00.db");
    clock.pass(Duration.ofDays(1));
    try (RotatingStore store = store(5)) {
      write(store, "192.0.2.2", 1);
      assertThat(recent(store, 10)).containsExactly("192.0.2.2", "192.0.2.1");
    }
    assertThat(names()).containsExactly("results_2026-11-20_12-00-00.db");
  }

  @Test
  void beginsAnotherWhenTheNewestIsTooOldAlsoAfterARestart() throws Exception {
    store(5).close();
    clock.pass(Duration.ofDays(7));
    try (RotatingStore store = store(5)) {
      await().atMost(PATIENCE).until(() -> names().contains("results_2026-11-27_12-00-00.db"));
      clock.pass(Duration.ofDays(7));
      await().atMost(PATIENCE).until(() -> names().contains("results_2026-12-04_12-00-00.db"));
      await().atMost(PATIENCE).until(() -> store.rotations() == 2);
    }
  }

  @Test
  void doesNotTakeAClockThatWasPutBackForAge() throws Exception {
    Files.createFile(folder.resolve("results_2031-01-01_00-00-00.db"));
    try (RotatingStore store = store(5)) {
      write(store, "192.0.2.1", 1);
      assertThat(store.rotate().name().text()).isEqualTo("results_2031-01-01_00-00-01.db");
      clock.pass(Duration.ofDays(7));
      await().atMost(PATIENCE).until(() -> names().contains("results_2031-01-01_00-00-02.db"));
    }
  }

  @Test
  void beginsAnotherWhenOneIsTooLargeItsLogIncluded() throws Exception {
    try (RotatingStore store =
        store(new RotatingStore.Settings(folder, MEBIBYTE, Duration.ofDays(7), 100))) {
      for (int i = 0; i < 20; i++) {
        write(store, "192.0.2.1", 1000);
      }
      await().atMost(PATIENCE).until(() -> store.rotations() >= 2);
    }
    long rows = 0;
    for (String name : names()) {
      assertThat(Files.size(folder.resolve(name))).isLessThan(4 * MEBIBYTE);
      rows += Long.parseLong(one(folder.resolve(name), "SELECT count(*) FROM ping_results"));
    }
    assertThat(rows).isEqualTo(20_000);
  }

  @Test
  void keepsTheNewestFilesAndTouchesNoOthers() throws Exception {
    Files.createFile(folder.resolve("results_backup.db"));
    Files.createFile(folder.resolve("notes.txt"));
    Files.createFile(folder.resolve("results_2020-01-01_00-00-00.db"));
    Files.createFile(folder.resolve("results_2020-01-01_00-00-00.db-wal"));
    Files.createFile(folder.resolve("results_2020-01-02.db"));
    try (RotatingStore store = store(2)) {
      store.rotate();
      store.rotate();
    }
    assertThat(names()).hasSize(4).contains("notes.txt", "results_backup.db");
    assertThat(names()).noneMatch(name -> name.startsWith("results_2020"));
  }

  @Test
  void leavesNothingBesideRetiredFiles() throws Exception {
    try (RotatingStore store = store(5)) {
      write(store, "192.0.2.1", 10);
      Path before = store.written().orElseThrow().path();
      store.rotate();
      assertThat(before.resolveSibling(before.getFileName() + "-wal")).doesNotExist();
      assertThat(recent(store, 3)).hasSize(3);
      assertThat(before.resolveSibling(before.getFileName() + "-shm")).doesNotExist();
      assertThat(one(before, "PRAGMA journal_mode")).isEqualTo("delete");
    }
  }

  @Test
  void putsADamagedFileAsideAndBeginsAnother() throws Exception {
    Path damaged = folder.resolve("results_2026-11-20_11-00-00.db");
    Files.writeString(damaged, "no database ".repeat(1000));
    try (RotatingStore store = store(5)) {
      assertThat(store.quarantined()).isEqualTo(1);
      write(store, "192.0.2.1", 1);
    }
    assertThat(names())
        .containsExactly(
            "results_2026-11-20_11-00-00.db.corrupt", "results_2026-11-20_12-00-00.db");
    assertThat(folder.resolve("results_2026-11-20_11-00-00.db.corrupt"))
        .content()
        .startsWith("no database");
  }

  @Test
  void leavesNothingOfAFileThatCouldNotBeBegun() throws Exception {
    try (RotatingStore store = store(2)) {
      write(store, "192.0.2.1", 1);
      // Where its log would be is something else.
      Files.createDirectories(folder.resolve("results_2026-11-20_12-00-01.db-wal/taken"));
      assertThatThrownBy(store::rotate).isInstanceOf(StorageException.class);
      assertThat(folder.resolve("results_2026-11-20_12-00-01.db")).doesNotExist();
      write(store, "192.0.2.2", 1);
      assertThat(store.trouble()).isEmpty();
      assertThat(recent(store, 3)).containsExactly("192.0.2.2", "192.0.2.1");
    }
  }

  @Test
  void putsAFileWithOtherTablesAside() throws Exception {
    Path other = folder.resolve("results_2026-11-20_11-00-00.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE ping_results (id INTEGER, ip TEXT, timestamp DATETIME)");
    }
    try (RotatingStore store = store(5)) {
      assertThat(store.quarantined()).isEqualTo(1);
      write(store, "192.0.2.1", 1);
      assertThat(recent(store, 5)).containsExactly("192.0.2.1");
    }
    assertThat(names())
        .containsExactly(
            "results_2026-11-20_11-00-00.db.corrupt", "results_2026-11-20_12-00-00.db");
  }

  @Test
  void takesNoFolderForAResultsFile() throws Exception {
    Files.createDirectory(folder.resolve("results_2031-01-01_00-00-00.db"));
    try (RotatingStore store = store(1)) {
      write(store, "192.0.2.1", 1);
      store.rotate();
    }
    assertThat(names())
        .containsExactly("results_2026-11-20_12-00-01.db", "results_2031-01-01_00-00-00.db");
  }

  @Test
  void readsPastAnOlderFileThatIsDamaged() throws Exception {
    try (RotatingStore store = store(5)) {
      write(store, "192.0.2.1", 1);
      store.rotate();
      write(store, "192.0.2.2", 1);
      store.rotate();
      write(store, "192.0.2.3", 1);
    }
    Files.writeString(folder.resolve("results_2026-11-20_12-00-01.db"), "no database at all");
    try (RotatingStore store = store(5)) {
      assertThat(recent(store, 10)).containsExactly("192.0.2.3", "192.0.2.1");
      write(store, "192.0.2.4", 1);
      assertThat(recent(store, 10)).containsExactly("192.0.2.4", "192.0.2.3", "192.0.2.1");
    }
  }

  @Test
  void writesNoOlderFileInThePlaceOfOneThatWasTakenAway() throws Exception {
    try (RotatingStore store = store(5)) {
      write(store, "192.0.2.1", 1);
      Path lost = store.rotate().path();
      Files.delete(lost);
      write(store, "192.0.2.2", 1);
      assertThat(recent(store, 10)).containsExactly("192.0.2.2", "192.0.2.1");
    }
    assertThat(
            one(
                folder.resolve("results_2026-11-20_12-00-00.db"),
                "SELECT count(*) FROM ping_results"))
        .isEqualTo("1");
  }

  @Test
  void writesIntoAnotherFileWhenTheFolderIsTakenAway() throws Exception {
    try (RotatingStore store = store(5)) {
      write(store, "192.0.2.1", 5);
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
      write(store, "192.0.2.2", 3);
      assertThat(one(store.written().orElseThrow().path(), "SELECT count(*) FROM ping_results"))
          .isEqualTo("3");
      assertThat(store.trouble()).isEmpty();
    }
  }

  @Test
  void keepsASecondCollectorOut() {
    try (RotatingStore store = store(5)) {
      assertThat(store.trouble()).isEmpty();
      assertThatThrownBy(() -> store(5))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("in use");
      assertThat(Thread.getAllStackTraces().keySet())
          .as("the second one does not wait for its turn")
          .filteredOn(thread -> thread.getName().equals("results-files"))
          .hasSize(1);
    }
  }

  @Test
  void readsOnIntoOlderFilesAndFindsAnAddressInThem() {
    try (RotatingStore store = store(5)) {
      for (int i = 1; i <= 4; i++) {
        write(store, "192.0.2." + i, 2);
        store.rotate();
      }
      assertThat(recent(store, 5))
          .containsExactly("192.0.2.4", "192.0.2.4", "192.0.2.3", "192.0.2.3", "192.0.2.2");
      assertThat(new RecentResults(store).read(10, Address.parse("192.0.2.2")))
          .extracting(RecentResults.Row::id)
          .containsExactly(4L, 3L);
    }
  }

  @Test
  void usesNoIdTwiceAlsoAfterARestart() {
    try (RotatingStore store = store(5)) {
      write(store, "192.0.2.1", 3);
      store.rotate();
    }
    try (RotatingStore store = store(5)) {
      write(store, "192.0.2.2", 2);
      assertThat(new RecentResults(store).read(10, Optional.empty()))
          .extracting(RecentResults.Row::id)
          .containsExactly(5L, 4L, 3L, 2L, 1L);
      assertThat(
              one(
                  store.written().orElseThrow().path(),
                  "SELECT min(id) || ' ' || min(traceroute_id) FROM traceroute_hops"))
          .isEqualTo("7 4");
    }
  }

  @Test
  void copiesWhatIsThereNow() throws Exception {
    try (RotatingStore store = store(5)) {
      write(store, "192.0.2.1", 100);
      RotatingStore.Copy copy = store.copy();
      write(store, "192.0.2.2", 100);
      assertThat(copy.name()).isEqualTo("results_2026-11-20_12-00-00.db");
      assertThat(one(copy.file(), "PRAGMA integrity_check")).isEqualTo("ok");
      assertThat(one(copy.file(), "SELECT count(*) FROM ping_results")).isEqualTo("100");
      Files.delete(copy.file());
      assertThat(names()).noneMatch(name -> name.contains("dump"));
    }
  }

  @Test
  void turnsNobodyAwayWhileItRotates() throws Exception {
    AtomicInteger written = new AtomicInteger();
    try (RotatingStore store = store(1000);
        ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(
            writers.submit(
                () -> {
                  for (int j = 0; j < 25; j++) {
                    write(store, "192.0.2.1", 40);
                    written.addAndGet(40);
                  }
                }));
      }
      for (int i = 0; i < 10; i++) {
        int before = written.get();
        store.rotate();
        await().atMost(PATIENCE).until(() -> written.get() > before || written.get() == 4000);
      }
      for (Future<?> writer : all) {
        writer.get();
      }
    }
    long rows = 0;
    for (String name : names()) {
      String count = one(folder.resolve(name), "SELECT count(*) FROM ping_results");
      assertThat(Long.parseLong(count) % 40).isZero();
      rows += Long.parseLong(count);
    }
    assertThat(rows).isEqualTo(4000);
  }
}
