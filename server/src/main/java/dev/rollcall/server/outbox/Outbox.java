package dev.rollcall.server.outbox;

import dev.rollcall.server.http.Route;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// What is owed to the outside as a whole: what the composition root holds, and what capabilities
/// tell their news to.
///
/// What is owed is written in the transaction that it is owed for, and sent until it has arrived:
/// at least once, in the order of each subject, through restarts and kills.
public final class Outbox implements AutoCloseable {
  private static final Duration UPKEEP = Duration.ofHours(1);
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

  /// SQLite's file belongs to this process: whoever adds to it wakes the sender.
  private static final Duration LOOK_ALONE = Duration.ofSeconds(30);

  /// On PostgreSQL, another process may have added something.
  private static final Duration LOOK_SHARED = Duration.ofSeconds(1);

  private final Clock clock;
  private final Duration retention;
  private final DeliveryStore store;
  private final Map<String, Channel> channels;
  private final Map<String, Sender> senders = new TreeMap<>();
  private final DeliveryRoutes routes;
  private final BackgroundLoop upkeep =
      new BackgroundLoop(
          "outbox-upkeep", "the deletion of old deliveries", AFTER_FAILURE, this::keepUp);

  /// Where news go out.
  ///
  /// @param channels each with a name of its own; closed with the outbox
  /// @param retention how long deliveries are kept that are done
  public record Settings(List<Channel> channels, Duration retention) {
    /// Checks the names.
    public Settings {
      channels = List.copyOf(channels);
      Set<String> names = new HashSet<>();
      for (Channel channel : channels) {
        if (!channel.name().matches("[a-z0-9-]{1,100}") || !names.add(channel.name())) {
          throw new IllegalArgumentException(
              "\"" + channel.name() + "\" is no name for a channel, or that of two");
        }
      }
    }
  }

  public Outbox(
      Database database,
      GroupCommit commits,
      Settings settings,
      PrometheusRegistry registry,
      Clock clock) {
    this.clock = clock;
    this.retention = settings.retention();
    this.store = new DeliveryStore(database, commits);
    this.routes = new DeliveryRoutes(store);
    this.channels =
        settings.channels().stream().collect(Collectors.toMap(Channel::name, each -> each));
    ReceiverLimits limits = new ReceiverLimits();
    DeliveryMetrics metrics = new DeliveryMetrics(registry);
    Duration look =
        switch (database.location()) {
          case DatabaseLocation.SqliteFile _ -> LOOK_ALONE;
          case DatabaseLocation.PostgresServer _ -> LOOK_SHARED;
        };
    settings.channels().forEach(channel -> limits.join(channel.receiver()));
    for (Channel channel : settings.channels()) {
      DeliveryQueue deliveryQueue = new DeliveryQueue(database, commits, clock, channel.name());
      senders.put(channel.name(), new Sender(channel, deliveryQueue, limits, metrics, clock, look));
    }
    metrics.watch(
        registry,
        channels.keySet(),
        limits::underWay,
        channel -> known(database, () -> (double) store.pending(channel)),
        channel -> known(database, () -> age(store.oldest(channel))));
  }

  private double age(Optional<Instant> since) {
    return since
        .map(at -> Math.max(0, Duration.between(at, clock.wall()).toMillis() / 1000.0))
        .orElse(0.0);
  }

  /// What is read; empty while the database is away.
  private static OptionalDouble known(Database database, DoubleSupplier read) {
    try {
      return database.trouble().isPresent()
          ? OptionalDouble.empty()
          : OptionalDouble.of(read.getAsDouble());
    } catch (StorageException e) {
      return OptionalDouble.empty();
    }
  }

  /// The names of the channels that have words for this kind of news: each is owed its own
  /// [Notification].
  public List<String> channels(String kind) {
    return channels.values().stream()
        .filter(channel -> channel.tells(kind))
        .map(Channel::name)
        .sorted()
        .toList();
  }

  /// Owes news, and withdraws what does not hold any more, inside the transaction `tx` of a
  /// [dev.rollcall.server.sql.Batch], together with what they are about; they go out as soon as it
  /// is committed. Several for one subject keep their order.
  ///
  /// @throws IllegalArgumentException for a channel that is not there
  public void add(Handle tx, List<? extends OutboxEntry> news) {
    if (news.isEmpty()) {
      return;
    }
    Set<Sender> woken = new HashSet<>();
    for (OutboxEntry one : news) {
      Sender sender = senders.get(one.channel());
      if (sender == null) {
        throw new IllegalArgumentException("there is no channel " + one.channel());
      }
      woken.add(sender);
    }
    OutboxWriter.add(tx, news, clock.wall());
    tx.afterCommit(() -> woken.forEach(Sender::wake));
  }

  /// Lets all look at once for what is due.
  void wake() {
    senders.values().forEach(Sender::wake);
  }

  /// The outbox's part of the API.
  public List<Route> routes() {
    return routes.routes();
  }

  /// Begins to send.
  public void start() {
    senders.values().forEach(Sender::start);
    upkeep.start();
  }

  /// Every process may do this: what one has deleted another does not find.
  private Duration keepUp() {
    store.forget(clock.wall().minus(retention));
    store.abandon(channels.keySet(), clock.wall().minus(Sender.PERSISTENCE), clock.wall());
    return UPKEEP;
  }

  /// Stops sending. What is owed stays owed.
  @Override
  public void close() {
    senders.values().stream()
        .map(sender -> Thread.ofVirtual().start(sender::close))
        .toList()
        .forEach(Outbox::join);
    upkeep.close();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
