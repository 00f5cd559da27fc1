package dev.rollcall.server.outbox;

import static java.util.stream.Collectors.groupingBy;

import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import tools.jackson.core.JsonGenerator;

/// The entry point of the package, for the composition root and for packages that send
/// notifications.
///
/// A notification is written in the transaction of the change that it is about, and sent until it
/// has arrived: at least once, in order for each subject, and despite restarts and kills.
public final class Outbox implements AutoCloseable {
  /// The scripts that create the tables of this package.
  public static final List<String> MIGRATIONS =
      List.of(
          "db/migration/V2__outbox.sql",
          "db/migration/V25__delivery_incident.sql",
          "db/migration/V26__delivery_incidents.sql",
          "db/migration/V27__delivery_receipt.sql");

  /// A name; before it, for the channels of an account, its id and a slash.
  private static final Pattern NAME = Pattern.compile("(?:\\d+/)?[a-z0-9-]{1,100}");

  private static final Duration CLEANUP = Duration.ofHours(1);
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

  private final Clock clock;
  private final Duration retention;
  private final DeliveryStore store;
  private volatile Map<String, Channel> channels = Map.of();
  private volatile Map<Long, List<RoutedChannel>> byOwner = Map.of();
  private final DeliveryQueue queue;
  private final Sender sender;
  private final DeliveryRoutes routes;
  private final BackgroundLoop cleanup =
      new BackgroundLoop(
          "outbox-cleanup", "the deletion of old deliveries", AFTER_FAILURE, this::maintain);

  /// An outbox without channels: see [#use].
  public Outbox(
      Database database,
      GroupCommit commits,
      DeliverySettings settings,
      PrometheusRegistry registry,
      Clock clock) {
    this.clock = clock;
    this.retention = settings.retention();
    this.store = new DeliveryStore(database, commits);
    this.routes = new DeliveryRoutes(store, this::replay);
    DeliveryMetrics metrics = new DeliveryMetrics(registry);
    queue = new DeliveryQueue(database, commits, clock);
    Duration look = database.location().lookEvery();
    sender = new Sender(queue, metrics, clock, look);
    metrics.watch(
        registry,
        () -> channels.keySet(),
        sender::underWay,
        channel -> known(database, () -> (double) store.pending(channel)),
        channel -> known(database, () -> age(store.oldest(channel))));
  }

  /// Sends on these channels from now on, and on no others. Channels that are no longer among them
  /// are closed once what they are sending has ended; what is still pending for them waits for a
  /// channel of that name.
  ///
  /// @param used with different names
  public void use(Collection<RoutedChannel> used) {
    Map<String, Channel> byName = new HashMap<>();
    for (RoutedChannel routed : used) {
      Channel channel = routed.channel();
      if (!NAME.matcher(channel.name()).matches() || byName.put(channel.name(), channel) != null) {
        throw new IllegalArgumentException(
            "\"" + channel.name() + "\" is no name for a channel, or that of two");
      }
    }
    byOwner =
        used.stream()
            .sorted(Comparator.comparing(routed -> routed.channel().name()))
            .collect(groupingBy(routed -> owner(routed.channel())));
    channels = Map.copyOf(byName);
    sender.use(channels.values());
  }

  /// What the names of the channels of an owner begin with; those of the operator have no prefix.
  static String prefix(long owner) {
    return owner == Scope.OPERATOR ? "" : owner + "/";
  }

  private static long owner(Channel channel) {
    return owner(channel.name());
  }

  /// Whose the channel of that name is.
  static long owner(String channel) {
    int slash = channel.indexOf('/');
    return slash < 0 ? Scope.OPERATOR : Long.parseLong(channel.substring(0, slash));
  }

  private double age(Optional<Instant> since) {
    return since
        .map(at -> Math.max(0, Duration.between(at, clock.wall()).toMillis() / 1000.0))
        .orElse(0.0);
  }

  /// The value; empty while the database is unavailable.
  private static OptionalDouble known(Database database, DoubleSupplier read) {
    try {
      return database.trouble().isPresent()
          ? OptionalDouble.empty()
          : OptionalDouble.of(read.getAsDouble());
    } catch (StorageException e) {
      return OptionalDouble.empty();
    }
  }

