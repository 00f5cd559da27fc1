package dev.rollcall.server.redis;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Redis in front of the database: the entry point for the composition root. The classes of Jedis
/// are loaded with this one, so only if there is a Redis.
///
/// Keys and channels begin with `rollcall:` and the number of the database: installations that
/// share a server need databases of their own.
public final class Redis implements AutoCloseable {
  private final RedisSettings settings;
  private final GroupCommit commits;
  private final Clock clock;
  private final long process = ThreadLocalRandom.current().nextLong();
  private final String prefix;
  private final RedisServers servers;
  private final AppliedResults results = new AppliedResults();
  private final StreamAppender appender;
  private final Optional<RedisTime> databaseTime;
  private final StreamWatch watch;
  private final Announcements announcements;
  private final StreamApplier.Parts parts;
  private final List<StreamBuffer<?, ?>> buffers = new ArrayList<>();
  private final List<StreamConsumer> consumers = new ArrayList<>();
  private final Batch<Instant, Boolean> forgetting =
      (tx, moments) -> {
        moments.forEach(now -> StreamPositions.forget(tx, now));
        return moments.stream().map(_ -> true).toList();
      };

  public Redis(
      RedisSettings settings,
      Database database,
      GroupCommit commits,
      PrometheusRegistry registry,
      Clock clock) {
    this.settings = settings;
    this.commits = commits;
    this.clock = clock;
    this.prefix = "rollcall:" + settings.location().database() + ":";
    this.servers = new RedisServers(settings.location());
    this.databaseTime = database.sharedClock().map(shared -> new RedisTime(shared, prefix));
    this.watch = new StreamWatch(servers, clock, databaseTime);
    BooleanSupplier databaseAway = () -> database.trouble().isPresent();
    this.appender =
        new StreamAppender(
            servers,
            new AppenderConnection(
                servers,
                prefix + "probe",
                new RedisPromises(servers, settings.replicas()),
                databaseAway,
                clock),
            results,
            process,
            settings.replicas(),
            databaseAway,
            clock);
    this.announcements = new Announcements(servers, results, process, clock);
    this.parts =
        new StreamApplier.Parts(
            database, commits, results, announcements, StreamCounts.in(registry), process, clock);
    register(registry);
  }

  private void register(PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name("rollcall_redis_up")
        .help("1 while Redis keeps what is added, else 0.")
        .callback(callback -> callback.call(trouble().isEmpty() ? 1 : 0))
        .register(registry);
    GaugeWithCallback.builder()
        .name("rollcall_stream_waiting")
        .help("Entries that wait in the streams of Redis for the database, of all processes.")
        .labelNames("stream")
        .callback(
            callback ->
                buffers.forEach(each -> callback.call((double) each.waiting(), each.name())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("rollcall_stream_lag_seconds")
        .help("How far the database is behind what came: the age of the oldest that may wait.")
        .labelNames("stream")
        .callback(
            callback ->
                buffers.forEach(each -> callback.call(each.lag().toNanos() / 1e9, each.name())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("rollcall_stream_bytes")
        .help("Memory that the streams take in Redis.")
        .callback(callback -> callback.call((double) watch.bytes()))
        .register(registry);
    CounterWithCallback.builder()
        .name("rollcall_stream_bypassed_total")
        .help("Items that went straight to the database, as Redis did not take them.")
        .labelNames("stream")
        .callback(
            callback ->
                buffers.forEach(each -> callback.call((double) each.bypassed(), each.name())))
        .register(registry);
    CounterWithCallback.builder()
        .name("rollcall_stream_unreplicated_total")
        .help("Times that too few replicas of Redis had what was acknowledged.")
        .callback(callback -> callback.call((double) appender.unreplicated()))
        .register(registry);
  }

  /// The writes of one kind. To be called before [#start].
  public <I, R> StreamBuffer<I, R> buffer(StreamKind<I, R> kind) {
    List<String> streams = StreamBuffer.streams(prefix, kind);
    watch.add(streams);
    appender.add(streams);
    StreamBuffer<I, R> buffer =
        new StreamBuffer<>(
            kind,
            streams,
            parts.database(),
            commits,
            appender,
            results,
            settings.most(),
            watch,
            clock);
    buffers.add(buffer);
    for (String stream : streams) {
      StreamConsumer consumer =
          new StreamConsumer(stream, consumers.size(), kind, buffer.end(stream), servers, parts);
      consumers.add(consumer);
      watch.whenStanding(stream, consumer::stands);
    }
    return buffer;
  }

  /// Calls `receiver` with what other processes [#tell] of a topic. It has to return at once. To be
  /// called before [#start].
  public void on(String topic, Consumer<byte[]> receiver) {
    announcements.on(topic, receiver);
  }

  /// Tells all other processes. It returns at once. A message may be lost.
  public void tell(String topic, byte[] message) {
    announcements.tell(topic, message);
  }

  /// Begins to write to Redis, and from there to the database.
  public void start() {
    appender.whenRefused(() -> consumers.forEach(StreamConsumer::lookAgain));
    appender.start();
    boolean timeIsWanted = databaseTime.filter(time -> !time.isKnown()).isPresent();
    watch.start(timeIsWanted && appender.trouble().isEmpty());
    announcements.start();
    consumers.forEach(StreamConsumer::start);
    Thread.ofVirtual().name("redis-forget").start(this::forget);
  }

  private void forget() {
    try {
      boolean _ = commits.write(forgetting, clock.wall());
    } catch (StorageException e) {
      // at the next start
    }
  }

  /// Why Redis is not used; empty if it is.
  public Optional<String> trouble() {
    return appender.trouble().map(StreamAppender.Trouble::why);
  }

  /// What an operator should know of it: that it is unavailable, or that much waits.
  public Optional<String> note() {
    Duration longest =
        buffers.stream().map(StreamBuffer::lag).max(Duration::compareTo).orElse(Duration.ZERO);
    long waiting = buffers.stream().mapToLong(StreamBuffer::waiting).sum();
    return trouble()
        .or(
            () ->
                longest.compareTo(Duration.ofSeconds(5)) < 0
                    ? Optional.empty()
                    : Optional.of(
                        "%d entries wait in Redis for the database, the oldest for %d s"
                            .formatted(waiting, longest.toSeconds())));
  }

  /// Stops. What waits in Redis is applied by another process, or after the next start.
  @Override
  public void close() {
    consumers.forEach(StreamConsumer::close);
    announcements.close();
    watch.close();
    appender.close();
  }
}
