package dev.rollcall.server.outbox;

import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseConfig;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The outbox's tables, and an outbox over them with a test's channels.
final class OutboxDatabase implements AutoCloseable {
  static final String[] MIGRATIONS = Outbox.MIGRATIONS.toArray(String[]::new);

  final Database database;
  final GroupCommit commits;
  final Outbox outbox;
  final DeliveryStore store;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Batch<List<? extends OutboxEntry>, Integer> adding;

  OutboxDatabase(DatabaseLocation location, Clock clock, Channel... channels) {
    database = Database.open(DatabaseConfig.of(location, MIGRATIONS), clock);
    commits = new GroupCommit(database);
    store = new DeliveryStore(database, commits);
    outbox =
        new Outbox(database, commits, new DeliverySettings(Duration.ofDays(7)), registry, clock);
    outbox.use(
        Stream.of(channels)
            .map(channel -> new RoutedChannel(channel, AlertRoute.EVERYTHING))
            .toList());
    adding =
        (tx, lists) -> {
          outbox.add(tx, lists.stream().<OutboxEntry>flatMap(List::stream).toList());
          return lists.stream().map(List::size).toList();
        };
  }

  OutboxDatabase started() {
    outbox.start();
    return this;
  }

  static Notification notification(String channel, String subject, String key) {
    return new Notification(channel, subject, Kind.LATE, key, message("backup"), false);
  }

  static Notification newest(String channel, String subject, Kind kind, String key) {
    return new Notification(channel, subject, kind, key, message("of " + key), true);
  }

  static Message message(String name) {
    return new Message(
        name,
        Instant.ofEpochSecond(1_700_000_000L),
        Instant.ofEpochSecond(1_700_003_600L),
        Optional.empty());
  }

  void add(OutboxEntry... entries) {
    add(List.of(entries));
  }

  void add(List<? extends OutboxEntry> entries) {
    commits.write(adding, entries);
  }

  List<DeliveryRow> listed() {
    return store.list(
        Scope.everything(), Optional.empty(), Optional.empty(), Long.MAX_VALUE, 1_000);
  }

  List<DeliveryRow> listed(DeliveryState state) {
    return store.list(
        Scope.everything(), Optional.empty(), Optional.of(state), Long.MAX_VALUE, 1_000);
  }

  List<String> keys(DeliveryState state) {
    return listed(state).reversed().stream().map(DeliveryRow::key).toList();
  }

  long number(String query) {
    return database.read(handle -> handle.createQuery(query).mapTo(Long.class).one());
  }

  String metrics() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(text, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    outbox.close();
    commits.close();
    database.close();
  }
}