  /// How many deliveries are being sent.
  public int underWay() {
    return sender.underWay();
  }

  /// The channels of all owners.
  public List<RoutedChannel> channels() {
    return byOwner.values().stream().flatMap(List::stream).toList();
  }

  /// The channels of that owner, in the order of their names.
  public List<RoutedChannel> channels(long owner) {
    return byOwner.getOrDefault(owner, List.of());
  }

  /// The channel of that name; empty if there is none.
  public Optional<RoutedChannel> channel(String name) {
    return Optional.ofNullable(channels.get(name))
        .flatMap(
            channel ->
                channels(owner(channel)).stream()
                    .filter(routed -> routed.channel().equals(channel))
                    .findFirst());
  }

  /// Whether the receiver of a channel keeps incidents itself; false for one that is not there.
  public boolean keepsIncidents(String channel) {
    return channel(channel).filter(routed -> routed.channel().keepsIncidents()).isPresent();
  }

  /// Whether something is pending on a channel.
  public static boolean isPending(Handle tx, String channel) {
    return tx.createQuery("SELECT EXISTS (SELECT 1 FROM outbox_lane WHERE channel = :channel)")
        .bind("channel", channel)
        .mapTo(Boolean.class)
        .one();
  }

  /// Whether something is pending on a channel for a subject.
  public static boolean isPending(Handle tx, String channel, String subject) {
    return tx.createQuery(
            "SELECT EXISTS (SELECT 1 FROM outbox_lane WHERE channel = :channel"
                + " AND subject = :subject)")
        .bind("channel", channel)
        .bind("subject", subject)
        .mapTo(Boolean.class)
        .one();
  }

  /// A pending notification about several incidents.
  ///
  /// @param incidents all of them, as [#addIncidents] has noted them
  public record Waiting(String key, List<Long> incidents) {
    /// Copies the list.
    public Waiting {
      incidents = List.copyOf(incidents);
    }
  }

  /// The first pending notification of a subject. Nobody sends it until the transaction ends. Empty
  /// if there is none, if it is being sent, or if it is not sent before `by`.
  public static Optional<Waiting> waiting(Handle tx, String channel, String subject, Instant by) {
    int locked =
        tx.createUpdate(
                "UPDATE outbox_lane SET due_at = due_at WHERE channel = :channel"
                    + " AND subject = :subject AND owner IS NULL AND due_at <= :by")
            .bind("channel", channel)
            .bind("subject", subject)
            .bind("by", by.toEpochMilli())
            .execute();
    return locked == 0
        ? Optional.empty()
        : tx.createQuery(
                "SELECT natural_key FROM outbox_delivery WHERE channel = :channel"
                    + " AND subject = :subject AND state = 0 ORDER BY id LIMIT 1")
            .bind("channel", channel)
            .bind("subject", subject)
            .mapTo(String.class)
            .findOne()
            .map(key -> new Waiting(key, incidents(tx, channel, key)));
  }

  private static List<Long> incidents(Handle tx, String channel, String key) {
    return tx.createQuery(
            "SELECT incident_id FROM delivery_incident"
                + " WHERE channel = :channel AND natural_key = :key ORDER BY incident_id")
        .bind("channel", channel)
        .bind("key", key)
        .mapTo(Long.class)
        .list();
  }

  /// Replaces the message of the pending notification that has the key of this one, in a
  /// transaction in which it is [#waiting]. A receiver that has it already, and knows keys, has
  /// what it said before.
  ///
  /// @param incidents all that it is about now
  public static void replace(Handle tx, Notification notification, List<Long> incidents) {
    OutboxWriter.replace(tx, notification);
    tx.createUpdate("DELETE FROM delivery_incident WHERE channel = :channel AND natural_key = :key")
        .bind("channel", notification.channel())
        .bind("key", notification.key())
        .execute();
    addIncidents(tx, notification.channel(), notification.key(), incidents);
  }

