package dev.rollcall.server.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.XAddParams;

/// Adds items to streams. One thread with one connection writes all that came while it was writing:
/// one entry for each stream, all in one round trip, so that with `appendfsync always` they share a
/// sync.
///
/// The items of one writer reach a stream in the order of their numbers. After a failure nobody
/// knows whether the last entry was stored. Then it is [Added.InDoubt], and the next items have
/// another writer.
final class StreamAppender implements AutoCloseable {
  private static final Logger LOG = System.getLogger(StreamAppender.class.getName());

  /// The name of the only field of an entry.
  static final byte[] FIELD = "e".getBytes(UTF_8);

  /// How often an unused connection is tried, and a lost one opened again.
  private static final Duration IDLE = Duration.ofMillis(500);

  private static final Duration RETRY = Duration.ofMillis(500);

  /// How long replicas may take to get what is acknowledged.
  private static final Duration REPLICATION = Duration.ofMillis(200);

  /// The same for a while after they took longer: they may be gone.
  private static final Duration REPLICATION_AGAIN = Duration.ofMillis(20);

  private static final Duration UNREPLICATED = Duration.ofSeconds(10);

  /// The largest entry, unless one item is larger.
  private static final int MOST_BYTES = 64 << 10;

  /// Why nothing can be added.
  ///
  /// @param why in one line
  /// @param refused the server, if it answers: what was added before can be read
  record Trouble(String why, Optional<RefusedWrites> refused) {}

  /// What became of an append.
  sealed interface Added {
    /// Redis has it. The number is that of its first item.
    record Stored(long writer, long number) implements Added {}

    /// Redis does not have it.
    record Refused(Trouble why) implements Added {}

    /// The connection was lost before Redis answered.
    ///
    /// @param from the number of the first item of the same entry
    record InDoubt(long writer, long from) implements Added {}
  }

  /// Items to be added together.
  private record Append(
      String stream, List<byte[]> items, boolean awaited, CompletableFuture<Pending> added) {
    int bytes() {
      return items.stream().mapToInt(item -> item.length + 4).sum();
    }
  }

  /// What the caller gets.
  ///
  /// @param results of each item; never completed if nobody awaits them
  record Pending(Added added, List<CompletableFuture<byte[]>> results) {}

  private final RedisServers servers;
  private final AppliedResults results;
  private final Clock clock;
  private final long process;
  private final int replicas;
  private final BooleanSupplier databaseAway;
  private final AppenderConnection connection;
  private final LinkedBlockingQueue<Append> queue = new LinkedBlockingQueue<>();
  private final BackgroundLoop loop =
      new BackgroundLoop("redis-append", "adding to Redis", RETRY, this::round);
  private final AtomicLong unreplicated = new AtomicLong();

  // Used by the thread only:
  private final Map<String, Writer> writers = new HashMap<>();
  private Duration unreplicatedUntil = Duration.ZERO;

  /// The writer of one stream, and the number of its next item.
  private static final class Writer {
    private final long id = ThreadLocalRandom.current().nextLong();
    private long next;
  }

  StreamAppender(
      RedisServers servers,
      AppenderConnection connection,
      AppliedResults results,
      long process,
      int replicas,
      BooleanSupplier databaseAway,
      Clock clock) {
    this.servers = servers;
    this.connection = connection;
    this.results = results;
    this.process = process;
    this.replicas = replicas;
    this.databaseAway = databaseAway;
    this.clock = clock;
  }

  /// Adds to these streams too. To be called before [#start].
  void add(List<String> streams) {
    connection.add(streams);
  }

  /// Calls this when it finds a server that refuses writes. It returns at once. To be called before
  /// [#start].
  void whenRefused(Runnable told) {
    connection.whenRefused(told);
  }

  void start() {
    try {
      Jedis _ = connection.open(); // so that the first items need not wait
    } catch (RedisFailure e) {
      connection.lost(e.reason());
    }
    loop.start();
  }

  /// Why nothing can be added; empty if that works.
  Optional<Trouble> trouble() {
    return connection.trouble();
  }

  /// How many entries no replica had in time.
  long unreplicated() {
    return unreplicated.get();
  }

  /// Adds items to a stream, and returns when Redis has them, or does not.
  ///
  /// @param awaited whether somebody waits for the results
  Pending append(String stream, List<byte[]> items, boolean awaited) {
    CompletableFuture<Pending> added = new CompletableFuture<>();
    queue.add(new Append(stream, items, awaited, added));
    if (loop.isClosing()) {
      refuseAll("Redis is being closed");
    }
    return added.join();
  }

  private Duration round() throws InterruptedException {
    Append first = queue.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
    Jedis open;
    try {
      open = connection.open();
      if (first == null) {
        connection.check(open);
      }
    } catch (RuntimeException e) {
      return refused(first, servers.failure(e).reason());
    } catch (Error e) {
      refused(first, "Rollcall itself failed: " + e);
      throw e;
    }
    if (first != null) {
      List<Append> all = new ArrayList<>(List.of(first));
      queue.drainTo(all);
      try {
        for (List<Append> some : rounds(all)) {
          if (trouble().isEmpty()) { // Jedis would open a closed one again, and forget the database
            write(open, some);
          }
        }
      } finally {
        all.forEach(each -> refuse(each, "Rollcall itself failed")); // those not written so far
      }
    }
    return Duration.ZERO;
  }

  private Duration refused(@Nullable Append first, String why) {
    connection.lost(why);
    if (first != null) {
      refuse(first, why);
    }
    refuseAll(why);
    return RETRY;
  }

