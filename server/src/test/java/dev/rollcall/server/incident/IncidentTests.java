package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.incident.maintenance.CurrentMaintenance;
import dev.rollcall.server.incident.maintenance.Maintenance;
import dev.rollcall.server.outbox.AlertRoute;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.DeliverySettings;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.outbox.RecordingChannel;
import dev.rollcall.server.outbox.RoutedChannel;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.secret.InstallationKey;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Signals;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.sql.TestDatabases;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Incidents and those who are told of them on a database, with a clock that stands still.
abstract class IncidentTests {
  static final Duration TOGETHER = Duration.ofSeconds(30);

  static final String KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  static final IncidentSettings SETTINGS =
      new IncidentSettings(
          Duration.ofDays(1),
          TOGETHER,
          new IncidentSettings.Flapping(4, Duration.ofMinutes(30), Duration.ofMinutes(15)));

  @TempDir Path folder;

  final TestClock clock = new TestClock();

  boolean othersBehind;

  final CatchUp catchUp = new CatchUp(() -> othersBehind, clock);

  final RecordingChannel chat = new RecordingChannel("chat", "chat:443");

  final RecordingChannel pager = new RecordingChannel("pager", "pager:443");

  final Map<String, AlertKeys> keys = new HashMap<>();

  final List<AutoCloseable> open = new ArrayList<>();

  final List<String> confirmedAgain = new ArrayList<>();

  final List<String> observed = new ArrayList<>();

  final Set<String> uncertain = new HashSet<>();

  final Set<String> undecided = new HashSet<>();

  /// Since when subjects had to be right, as was asked last.
  final Map<String, Instant> rightSince = new HashMap<>();

  List<Maintenance> ofFile = List.of();

  final TestDatabases engine;

  Optional<URI> publicUrl = Optional.empty();

  Database database;

  Outbox outbox;

  GroupCommit commits;

  Incidents incidents;

  Notifier notifier;

  HoldRelease held;

  FlappingIncidents flapping;

  IncidentTests(TestDatabases engine) {
    this.engine = engine;
  }

  void use(RoutedChannel... channels) {
    outbox.use(List.of(channels));
  }

  @BeforeEach
  void open() {
    database =
        engine.open(
            folder,
            clock,
            Stream.of(Outbox.MIGRATIONS, Incidents.MIGRATIONS, Signals.MIGRATIONS)
                .flatMap(List::stream)
                .toArray(String[]::new));
    commits = new GroupCommit(database);
    outbox =
        new Outbox(
            database,
            commits,
            new DeliverySettings(Duration.ofDays(7)),
            new PrometheusRegistry(),
            clock);
    incidents =
        new Incidents(
            database,
            commits,
            outbox,
            SETTINGS,
            subjects(),
            links(),
            Caller::toString,
            new PrometheusRegistry(),
            clock);
    notifier =
        new Notifier(
            database,
            commits,
            outbox,
            new IncidentNotifications(subjects(), links()),
            tx -> new CurrentMaintenance(tx, subjects(), ofFile),
            catchUp,
            TOGETHER,
            clock);
    held =
        new HoldRelease(
            database,
            commits,
            subjects(),
            tx -> new CurrentMaintenance(tx, subjects(), ofFile),
            incidents::released,
            clock);
    flapping =
        new FlappingIncidents(
            database, commits, new IncidentAlerts(outbox), SETTINGS.flapping(), clock);
    outbox.start();
    open.addAll(List.of(database, commits, outbox, incidents, notifier, held, flapping));
  }

  IncidentLinks links() {
    return new IncidentLinks(
        () -> publicUrl,
        new InstallationKey(folder, Optional.of(InstallationKey.checked(KEY))),
        (_, owner) -> owner == 7);
  }

