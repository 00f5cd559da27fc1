package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.app.CommandHere;
import dev.rollcall.server.resultschema.BatchTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `rollcall merge`: as a program of its own where that matters (names of files, files that are
/// written meanwhile, kills, full disks, what goes to standard error), else in this JVM.
class MergeIT {
  private static final int HOPS = 3;

  @TempDir Path folder;

  @Test
  void joinsFilesOfAnyNumberOfCollectorsWithIdsOfTheirOwn() throws Exception {
    results("a.db", "a", 1, 10);
    results("b.db", "b", 1, 20);
    CommandHere ended = program("out.db", "a.db", "b.db");
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out()).contains("30 results added, 0 of 2 files left out");
    assertThat(ended.err()).contains("1/2 ").contains("a.db: 10 results added");
    assertThat(number("out.db", "SELECT COUNT(*) FROM ping_results")).isEqualTo(30);
    assertThat(number("out.db", "SELECT COUNT(*) FROM traceroute_hops")).isEqualTo(30 * HOPS);
    whole("out.db");
    assertThat(number("out.db", "SELECT COUNT(DISTINCT name) FROM merged_file")).isEqualTo(2);
  }

  @Test
  void addsNothingOfAFileThatIsInAlreadyWhateverItsName() throws Exception {
    results("a.db", "a", 1, 10);
    Files.copy(folder.resolve("a.db"), folder.resolve("copy.db"));
    assertThat(merge("out.db", "a.db", "copy.db", "a.db").out()).contains(": 10 results added");
    CommandHere again = merge("out.db", "copy.db");
    assertThat(again.out()).contains(": 0 results added");
    assertThat(again.err()).contains("nothing new");
    whole("out.db");
  }

  @Test
  void addsOnlyWhatIsNewOfAFileThatHasGrownAndNothingOfAnOlderCopy() throws Exception {
    results("a.db", "a", 1, 10);
    Files.copy(folder.resolve("a.db"), folder.resolve("older.db"));
    results("b.db", "b", 1, 5);
    assertThat(merge("out.db", "a.db", "b.db").out()).contains(": 15 results added");
    results("a.db", "a", 11, 15);
    assertThat(merge("out.db", "older.db", "a.db").out()).contains(": 5 results added");
    assertThat(number("out.db", "SELECT COUNT(*) FROM ping_results")).isEqualTo(20);
    whole("out.db");
  }

  @Test
  void keepsWhichNodeAResultIsFrom() throws Exception {
    results("a.db", "a", 1, 10);
    results("b.db", "b", 1, 5);
    try (Connection connection = connect("b.db");
        Statement statement = connection.createStatement()) {
      statement.execute(BatchTable.CREATE);
      statement.execute("INSERT INTO rollcall_batch VALUES ('fra1', 'x-1', 1, 3)");
      statement.execute("INSERT INTO rollcall_batch VALUES ('ams1', 'x-1', 4, 5)");
    }
    merge("out.db", "a.db", "b.db");
    merge("all.db", "out.db", "b.db");
    for (String merged : List.of("out.db", "all.db")) {
      String of =
          "SELECT COUNT(*) FROM ping_results p JOIN rollcall_batch b"
              + " ON p.id BETWEEN b.first_id AND b.last_id WHERE b.node = ";
      assertThat(number(merged, of + "'fra1'")).isEqualTo(3);
      assertThat(number(merged, of + "'ams1'")).isEqualTo(2);
      assertThat(number(merged, "SELECT COUNT(*) FROM ping_results")).isEqualTo(15);
    }
  }

  @Test
  void tellsFilesApartThatBeginAlike() throws Exception {
    results("a.db", "same", 1, 5);
    Files.copy(folder.resolve("a.db"), folder.resolve("b.db"));
    results("a.db", "a", 6, 10);
    results("b.db", "b", 6, 10);
    assertThat(merge("out.db", "a.db", "b.db").out()).contains(": 20 results added");
    assertThat(merge("out.db", "b.db", "a.db").out()).contains(": 0 results added");
    whole("out.db");
  }

  @Test
  void takesFilesOfAnyName() throws Exception {
    List<String> names = List.of("a?mode=memory", "b#1 %41.db", "file:c", "'d' 日本.db");
    results("plain.db", "a", 1, 10);
    for (String name : names) {
      Files.copy(folder.resolve("plain.db"), folder.resolve(name));
    }
    assertThat(program("out?x=1#%41.db", names.toArray(String[]::new)).out())
        .contains(": 10 results added, 0 of 4 files left out");
    Files.move(folder.resolve("out?x=1#%41.db"), folder.resolve("out.db"));
    assertThat(number("out.db", "SELECT COUNT(*) FROM ping_results")).isEqualTo(10);
    whole("out.db");
  }

  @Test
  void saysWhatToDoWithAFileThatWasLeftInTheMiddleOfAChange() throws Exception {
    results("a.db", "a", 1, 100);
    try (Connection connection = connect("a.db");
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA cache_size = 1");
      statement.execute("BEGIN IMMEDIATE");
      statement.execute("UPDATE ping_results SET ip = hex(randomblob(4000))");
      Files.copy(folder.resolve("a.db"), folder.resolve("killed.db"));
      Files.copy(folder.resolve("a.db-journal"), folder.resolve("killed.db-journal"));
    }
    CommandHere ended = merge("out.db", "killed.db");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err()).contains("left in the middle of a change", "start the collector");
  }

  @Test
  void takesMergedFilesApartAgain() throws Exception {
    results("a.db", "a", 1, 10);
    results("b.db", "b", 1, 10);
    results("c.db", "c", 1, 10);
    merge("ab.db", "a.db", "b.db");
    merge("bc.db", "b.db", "c.db");
    assertThat(merge("abc.db", "ab.db", "bc.db", "a.db").out()).contains(": 30 results added");
    whole("abc.db");
  }

  @Test
  void namesADamagedFileAndMergesTheOthers() throws Exception {
    results("a.db", "a", 1, 10);
    results("b.db", "b", 1, 2_000);
    byte[] bytes = Files.readAllBytes(folder.resolve("b.db"));
    for (int i = 8 * 4096; i < bytes.length; i += 4096) {
      bytes[i] ^= 0x55;
    }
    Files.write(folder.resolve("damaged.db"), bytes);
    Files.write(folder.resolve("cut.db"), Arrays.copyOf(bytes, bytes.length / 2));
    Files.writeString(folder.resolve("text.db"), "no database at all, but a long text ".repeat(99));
    try (Connection other = connect("other.db");
        Statement statement = other.createStatement()) {
      statement.execute("CREATE TABLE something (id INTEGER)");
    }
    CommandHere ended =
        program("out.db", "damaged.db", "cut.db", "a.db", "text.db", "none.db", "other.db", "b.db");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.out()).contains("2010 results added, 5 of 7 files left out");
    for (String name : List.of("damaged", "cut", "text", "none", "other")) {
      assertThat(ended.err())
          .containsPattern("[/ ]" + name + "\\.db: left out: [a-z].*")
          .doesNotContain("Exception");
    }
    whole("out.db");
  }

  @Test
  void refusesAResultThatNoMergeMade() throws Exception {
    results("a.db", "a", 1, 10);
    results("b.db", "b", 1, 10);
    byte[] before = Files.readAllBytes(folder.resolve("a.db"));
    CommandHere ended = merge("a.db", "b.db");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err().lines()).singleElement().asString().contains("not created by a merge");
    assertThat(Files.readAllBytes(folder.resolve("a.db"))).isEqualTo(before);
    assertThat(merge("a.db", "a.db", "b.db").status()).isEqualTo(2);
    Files.writeString(folder.resolve("letter.txt"), "Dear Ada");
    assertThat(merge("letter.txt", "b.db").err()).contains("not created by a merge");
    assertThat(folder.resolve("letter.txt")).hasContent("Dear Ada");
    assertThat(merge("out.db").status()).isEqualTo(2);
  }

  @Test
  void readsAFileThatIsBeingWrittenWithoutAChangeToIt() throws Exception {
    try (Connection writer = connect("live.db");
        Statement statement = writer.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA wal_autocheckpoint = 0");
      results(writer, "live", 1, 10);
      List<byte[]> before = contents("live.db", "live.db-wal");
      assertThat(program("out.db", "live.db").out()).contains(": 10 results added");
      assertThat(contents("live.db", "live.db-wal")).usingRecursiveComparison().isEqualTo(before);
      results(writer, "live", 11, 12);
      assertThat(program("out.db", "live.db").out()).contains(": 2 results added");
    }
    // Closed in good order: no log is left, and none comes to be.
    byte[] before = Files.readAllBytes(folder.resolve("live.db"));
    assertThat(program("out.db", "live.db").out()).contains(": 0 results added");
    assertThat(Files.readAllBytes(folder.resolve("live.db"))).isEqualTo(before);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("live.db", "out.db");
    }
    whole("out.db");
  }

  @Test
  void goesOnWhereItWasKilledWithoutDoubling() throws Exception {
    String[] names = new String[6];
    for (int i = 0; i < names.length; i++) {
      names[i] = "f" + i + ".db";
      results(names[i], "f" + i, 1, 4_000);
    }
    for (int lines = 1; lines <= 3; lines++) {
      Process process = start("out.db", names);
      try (BufferedReader err = process.errorReader(UTF_8)) {
        for (int seen = 0; seen < lines && err.readLine() != null; ) {
          seen++;
        }
        process.toHandle().destroyForcibly();
      }
      process.waitFor();
    }
    CommandHere ended = program("out.db", names);
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(number("out.db", "SELECT COUNT(*) FROM ping_results")).isEqualTo(6 * 4_000);
    assertThat(number("out.db", "SELECT COUNT(*) FROM traceroute_hops"))
        .isEqualTo(6 * 4_000 * HOPS);
    assertThat(number("out.db", "SELECT COUNT(DISTINCT ip) FROM ping_results")).isEqualTo(24_000);
    whole("out.db");
  }

  @Test
  void saysThatTheDiskIsFullAndGoesOnOnceThereIsRoom() throws Exception {
    results("a.db", "a", 1, 4_000);
    results("b.db", "b", 1, 4_000);
    try (SmallDisk disk = SmallDisk.on(folder.resolve("disk"), "200k")) {
      CommandHere none = program("disk/out.db", "a.db", "b.db");
      full(none);
      disk.resize("900k");
      CommandHere one = program("disk/out.db", "a.db", "b.db");
      full(one);
      assertThat(number("disk/out.db", "SELECT COUNT(*) FROM ping_results")).isEqualTo(4_000);
      disk.resize("10m");
      CommandHere all = program("disk/out.db", "a.db", "b.db");
      assertThat(all.status()).as(all.err()).isZero();
      assertThat(all.out()).contains("4000 results added, 0 of 2 files left out");
      whole("disk/out.db");
    }
  }

  private static void full(CommandHere ended) {
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err())
        .contains("out.db: the disk is full: free some space, and run the merge again")
        .doesNotContain("left out", "Exception");
  }

  @ParameterizedTest
  @CsvSource({
    "nowhere/out.db,its folder must exist and be writable",
    ".,name a file that can be written"
  })
  void saysWhatIsWrongWithTheResultInOneLine(String out, String remedy) throws Exception {
    results("a.db", "a", 1, 1);
    CommandHere ended = merge(out, "a.db");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err().lines()).singleElement().asString().contains(out).contains(remedy);
  }

  /// Every row has its parent and all indexes are there and right.
  private void whole(String name) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("PRAGMA integrity_check")) {
        assertThat(row.getString(1)).isEqualTo("ok");
      }
      try (ResultSet row = statement.executeQuery("PRAGMA foreign_key_check")) {
        assertThat(row.next()).isFalse();
      }
    }
    assertThat(number(name, "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'index'"))
        .isEqualTo(3);
    // A result and what belongs to it stayed together.
    assertThat(
            number(
                name,
                "SELECT COUNT(*) FROM traceroute_hops h JOIN traceroute_results t ON t.id ="
                    + " h.traceroute_id JOIN ping_results p ON p.id = t.ping_result_id WHERE h.ip ="
                    + " p.ip || '/' || h.ttl"))
        .isEqualTo(number(name, "SELECT COUNT(*) FROM ping_results") * HOPS);
  }

  private void results(String name, String prefix, int first, int last) throws SQLException {
    try (Connection connection = connect(name)) {
      results(connection, prefix, first, last);
    }
  }

  private static void results(Connection connection, String prefix, int first, int last)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String table :
          List.of(
              "ping_results (id INTEGER PRIMARY KEY, ip TEXT, sent INTEGER, received INTEGER,"
                  + " packet_loss REAL, avg_rtt INTEGER, timestamp DATETIME, error TEXT,"
                  + " created_at DATETIME)",
              "traceroute_results (id INTEGER PRIMARY KEY, ping_result_id INTEGER, method TEXT,"
                  + " completed BOOLEAN, error TEXT)",
              "traceroute_hops (id INTEGER PRIMARY KEY, traceroute_id INTEGER, ttl INTEGER,"
                  + " ip TEXT, rtt INTEGER, timeout BOOLEAN)")) {
        statement.execute("CREATE TABLE IF NOT EXISTS " + table);
      }
    }
    connection.setAutoCommit(false);
    try (PreparedStatement ping =
            connection.prepareStatement(
                "INSERT INTO ping_results VALUES (?, ?, 4, 4, 0.0, 5, 'now', NULL, 'then')");
        PreparedStatement trace =
            connection.prepareStatement(
                "INSERT INTO traceroute_results VALUES (?, ?, 'icmp', 1, NULL)");
        PreparedStatement hop =
            connection.prepareStatement("INSERT INTO traceroute_hops VALUES (?, ?, ?, ?, 7, 0)")) {
      for (int id = first; id <= last; id++) {
        String ip = prefix + "." + id;
        ping.setInt(1, id);
        ping.setString(2, ip);
        ping.addBatch();
        trace.setInt(1, id);
        trace.setInt(2, id);
        trace.addBatch();
        for (int ttl = 1; ttl <= HOPS; ttl++) {
          hop.setInt(1, (id - 1) * HOPS + ttl);
          hop.setInt(2, id);
          hop.setInt(3, ttl);
          hop.setString(4, ip + "/" + ttl);
          hop.addBatch();
        }
      }
      ping.executeBatch();
      trace.executeBatch();
      hop.executeBatch();
      connection.commit();
    }
    connection.setAutoCommit(true);
  }

  private Connection connect(String name) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(name));
  }

  private long number(String name, String query) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.getLong(1);
    }
  }

  private List<byte[]> contents(String... names) throws IOException {
    List<byte[]> contents = new ArrayList<>();
    for (String name : names) {
      contents.add(Files.readAllBytes(folder.resolve(name)));
    }
    return contents;
  }

  private Process start(String out, String... files) throws IOException {
    List<String> command = Program.java("-Xmx64m");
    command.addAll(List.of("merge", out));
    command.addAll(List.of(files));
    return new ProcessBuilder(command).directory(folder.toFile()).start();
  }

  private CommandHere program(String out, String... files)
      throws IOException, InterruptedException {
    Process process = start(out, files);
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new CommandHere(process.waitFor(), said, errors);
  }

  private CommandHere merge(String out, String... files) {
    List<String> command = new ArrayList<>(List.of("merge", out));
    command.addAll(List.of(files));
    return CommandHere.run(folder, Map.of(), command.toArray(String[]::new));
  }
}