  private void refuseAll(String why) {
    for (Append each = queue.poll(); each != null; each = queue.poll()) {
      refuse(each, why);
    }
  }

  /// Tells a caller so that was not told anything yet.
  private void refuse(Append append, String why) {
    Trouble whole = connection.trouble().orElseGet(() -> new Trouble(why, Optional.empty()));
    append.added().complete(new Pending(new Added.Refused(whole), List.of()));
  }

  /// Divides what is to be written into round trips in which no entry becomes too large.
  private static List<List<Append>> rounds(List<Append> all) {
    List<List<Append>> rounds = new ArrayList<>();
    List<Append> round = new ArrayList<>();
    int bytes = 0;
    for (Append each : all) {
      if (bytes > 0 && bytes + each.bytes() > MOST_BYTES) {
        rounds.add(round);
        round = new ArrayList<>();
        bytes = 0;
      }
      round.add(each);
      bytes += each.bytes();
    }
    rounds.add(round);
    return rounds;
  }

  /// The appends that make one entry.
  private static final class Group {
    private final Writer writer;
    private final long first;
    private final List<Append> appends = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private final List<byte[]> items = new ArrayList<>();
    private @Nullable Response<byte[]> response;

    Group(Writer writer) {
      this.writer = writer;
      this.first = writer.next;
    }
  }

  private void write(Jedis open, List<Append> appends) {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (Append append : appends) {
      Group group =
          groups.computeIfAbsent(
              append.stream(),
              stream -> new Group(writers.computeIfAbsent(stream, _ -> new Writer())));
      long number = group.writer.next;
      group.writer.next += append.items().size();
      group.items.addAll(append.items());
      group.appends.add(append);
      group.pending.add(
          new Pending(
              new Added.Stored(group.writer.id, number),
              append.awaited()
                  ? results.await(group.writer.id, number, append.items().size())
                  : List.of()));
    }
    try (Pipeline pipeline = open.pipelined()) {
      groups.forEach(
          (stream, group) ->
              group.response =
                  pipeline.xadd(
                      stream.getBytes(UTF_8),
                      XAddParams.xAddParams(),
                      Map.of(
                          FIELD,
                          new StreamEntry(process, group.writer.id, group.first, group.items)
                              .bytes())));
      pipeline.sync();
      List<String> refusals = new ArrayList<>();
      List<Group> stored = new ArrayList<>();
      for (Group group : groups.values()) {
        refusal(open, group).ifPresentOrElse(refusals::add, () -> stored.add(group));
      }
      if (!stored.isEmpty()) {
        replicate(open);
      }
      stored.forEach(StreamAppender::stored);
      if (refusals.isEmpty()) {
        connection.works();
      } else {
        connection.lost(refusals.getFirst()); // this server may be the master no longer
      }
    } catch (JedisException e) {
      doubt(groups, servers.failure(e).reason());
    } catch (RuntimeException | Error e) {
      doubt(groups, "Rollcall itself failed: " + e);
      throw e;
    }
  }

  /// Tells the callers if their items are not stored.
  ///
  /// @return why not
  private Optional<String> refusal(Jedis open, Group group) {
    try {
      if (group.response == null) {
        throw new JedisDataException("no answer");
      }
      byte[] _ = group.response.get();
    } catch (JedisDataException e) { // it has answered that it does not keep it
      Trouble why = connection.refused(open, e);
      finish(group, new Added.Refused(why));
      return Optional.of(why.why());
    }
    return Optional.empty();
  }

  private static void stored(Group group) {
    for (int i = 0; i < group.appends.size(); i++) {
      group.appends.get(i).added().complete(group.pending.get(i));
    }
  }

  private void doubt(Map<String, Group> groups, String why) {
    connection.lost(why);
    groups.forEach(this::doubt);
  }

  private void doubt(String stream, Group group) {
    writers.remove(stream);
    finish(group, new Added.InDoubt(group.writer.id, group.first));
  }

  private void finish(Group group, Added said) {
    for (int i = 0; i < group.appends.size(); i++) {
      Append append = group.appends.get(i);
      if (append.added().complete(new Pending(said, List.of()))
          && group.pending.get(i).added() instanceof Added.Stored(long writer, long number)) {
        results.forget(writer, number, append.items().size());
      }
    }
  }

  /// While the database is away, what is acknowledged is in Redis only: a replica should have it
  /// before that.
  private void replicate(Jedis open) {
    if (replicas == 0 || !databaseAway.getAsBoolean()) {
      return;
    }
    boolean again = clock.monotonic().compareTo(unreplicatedUntil) < 0;
    if (replicasThatHaveIt(open, again ? REPLICATION_AGAIN : REPLICATION) >= replicas) {
      unreplicatedUntil = Duration.ZERO; // what came before it too
      return;
    }
    unreplicated.incrementAndGet();
    if (!again) {
      unreplicatedUntil = clock.monotonic().plus(UNREPLICATED);
      LOG.log(
          Level.WARNING,
          "fewer than {0} replicas of Redis have what waits there: it would be lost with this"
              + " master",
          replicas);
    }
  }

  private long replicasThatHaveIt(Jedis open, Duration patience) {
    try {
      return open.waitReplicas(replicas, patience.toMillis());
    } catch (JedisDataException e) {
      return 0; // the user may not ask
    }
  }

  /// Ends; what could not be added is refused.
  @Override
  public void close() {
    loop.close();
    refuseAll("Redis is being closed");
    connection.close();
  }
}