  /// Adds notifications and withdrawals inside the transaction `tx` of a
  /// [dev.rollcall.server.sql.Batch], together with the change that they are about. They are sent
  /// after its commit. Several for one subject keep their order.
  ///
  /// @throws IllegalArgumentException for a channel that does not exist
  public void add(Handle tx, List<? extends OutboxEntry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    Map<String, Channel> known = channels;
    for (OutboxEntry one : entries) {
      if (!known.containsKey(one.channel())) {
        throw new IllegalArgumentException("there is no channel " + one.channel());
      }
    }
    OutboxWriter.add(tx, entries, clock.wall());
    tx.afterCommit(sender::wake);
  }

  /// Notes, in a transaction that adds the notification with this `key`, all incidents that it is
  /// about.
  public static void addIncidents(Handle tx, String channel, String key, List<Long> incidents) {
    Rows.write(
        tx,
        "INSERT INTO delivery_incident (incident_id, channel, natural_key) VALUES (?, ?, ?)"
            + " ON CONFLICT DO NOTHING",
        incidents,
        (row, incident) -> {
          row.setLong(1, incident);
          row.setString(2, channel);
          row.setString(3, key);
        });
  }

  /// Gives what channels remark about what they have sent to these from now on.
  public void remark(DeliveryRemarks to) {
    queue.remark(to);
  }

  /// Lets the sender look for due deliveries at once.
  void wake() {
    sender.wake();
  }

  /// Sends a delivery once more, whatever became of it. Refused with 404 for one that is not in the
  /// scope, and with 409 while it is pending.
  ///
  /// @return what it is now
  public DeliveryRow replay(Scope scope, long id) {
    DeliveryRow row =
        store.find(scope, id).orElseThrow(() -> Refusal.notFound("there is no delivery " + id));
    if (!store.replay(row.id(), clock.wall())) {
      throw Refusal.of(409, "delivery " + id + " is being sent");
    }
    wake();
    return store.find(scope, id).orElse(row);
  }

  /// The newest delivery of a channel; empty if there is none.
  public Optional<DeliveryRow> latest(String channel) {
    return store
        .list(Scope.everything(), Optional.of(channel), Optional.empty(), Long.MAX_VALUE, 1)
        .stream()
        .findFirst();
  }

  /// What was told last: the first and the last delivery about the last incident that a channel was
  /// told of, or if it was told of none, any channel of its owner. Empty if there is none.
  ///
  /// @param channel its name as its owner knows it
  public List<Delivery> lastTold(long owner, String channel) {
    return newest(owner, Optional.of(channel))
        .or(() -> newest(owner, Optional.empty()))
        .map(store::ofSameIncident)
        .orElse(List.of());
  }

  private Optional<DeliveryRow> newest(long owner, Optional<String> channel) {
    return store.list(Scope.of(owner), channel, Optional.empty(), Long.MAX_VALUE, 1).stream()
        .findFirst();
  }

  /// The deliveries of an incident, in the order in which they were written.
  public List<DeliveryRow> deliveries(long incident) {
    return store.of(incident);
  }

  /// Writes the deliveries of an incident of `owner` as a list, as `/v1/deliveries` has them.
  public void writeDeliveries(JsonGenerator json, long owner, long incident) {
    int prefix = prefix(owner).length();
    json.writeStartArray();
    for (DeliveryRow row : store.of(incident)) {
      DeliveryRoutes.write(json, row, row.channel().substring(prefix));
    }
    json.writeEndArray();
  }

  /// The routes of the outbox.
  public List<Route> routes() {
    return routes.routes();
  }

  /// Starts sending.
  public void start() {
    sender.start();
    cleanup.start();
  }

  /// Every process may do this: what one has deleted, another does not find.
  private Duration maintain() {
    store.forget(clock.wall().minus(retention));
    store.abandon(channels.keySet(), clock.wall().minus(Sender.PERSISTENCE), clock.wall());
    return CLEANUP;
  }

  /// Stops sending. Pending deliveries stay pending.
  @Override
  public void close() {
    sender.close();
    cleanup.close();
  }
}
