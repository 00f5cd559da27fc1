package dev.rollcall.server.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.http.Logged;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.redis.StreamBuffer.Written;
import dev.rollcall.server.sql.Claimant;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.sql.Wire;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.params.XReadParams;
import redis.clients.jedis.resps.StreamEntryBinary;

/// Writes that go through a real Redis to a real PostgreSQL, while either of them is away. Each
/// test has a Redis of its own, and a database of it with a number of its own: streams are named by
/// it, and their locks in PostgreSQL by the streams.
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(
    value = StreamBufferTest.HEARD,
    mode = ResourceAccessMode.READ,
    target = ResourceLockTarget.CHILDREN)
class StreamBufferTest {
  /// What all tests hear that run at the time: the log, and what threads fail with, which whoever
  /// awaits something is told by Awaitility.
  static final String HEARD = "heard";

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final byte[] FIELD = "e".getBytes(UTF_8);

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  @TempDir Path folder;
  private RedisServer server;
  private Wire wire;
  private int redisDatabase;
  private RunningProcess process;

  @BeforeEach
  void open() throws IOException {
    server = RedisServer.start(folder.resolve("redis"), "--databases", "1000");
    redisDatabase = NUMBERS.incrementAndGet();
    wire = new Wire(TestDatabases.postgresPort());
    process = new RunningProcess(TestDatabases.freshOn(wire.port()), location());
  }

  /// The database of the process, reached without the wire.
  private PostgresServer uncut() {
    PostgresServer cut = (PostgresServer) process.database.location();
    return new PostgresServer(
        cut.address().replace(":" + wire.port(), ":" + TestDatabases.postgresPort()),
        cut.user(),
        cut.password());
  }

  @AfterEach
  void close() throws IOException {
    process.close();
    wire.close();
    server.close();
  }

  private RedisLocation location() {
    return RedisLocation.parse(server.url() + "/" + redisDatabase);
  }

  private Jedis client() {
    Jedis redis = server.client();
    String _ = redis.select(redisDatabase);
    return redis;
  }

  private List<String> streams() {
    return StreamBuffer.streams("rollcall:" + redisDatabase + ":", Note.KIND);
  }

  /// The stream of the notes about `one`.
  private String stream() {
    List<String> streams = streams();
    return streams.get(Math.floorMod("one".hashCode(), streams.size()));
  }

  /// What is kept aside of that stream, when there is as much.
  private List<byte[]> rawAside(int entries) {
    try (Jedis redis = client()) {
      String aside = stream() + ":aside";
      await().atMost(PATIENCE).until(() -> redis.xlen(aside) == entries);
      return redis
          .xreadBinary(
              XReadParams.xReadParams(), Map.of(aside.getBytes(UTF_8), new StreamEntryID()))
          .getFirst()
          .getValue()
          .stream()
          .map(entry -> entry.getFields().values().iterator().next())
          .toList();
    }
  }

  private List<StreamEntry> aside(int entries) {
    return rawAside(entries).stream().map(StreamEntry::of).toList();
  }

  private Written<Integer> write(int number) {
    return process.buffer.write(new Note("one", number));
  }

  private static Written<Integer> applied(int number) {
    return new Written.Applied<>(number);
  }

  /// Writes it, and waits until the database has it. On a busy machine that may take longer than a
  /// caller waits.
  private void writeThrough(int number) {
    assertThat(write(number)).isIn(applied(number), new Written.Waits<>());
    await().atMost(PATIENCE).until(() -> Note.written(process.database, "one").contains(number));
  }