  /// Of which those with the name `job` need no confirmation.
  Subjects subjects() {
    return new Subjects() {
      @Override
      public AlertKeys keys(Handle tx, Subject subject) {
        return keys.getOrDefault(subject.name(), AlertKeys.NONE);
      }

      @Override
      public Optional<String> lastOutput(Handle tx, Subject subject) {
        return Optional.empty();
      }

      @Override
      public Optional<String> address(Handle tx, Subject subject) {
        return Optional.of("https://" + subject.name() + ".example.org/");
      }

      @Override
      public List<Member> members(Handle tx, long owner, String group) {
        return List.of();
      }

      @Override
      public Optional<Subject> find(Handle tx, long owner, String name) {
        return Optional.of(subject(name));
      }

      @Override
      public boolean isRight(Handle tx, Subject subject, Instant since) {
        rightSince.put(subject.name(), since);
        return !uncertain.contains(subject.name());
      }

      @Override
      public boolean isUndecided(Handle tx, Subject subject) {
        return undecided.contains(subject.name());
      }

      @Override
      public void observe(Handle tx, List<Subject> subjects, Instant now) {
        subjects.forEach(subject -> observed.add(subject.name()));
      }

      @Override
      public boolean confirmAgain(Handle tx, Subject subject, Instant now) {
        confirmedAgain.add(subject.name());
        return !subject.name().equals("job");
      }
    };
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  static RoutedChannel all(Channel channel) {
    return new RoutedChannel(channel, AlertRoute.EVERYTHING);
  }

  static AlertRoute route(Duration after, Optional<Duration> remind, boolean resolved) {
    return new AlertRoute(
        List.of(),
        List.of(),
        List.of(),
        Set.of(),
        Set.of(),
        Optional.empty(),
        after,
        remind,
        resolved,
        false);
  }

  static Subject subject(String name) {
    return new Subject(Subject.Type.SERVICE, name.hashCode(), 0, name);
  }

  void signal(String name, String from, String to) {
    signal(name, 0, from, to);
  }

  void signal(String name, long owner, String from, String to) {
    Subject subject =
        new Subject(Subject.Type.SERVICE, name.hashCode() + 1_000_000L * owner, owner, name);
    signal(subject, from, to, clock.wall());
  }

  /// @param found when; earlier than now if it has waited since
  void signal(Subject subject, String from, String to, Instant found) {
    Signal signal =
        new Signal(
            subject, from, to, Optional.of("status 503"), found, found.minusSeconds(10), found);
    Batch<Signal, Integer> consuming =
        (tx, signals) -> {
          incidents.consume(tx, signals);
          return signals.stream().map(_ -> 0).toList();
        };
    commits.write(consuming, signal);
  }

  void down(String... names) {
    for (String name : names) {
      signal(name, "up", "down");
    }
  }

  void up(String... names) {
    for (String name : names) {
      signal(name, "down", "up");
    }
  }

  void pass(Duration time) {
    clock.pass(time);
    notifier.round();
  }

  List<Delivery> got(RecordingChannel channel, int many) {
    await().until(() -> channel.got().size() >= many && isQuiet(channel.name()));
    assertThat(channel.got()).hasSize(many);
    return channel.got();
  }

  boolean isBeingSent() {
    return database.read(
        handle ->
            handle
                    .createQuery("SELECT COUNT(*) FROM outbox_lane WHERE owner IS NOT NULL")
                    .mapTo(Integer.class)
                    .one()
                > 0);
  }

  /// Of all deliveries, the oldest first.
  List<String> states() {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT state FROM outbox_delivery ORDER BY id")
                .map(
                    (row, _) ->
                        List.of("PENDING", "DELIVERED", "FAILED", "WITHDRAWN").get(row.getInt(1)))
                .list());
  }

  boolean isQuiet(String channel) {
    return database.read(handle -> !Outbox.isPending(handle, channel));
  }

  static void assertRefused(int status, ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.status()).isEqualTo(status));
  }

  void maintenance(Instant to) {
    ofFile =
        List.of(
            new Maintenance(
                0,
                "new disks",
                new Maintenance.Which(List.of("a", "job"), List.of(), List.of(), false),
                new Maintenance.When.Once(clock.wall(), Optional.of(to))));
    incidents.apply(ofFile);
  }

  Incident incident(String name) {
    return new IncidentStore(database, commits)
        .newest(
            Scope.operator(),
            new IncidentStore.Filter(
                Optional.of(true),
                Optional.empty(),
                Optional.of(new IncidentStore.SubjectFilter(Subject.Type.SERVICE, name)),
                Optional.empty(),
                Long.MAX_VALUE),
            1)
        .getFirst();
  }

  List<String> openIncidents() {
    return new IncidentStore(database, commits)
            .newest(
                Scope.operator(),
                new IncidentStore.Filter(
                    Optional.of(true),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Long.MAX_VALUE),
                100)
            .stream()
            .map(Incident::name)
            .toList();
  }

  /// @param rest the keys besides the title
  long openByHand(String title, String rest) {
    ObjectNode asked = Json.stored("{\"title\":\"" + title + "\"" + rest + "}");
    return incidents.changes().open(Scope.operator(), asked, new Caller.Operator(true));
  }

  static AlertKeys dependingOn(String name) {
    return AlertKeys.stored(Json.stored("{\"depends-on\":[\"" + name + "\"]}"));
  }

  void endByHand(long id) {
    incidents.changes().resolve(Scope.everything(), id, new Caller.Operator(true));
  }

  void depends(String name, String... on) {
    keys.put(
        name,
        new AlertKeys(
            List.of(),
            Optional.empty(),
            Severity.CRITICAL,
            Optional.empty(),
            List.of(on),
            List.of()));
  }
}