  private void awaitWritten(Integer... numbers) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> assertThat(Note.written(process.database, "one")).containsExactly(numbers));
  }

  @Test
  void theCallerGetsTheResultOfTheDatabase() {
    writeThrough(6);
    await().atMost(PATIENCE).until(() -> write(7).equals(applied(7)));
    assertThat(Note.written(process.database, "one")).startsWith(6, 7);
    await().atMost(PATIENCE).until(() -> process.buffer.waiting() == 0);
  }

  @Test
  void itemsOfOneSubjectKeepTheirOrderWhicheverProcessTheyCameTo() {
    try (RunningProcess other = new RunningProcess(process.database.location(), location())) {
      for (int i = 0; i < 200; i++) {
        RunningProcess one = i % 2 == 0 ? process : other;
        assertThat(one.buffer.write(new Note("both", i))).isIn(applied(i), new Written.Waits<>());
        one.buffer.writeAll(List.of(new Note("batch", i), new Note("another", i)));
      }
      List<Integer> all = IntStream.range(0, 200).boxed().toList();
      for (String subject : List.of("both", "batch", "another")) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(Note.written(process.database, subject))
                        .containsExactlyElementsOf(all));
      }
    }
  }

  /// As the master does that is left of two.
  @Test
  void whatWaitsIsAppliedBeforeWhatComesWhileRedisRefusesWrites() {
    writeThrough(0);
    wire.cut();
    for (int i = 1; i <= 70; i++) {
      assertThat(write(i)).isEqualTo(new Written.Waits<>());
    }
    configure("min-replicas-to-write", "1");
    wire.mend();
    await().atMost(PATIENCE).ignoreExceptions().until(() -> write(71).equals(applied(71)));
    Integer[] all = IntStream.rangeClosed(0, 71).boxed().toArray(Integer[]::new);
    assertThat(Note.written(process.database, "one")).containsExactly(all);
    assertThat(process.redis.trouble().orElse("")).contains("NOREPLICAS");
    await().atMost(PATIENCE).until(() -> process.buffer.lag().isZero());
    assertThat(process.buffer.waiting()).isZero();
    assertThat(process.buffer.awaitApplied(new Note("one", 0))).isTrue();

    configure("min-replicas-to-write", "0");
    await().atMost(PATIENCE).until(() -> process.redis.trouble().isEmpty());
    await().atMost(PATIENCE).until(() -> entries() == 0);
    writeThrough(72);
    assertThat(Note.written(process.database, "one")).startsWith(all).hasSize(73);
  }

  private void configure(String setting, String value) {
    try (Jedis redis = client()) {
      String _ = redis.configSet(setting, value);
    }
  }

  private long entries() {
    try (Jedis redis = client()) {
      return redis.xlen(stream());
    }
  }

  @Test
  void nothingIsWrittenBeforeWhatWaitsWhileRedisRefusesWrites() {
    wire.cut();
    assertThat(write(1)).isEqualTo(new Written.Waits<>());
    configure("min-replicas-to-write", "1");
    await().atMost(PATIENCE).until(() -> process.redis.trouble().isPresent() || refuses(2));
    assertThatThrownBy(() -> write(3))
        .isInstanceOfAny(Unavailable.class, StorageException.class); // older wait, nobody is there
    assertThat(process.buffer.awaitApplied(new Note("one", 0))).isFalse();
    assertThat(process.buffer.lag()).isPositive();
    wire.mend();
    await().atMost(PATIENCE).ignoreExceptions().until(() -> write(4).equals(applied(4)));
    assertThat(Note.written(process.database, "one")).startsWith(1).endsWith(4);
  }

  private boolean refuses(int number) {
    try {
      Written<Integer> _ = write(number);
      return false;
    } catch (Unavailable | StorageException e) {
      return true;
    }
  }

  @Test
  void processesApplyWhatWaitsOnceWhileRedisRefusesWrites() {
    Integer[] all = IntStream.rangeClosed(1, 100).boxed().toArray(Integer[]::new);
    wire.cut();
    for (int i : all) {
      assertThat(write(i)).isEqualTo(new Written.Waits<>());
    }
    configure("min-replicas-to-write", "1");
    PostgresServer whole = uncut();
    try (RunningProcess other = new RunningProcess(whole, location());
        RunningProcess third = new RunningProcess(whole, location())) {
      wire.mend();
      await()
          .atMost(PATIENCE)
          .until(() -> other.buffer.lag().isZero() && third.buffer.lag().isZero());
      assertThat(Note.written(other.database, "one")).containsExactly(all);
      configure("min-replicas-to-write", "0");
      await().atMost(PATIENCE).until(() -> entries() == 0);
      assertThat(Note.written(other.database, "one")).containsExactly(all);
    }
  }

  /// Whose share it is may not reach Redis.
  @Test
  void aProcessAppliesTheStreamsOfOthersIfTheyDoNotWhileRedisRefusesWrites() {
    int number = streams().indexOf(stream());
    Integer[] all = IntStream.rangeClosed(1, 300).boxed().toArray(Integer[]::new);
    wire.cut();
    for (int i : all) {
      process.buffer.writeAll(List.of(new Note("one", i)));
    }
    process.database.claimant().share(new Claimant.Share(1 - number, 2));
    configure("min-replicas-to-write", "1");
    await().atMost(PATIENCE).until(() -> process.redis.trouble().isPresent() || refuses(0));
    wire.mend();
    awaitWritten(all);
  }

  /// Redis deletes although it has no memory for more.
  @Test
  void aFullRedisIsEmptiedThoughItRefusesWhatIsAdded() {
    wire.cut();
    assertThat(write(1)).isEqualTo(new Written.Waits<>());
    configure("maxmemory", "1");
    await().atMost(PATIENCE).until(() -> process.redis.trouble().isPresent() || refuses(9));
    wire.mend();
    await().atMost(PATIENCE).until(() -> entries() == 0);
    awaitWritten(1);
    await().atMost(PATIENCE).ignoreExceptions().until(() -> write(2).equals(applied(2)));
    configure("maxmemory", "0");
    await().atMost(PATIENCE).until(() -> process.redis.trouble().isEmpty());
    writeThrough(3);
  }

  @Test
  void whatCannotBeAppliedOrReadIsKeptAsideWhenRedisTakesWritesAgain() {
    byte[] strange = {7, 1, 2};
    wire.cut();
    process.buffer.writeAll(List.of(new Note("one", 1), new Note("one", -1), new Note("one", 2)));
    try (Jedis redis = client()) {
      redis.xadd(stream().getBytes(UTF_8), XAddParams.xAddParams(), Map.of(FIELD, strange));
    }
    configure("min-replicas-to-write", "1");
    wire.mend();
    awaitWritten(1, 2);
    configure("min-replicas-to-write", "0");
    await().atMost(PATIENCE).until(() -> entries() == 0);
    assertThat(rawAside(2))
        .contains(strange)
        .anyMatch(bytes -> new String(bytes, UTF_8).endsWith("-1 one"));
    assertThat(process.counter("rollcall_stream_dropped")).isEqualTo(2);
  }

  /// It is found again when Redis takes writes: then it would be kept twice.
  @Test
  void whatCannotBeReadStaysInItsStreamWhileRedisRefusesWrites() {
    KeptAside aside =
        new KeptAside(stream(), StreamCounts.in(new PrometheusRegistry()), Clock.system());
    RuntimeException failure = new IllegalArgumentException("of a test");
    aside.addEntry("1-0", new byte[] {7}, "an entry cannot be read", failure);
    aside.addItem("1/2", new byte[] {8}, "an item cannot be applied", failure);
    try (Jedis redis = client()) {
      configure("min-replicas-to-write", "1");
      assertThat(aside.write(redis)).isFalse();
      configure("min-replicas-to-write", "0");
      assertThat(aside.write(redis)).isTrue();
    }
    assertThat(rawAside(1)).containsExactly(new byte[] {8});
  }

  @Test
  void whatComesWhileTheDatabaseIsAwayWaitsAndIsAppliedInItsOrder() {
    writeThrough(0);
    wire.cut();
    for (int i = 1; i <= 20; i++) {
      assertThat(write(i)).isEqualTo(new Written.Waits<>());
    }
    await().atMost(PATIENCE).until(() -> process.buffer.lag().toMillis() > 1_000);
    assertThat(process.redis.trouble()).isEmpty();

    wire.mend();
    awaitWritten(IntStream.rangeClosed(0, 20).boxed().toArray(Integer[]::new));
    await().atMost(PATIENCE).until(() -> process.buffer.lag().toMillis() < 1_000);
    writeThrough(21);
  }

  @Test
  void whatADeadProcessHasLeftIsAppliedByAnother() {
    wire.cut();
    assertThat(write(1)).isEqualTo(new Written.Waits<>());
    assertThat(write(2)).isEqualTo(new Written.Waits<>());
    DatabaseLocation location = process.database.location();
    process.close();
    wire.mend();

    process = new RunningProcess(location, location());
    awaitWritten(1, 2);
  }

  /// It is not waited for the end of its lease.
  @Test
  void aStreamIsReadByAnotherProcessIfTheOneThatHasItAppliesNothing() {
    writeThrough(0);
    try (Jedis redis = client()) {
      String owner = StreamLease.key(stream());
      redis.set(owner, "another", SetParams.setParams().px(3_000)); // it is renewed
      AtomicInteger number = new AtomicInteger();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                Written<Integer> _ = write(number.incrementAndGet());
                long _ = redis.pexpire(owner, 3_000);
                return !"another".equals(redis.get(owner));
              });
      writeThrough(number.incrementAndGet());
      await().atMost(PATIENCE).until(() -> process.buffer.waiting() == 0);
    }
  }

  /// A transaction that stands still, with the process that began it, is not waited for by those
  /// that are needed for other writes.
  @Test
  void noWriterOfTheDatabaseWaitsForAProcessThatStandsStillWhileItAppliesAStream()
      throws Exception {
    writeThrough(0);
    try (Connection standing = TestDatabases.postgres().getPostgresDatabase().getConnection();
        Statement statement = standing.createStatement()) {
      standing.setAutoCommit(false);
      statement.execute("SELECT pg_advisory_xact_lock(hashtext('" + stream() + "'))");
      assertThat(write(1)).isEqualTo(new Written.Waits<>());
      try (ResultSet waiting =
          statement.executeQuery(
              """
              SELECT COUNT(*) FROM pg_stat_activity
              WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))
              """)) {
        assertThat(waiting.next()).isTrue();
        assertThat(waiting.getInt(1)).isZero();
      }
      standing.rollback();
    }
    awaitWritten(0, 1);
  }

  /// As if the process had been killed between its commit and the deletion of the entry.
  @Test
  void anEntryThatIsReadAgainChangesNothing() {
    String stream = stream();
    wire.cut();
    write(1);
    write(2);
    try (Jedis client = client()) {
      List<StreamEntryBinary> entries =
          client
              .xreadBinary(
                  XReadParams.xReadParams().count(10),
                  Map.of(stream.getBytes(UTF_8), new StreamEntryID()))
              .getFirst()
              .getValue();
      assertThat(entries).hasSize(2);
      wire.mend();
      awaitWritten(1, 2);
      for (StreamEntryBinary entry : entries) {
        byte[] _ = client.xadd(stream.getBytes(UTF_8), XAddParams.xAddParams(), entry.getFields());
      }
    }
    write(3);
    awaitWritten(1, 2, 3);
    assertThat(process.counter("rollcall_stream_replayed")).isEqualTo(2);
  }

  @Test
  void whileRedisIsGoneEverythingGoesStraightToTheDatabase() throws Exception {
    writeThrough(1);
    await().atMost(PATIENCE).until(() -> process.buffer.waiting() == 0);
    server.kill();
    await().atMost(PATIENCE).until(() -> process.redis.trouble().isPresent());
    assertThat(write(2)).isEqualTo(applied(2));
    assertThat(process.buffer.lag()).isZero();
    assertThat(process.buffer.awaitApplied(new Note("one", 0))).isTrue();

    server.again();
    await().atMost(PATIENCE).until(() -> process.redis.trouble().isEmpty());
    writeThrough(3);
    assertThat(Note.written(process.database, "one")).containsExactly(1, 2, 3);
  }

  /// Another program has put something else there.
  @ResourceLock(HEARD)
  @Test
  void whileAKeyIsOfAnotherTypeEverythingGoesStraightToTheDatabase() {
    writeThrough(1);
    await().atMost(PATIENCE).until(() -> process.buffer.waiting() == 0);
    String said = stream() + " is a list of another program, and has to be a stream";
    try (Jedis redis = client();
        Logged appender = new Logged(AppenderConnection.class.getName());
        Logged loops = new Logged(BackgroundLoop.class.getName())) {
      redis.del(stream());
      redis.lpush(stream(), "something else");
      await()
          .atMost(PATIENCE)
          .until(() -> process.redis.trouble().filter(why -> why.contains(said)).isPresent());
      assertThat(write(2)).isEqualTo(applied(2));
      assertThat(process.counter("rollcall_stream_bypassed")).isPositive();
      assertThat(process.buffer.lag()).isZero();
      assertThat(appender.lines()).singleElement(STRING).contains(said);
      assertThat(loops.lines()).isEmpty();

      redis.del(stream());
      await().atMost(PATIENCE).until(() -> process.redis.trouble().isEmpty());
      writeThrough(3);
      redis.hset("other", "a", "b");
      redis.rename("other", stream() + ":owner");
      await()
          .atMost(PATIENCE)
          .until(() -> process.redis.trouble().orElse("").contains("owner is a hash"));
      assertThat(write(4)).isEqualTo(applied(4));
    }
  }

  @Test
  void whatWaitsWhenRedisIsKilledIsAppliedWhenItIsBack() throws Exception {
    wire.cut();
    assertThat(write(1)).isEqualTo(new Written.Waits<>());
    server.kill();
    wire.mend();
    await().atMost(PATIENCE).until(() -> process.redis.trouble().isPresent());
    assertThat(process.buffer.lag()).isGreaterThan(Duration.ZERO); // it may still be there
    assertThat(process.buffer.awaitApplied(new Note("one", 0))).isFalse();
    await().atMost(PATIENCE).ignoreExceptions().until(() -> write(2).equals(applied(2)));

    server.again();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(Note.written(process.database, "one")).containsExactlyInAnyOrder(2, 1));
  }

  /// The process does not know whether Redis has it, and Redis has it in the end.
  @Test
  void anItemInDoubtIsWrittenOnce() throws Exception {
    writeThrough(1);
    server.signal("STOP");
    assertThat(write(2)).isEqualTo(applied(2));
    server.signal("CONT");
    await().atMost(PATIENCE).until(() -> process.redis.trouble().isEmpty());
    writeThrough(3);
    await().atMost(PATIENCE).until(() -> process.buffer.waiting() == 0);
    assertThat(Note.written(process.database, "one")).containsExactly(1, 2, 3);
  }

  /// It cannot be taken back now, so it is recorded as soon as that is possible, and no caller
  /// waits for it.
  @Test
  void anItemInDoubtIsAppliedFromRedisIfTheDatabaseIsAwayToo() throws Exception {
    writeThrough(1);
    wire.cut();
    assertThat(write(2)).isEqualTo(new Written.Waits<>());
    await().atMost(PATIENCE).until(this::isOutOfReach);
    server.signal("STOP");
    assertThatThrownBy(() -> write(3))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("recorded later, or not at all");
    assertThatThrownBy(() -> write(4)).isInstanceOf(StorageException.class); // nobody has it
    server.signal("CONT");
    wire.mend();
    awaitWritten(1, 2, 3);
    await().atMost(PATIENCE).until(() -> process.redis.trouble().isEmpty());
    writeThrough(5);
    assertThat(Note.written(process.database, "one")).containsExactly(1, 2, 3, 5);
  }

  private boolean isOutOfReach() {
    try {
      process.database.requireReachable();
      return false;
    } catch (StorageException e) {
      return true;
    }
  }

  @Test
  void noMoreWaitsThanMayWait() {
    wire.cut();
    List<Note> many = Collections.nCopies(500, new Note("x".repeat(60), 1));
    try {
      for (int i = 0; i < 40; i++) {
        process.buffer.writeAll(many);
      }
    } catch (Unavailable e) {
      // enough
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> process.buffer.writeAll(many.subList(0, 1)))
                    .isInstanceOf(Unavailable.class));
    wire.mend();
    await().atMost(PATIENCE.multipliedBy(4)).until(() -> process.buffer.waiting() == 0);
    await().atMost(PATIENCE).until(() -> tookPlace(2));
  }

  private boolean tookPlace(int number) {
    try {
      Written<Integer> _ = write(number);
      return true;
    } catch (Unavailable e) {
      return false; // the bytes are counted once a second
    }
  }

  @Test
  void otherProcessesAreToldWhatHasChanged() {
    List<String> heard = new CopyOnWriteArrayList<>();
    try (RunningProcess other =
        new RunningProcess(
            process.database.location(),
            location(),
            0,
            redis -> redis.on("topic", bytes -> heard.add(new String(bytes, UTF_8))))) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                process.redis.tell("topic", "changed".getBytes(UTF_8));
                other.redis.tell("topic", "own".getBytes(UTF_8));
                return !heard.isEmpty();
              });
      assertThat(heard).containsOnly("changed");
    }
  }

  @Test
  void processesDivideTheStreamsAndGoOnWithThoseOfOneThatStops() {
    await().atMost(PATIENCE).until(() -> readers().size() == 2 && distinct(readers()) == 1);
    List<String> first = readers();
    try (RunningProcess other = new RunningProcess(process.database.location(), location())) {
      process.database.claimant().share(new Claimant.Share(0, 2));
      other.database.claimant().share(new Claimant.Share(1, 2));
      await().atMost(PATIENCE).until(() -> distinct(readers()) == 2);
      assertThat(readers()).startsWith(first.getFirst());
      for (int i = 0; i < 10; i++) {
        String subject = "s" + i;
        assertThat(process.buffer.write(new Note(subject, i)))
            .isIn(applied(i), new Written.Waits<>());
      }
      await().atMost(PATIENCE).until(() -> other.buffer.waiting() == 0);
    }
    process.database.claimant().share(Claimant.Share.ALL);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(readers()).isEqualTo(first));
  }

  /// It reaches Redis, but not the database.
  @Test
  void aProcessThatCannotApplyItsStreamsLeavesThemToOthers() {
    PostgresServer whole = uncut();
    try (RunningProcess other = new RunningProcess(whole, location())) {
      other.database.claimant().share(new Claimant.Share(0, 2));
      process.database.claimant().share(new Claimant.Share(1, 2));
      await().atMost(PATIENCE).until(() -> distinct(readers()) == 2);
      List<String> both = readers();
      wire.cut();
      for (int i = 0; i < 10; i++) {
        other.buffer.writeAll(List.of(new Note("s" + i, i)));
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(readers()).containsOnly(both.getFirst()));
      await().atMost(PATIENCE).until(() -> other.buffer.waiting() == 0);
      wire.mend();
    }
  }

  /// Who reads each of the streams at present.
  private List<String> readers() {
    try (Jedis client = client()) {
      return streams().stream()
          .map(stream -> client.get(stream + ":owner"))
          .filter(Objects::nonNull)
          .toList();
    }
  }

  private static long distinct(List<String> readers) {
    return readers.stream().distinct().count();
  }

  /// Written by somebody else, or by a server whose clock was ahead.
  @ParameterizedTest
  @ValueSource(longs = {0, 600_000})
  void aLeaseThatDoesNotEndInSecondsIsNone(long millis) {
    writeThrough(0);
    DatabaseLocation location = process.database.location();
    process.close();
    SetParams end = SetParams.setParams();
    try (Jedis redis = client()) {
      redis.set(stream() + ":owner", "somebody", millis == 0 ? end : end.px(millis));
    }
    process = new RunningProcess(location, location());
    writeThrough(1);
  }

  /// It was set back, or that of the new master is behind that of the old one.
  @Test
  void whatWaitsIsKnownToWaitThoughTheClockOfRedisIsBehind() {
    writeThrough(0);
    await().atMost(PATIENCE).until(() -> process.buffer.waiting() == 0);
    wire.cut();
    StreamEntryID future =
        new StreamEntryID(Instant.now().plus(Duration.ofHours(1)).toEpochMilli(), 0);
    byte[] entry = new StreamEntry(1, 2, 0, List.of(Note.KIND.encode(new Note("one", 1)))).bytes();
    try (Jedis redis = client()) {
      redis.xadd(
          stream().getBytes(UTF_8), XAddParams.xAddParams().id(future), Map.of(FIELD, entry));
    }
    await().atMost(PATIENCE).until(() -> process.buffer.lag().toMillis() > 2_000);
    wire.mend();
    awaitWritten(0, 1);
    await().atMost(PATIENCE).until(() -> process.buffer.lag().toMillis() < 1_000);
  }

  @Test
  void anItemThatCannotBeAppliedDoesNotHoldUpTheOthers() {
    process.buffer.writeAll(List.of(new Note("one", 1), new Note("one", -1), new Note("one", 2)));
    awaitWritten(1, 2);
    assertThat(process.counter("rollcall_stream_dropped")).isOne();
    assertThat(aside(1).getFirst().items()).containsExactly("-1 one".getBytes(UTF_8));
  }

  @Test
  void anItemThatIsRefusedAfterItWaitedIsKeptAside() {
    process.buffer.writeAll(List.of(new Note("one", Note.REFUSED), new Note("one", 1)));
    awaitWritten(1);
    assertThat(aside(1).getFirst().items()).containsExactly("404 one".getBytes(UTF_8));
    await().atMost(PATIENCE).until(() -> process.counter("rollcall_stream_dropped") == 1);
  }

  /// Of a version that does not exist yet, or of another program.
  @Test
  void anEntryThatCannotBeReadIsKeptAside() {
    byte[] strange = {7, 1, 2};
    try (Jedis redis = client()) {
      redis.xadd(stream().getBytes(UTF_8), XAddParams.xAddParams(), Map.of(FIELD, strange));
    }
    process.buffer.writeAll(List.of(new Note("one", 1)));
    awaitWritten(1);
    await().atMost(PATIENCE).until(() -> process.counter("rollcall_stream_dropped") == 1);
    assertThat(rawAside(1)).containsExactly(strange);
  }

  @Test
  void noMoreIsKeptAsideThanAThousandEntries() {
    try (Jedis redis = client();
        Pipeline pipeline = redis.pipelined()) {
      for (int i = 0; i < 1_100; i++) {
        pipeline.xadd(
            stream().getBytes(UTF_8), XAddParams.xAddParams(), Map.of(FIELD, new byte[] {9}));
      }
    }
    process.buffer.writeAll(List.of(new Note("one", 1)));
    awaitWritten(1);
    await().atMost(PATIENCE).until(() -> process.counter("rollcall_stream_dropped") == 1_100);
    assertThat(rawAside(1_000)).hasSize(1_000);
  }

  /// A thread fails in it.
  @ResourceLock(HEARD)
  @Test
  void nothingIsGivenUpBecauseThereWasNoRoomToApplyIt() {
    Note.noRoom(3);
    process.buffer.writeAll(List.of(new Note("one", 1), new Note("one", 2)));
    awaitWritten(1, 2);
    assertThat(process.counter("rollcall_stream_dropped")).isZero();
  }

  @Test
  void saysWhatRedisDoesNotPromise() {
    try (RedisServer plain =
            RedisServer.plain(folder.resolve("plain"), "--maxmemory-policy", "allkeys-lru");
        Jedis client = plain.client();
        Jedis good = client()) {
      RedisServers servers = new RedisServers(RedisLocation.parse(plain.url()));
      assertThat(new RedisPromises(servers, 0).lines(client))
          .satisfiesExactly(
              line -> assertThat(line).startsWith("appendonly is no"),
              line -> assertThat(line).startsWith("maxmemory-policy is allkeys-lru"));
      assertThat(new RedisPromises(servers, 0).lines(good)).isEmpty();
    }
  }
}
