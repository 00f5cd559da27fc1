package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.incident.maintenance.Maintenance;
import dev.rollcall.server.outbox.AlertRoute;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.outbox.RecordingChannel;
import dev.rollcall.server.outbox.RoutedChannel;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.sql.TestDatabases;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Whatever happens, in whatever order: who was told of a beginning is told of the end, once, and
/// of nothing after it; what nobody has seen is told to all whom it fits; nobody is told of what is
/// in maintenance; messages to people keep their distance. Receivers know keys, and now and then
/// take a message without saying so.
///
/// Each repetition is another sequence of events. `-Drollcall.test.seed=N` begins with another one.
@ParameterizedClass
@EnumSource
class NotifierModelTest extends IncidentTests {
  private static final int EVENTS = 60;
  private static final int SEED = Integer.getInteger("rollcall.test.seed", 0);
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "e");
  private static final IncidentStore.Filter ALL =
      new IncidentStore.Filter(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Long.MAX_VALUE);

  private final List<Told> told = new ArrayList<>();
  private final Set<String> known = new HashSet<>();
  private final Map<String, String> states = new HashMap<>();
  private final List<String> log = new ArrayList<>();
  private final Set<String> together = new HashSet<>();
  private final List<Quiet> maintained = new ArrayList<>();
  private List<RoutedChannel> channels = List.of();
  private Random random = new Random(0);
  private volatile Answer answer = Answer.TAKES;

  NotifierModelTest(TestDatabases engine) {
    super(engine);
  }

  /// What receivers do.
  private enum Answer {
    TAKES,
    FAILS,
    TAKES_AND_FAILS
  }

  /// What a receiver has been told of an incident.
  ///
  /// @param written when the message was written
  private record Told(
      String channel,
      long incident,
      String name,
      Kind kind,
      boolean reminder,
      boolean flapping,
      Instant written) {}

  /// Maintenance of a name.
  private record Quiet(String name, Instant from, Instant to) {
    private boolean covers(Told one) {
      return one.name().equals(name) && one.written().isAfter(from) && one.written().isBefore(to);
    }
  }

  private RoutedChannel channel(String name, AlertRoute route) {
    RecordingChannel channel = new RecordingChannel(name, name + ":443");
    return new RoutedChannel(channel.answering(delivery -> take(name, delivery)), route);
  }

  private synchronized Channel.Result take(String channel, Delivery delivery) {
    if (answer != Answer.FAILS && known.add(channel + " " + delivery.key())) {
      Message message = delivery.message();
      message
          .incident()
          .ifPresent(
              one ->
                  told.add(
                      new Told(
                          channel,
                          one.id(),
                          message.name(),
                          delivery.kind(),
                          one.reminder(),
                          one.flapping(),
                          delivery.written())));
      message.several().ifPresent(_ -> together.add(channel));
      message
          .several()
          .ifPresent(
              all ->
                  all.first()
                      .forEach(
                          one ->
                              told.add(
                                  new Told(
                                      channel,
                                      one.incident(),
                                      one.name(),
                                      one.kind(),
                                      one.reminder(),
                                      one.flapping(),
                                      delivery.written()))));
    }
    return answer == Answer.TAKES
        ? new Channel.Result.Sent()
        : new Channel.Result.Retry("lost", Optional.of(Duration.ofSeconds(2)), false);
  }

  @RepeatedTest(12)
  void whoWasToldOfABeginningIsToldOfItsEndOnce(RepetitionInfo repetition) {
    random = new Random(SEED + repetition.getCurrentRepetition());
    AlertRoute critical =
        new AlertRoute(
            List.of(),
            List.of(),
            List.of(),
            Set.of(Severity.CRITICAL),
            Set.of(),
            Optional.empty(),
            Duration.ZERO,
            Optional.empty(),
            true,
            false);
    RoutedChannel keeps = channel("keeps", AlertRoute.EVERYTHING);
    ((RecordingChannel) keeps.channel()).keepingIncidents();
    channels =
        List.of(
            channel("all", AlertRoute.EVERYTHING),
            channel("critical", critical),
            channel(
                "later", route(Duration.ofMinutes(1), Optional.of(Duration.ofMinutes(2)), true)),
            keeps);
    look();
    for (int i = 0; i < EVENTS; i++) {
      happens();
      look();
    }
    settle();
    check();
    nothingIsLeftBehind();
  }

  private void happens() {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    switch (random.nextInt(16)) {
      case 0 -> open(name).ifPresent(one -> acknowledge(one.id()));
      case 1 ->
          open(name)
              .filter(one -> one.acknowledged().isPresent())
              .ifPresent(
                  one ->
                      incidents
                          .changes()
                          .unacknowledge(Scope.operator(), one.id(), new Caller.Operator(true)));
      case 2 -> open(name).ifPresent(one -> endByHand(one.id()));
      case 3 -> answer(Answer.values()[random.nextInt(Answer.values().length)]);
      case 4 -> answer(Answer.TAKES);
      case 5 -> maintenance(name);
      case 6 -> passes(Duration.ofMinutes(5));
      case 7 -> passes(Duration.ofSeconds(31));
      case 8, 9 -> passes(Duration.ofSeconds(1 + random.nextInt(5)));
      default -> turns(name);
    }
  }

  private void turns(String name) {
    String before = states.getOrDefault(name, "up");
    String after =
        switch (before) {
          case "up" -> random.nextBoolean() ? "slow" : "down";
          case "slow" -> random.nextBoolean() ? "up" : "down";
          default -> "up";
        };
    states.put(name, after);
    log.add(name + " is " + after);
    signal(name, before, after);
  }

  private Optional<Incident> open(String name) {
    log.add("somebody looks at " + name);
    return openIncidents().contains(name) ? Optional.of(incident(name)) : Optional.empty();
  }

  private void acknowledge(long id) {
    if (incidents.store().find(Scope.operator(), id).orElseThrow().acknowledged().isEmpty()) {
      log.add(id + " is acknowledged");
      incidents
          .changes()
          .acknowledge(Scope.operator(), id, new Caller.Operator(true), Optional.empty());
    }
  }

  private void answer(Answer next) {
    log.add("receivers: " + next);
    answer = next;
  }

  private void maintenance(String name) {
    log.add("maintenance of " + name);
    endMaintenance();
    maintained.add(new Quiet(name, clock.wall(), clock.wall().plus(Duration.ofMinutes(2))));
    ofFile =
        List.of(
            new Maintenance(
                0,
                "disks",
                new Maintenance.Which(List.of(name), List.of(), List.of(), false),
                new Maintenance.When.Once(
                    clock.wall(), Optional.of(clock.wall().plus(Duration.ofMinutes(2))))));
    incidents.apply(ofFile);
  }

  /// There is one at a time.
  private void endMaintenance() {
    if (!maintained.isEmpty() && maintained.getLast().to().isAfter(clock.wall())) {
      Quiet last = maintained.removeLast();
      maintained.add(new Quiet(last.name(), last.from(), clock.wall()));
    }
  }

  private void passes(Duration time) {
    log.add(time + " pass");
    clock.pass(time);
  }

  /// Everybody does what is due.
  private void look() {
    held.round();
    flapping.round();
    notifier.round();
    outbox.use(channels); // looks for what is due
    await()
        .pollInterval(Duration.ofMillis(1))
        .pollDelay(Duration.ZERO)
        .until(
            () ->
                number(
                        "SELECT COUNT(*) FROM outbox_lane WHERE owner IS NOT NULL OR due_at <= "
                            + clock.wall().toEpochMilli())
                    == 0);
  }

  private int number(String sql) {
    return database.read(handle -> handle.createQuery(sql).mapTo(Integer.class).one());
  }

  /// All is well, and receivers take what there is.
  private void settle() {
    answer(Answer.TAKES);
    passes(Duration.ofMinutes(5)); // maintenance ends
    look();
    for (int i = 0; i < 6; i++) { // one message waits for the other, which is tried again
      passes(Duration.ofMinutes(10));
      look();
    }
    whatIsOpenIsToldToAllWhomItFits();
    for (String name : NAMES) {
      String state = states.getOrDefault(name, "up");
      if (!state.equals("up")) {
        signal(name, state, "up");
      }
    }
    for (int i = 0; i < 40; i++) {
      passes(Duration.ofMinutes(1));
      look();
    }
    assertThat(openIncidents()).as("%s", log).isEmpty();
    assertThat(number("SELECT COUNT(*) FROM incident_channel")).as("%s", log).isZero();
    assertThat(number("SELECT COUNT(*) FROM outbox_lane")).as("%s", log).isZero();
  }

  private void whatIsOpenIsToldToAllWhomItFits() {
    for (String name : openIncidents()) {
      Incident one = incident(name);
      for (RoutedChannel routed : channels) {
        if (one.acknowledged().isEmpty() && fits(routed, one)) {
          assertThat(told)
              .as("%s in %s", one, log)
              .anyMatch(
                  said ->
                      said.channel().equals(routed.channel().name())
                          && said.incident() == one.id()
                          && said.kind() == IncidentAlerts.kind(one));
        }
      }
    }
  }

  private static boolean fits(RoutedChannel routed, Incident incident) {
    String channel = routed.channel().name();
    return routed
        .route()
        .fits(channel, incident.subject(), incident.kind().word(), incident.keys());
  }

  private void check() {
    assertThat(together).as("%s", log).doesNotContain("keeps");
    assertThat(maintained)
        .as("%s", log)
        .allSatisfy(quiet -> assertThat(told).as("%s", quiet).noneMatch(quiet::covers));
    for (Incident one : incidents.store().newest(Scope.operator(), ALL, 1_000)) {
      for (RoutedChannel routed : channels) {
        boolean sooner = routed.route().told(one.openedAt()).equals(one.openedAt());
        if (sooner && fits(routed, one) && !wasAcknowledged(one) && !wasMaintained(one)) {
          assertThat(told)
              .as("%s on %s in %s", one, routed.channel().name(), log)
              .anyMatch(
                  said ->
                      said.channel().equals(routed.channel().name())
                          && said.incident() == one.id());
        }
      }
    }
    for (RoutedChannel routed : channels) {
      Map<Long, List<Told>> byIncident = new HashMap<>();
      told.stream()
          .filter(one -> one.channel().equals(routed.channel().name()))
          .forEach(
              one -> byIncident.computeIfAbsent(one.incident(), _ -> new ArrayList<>()).add(one));
      byIncident.values().forEach(this::check);
      if (!routed.channel().keepsIncidents()) {
        keepsItsDistance(routed.channel().name());
      }
    }
  }

  private boolean wasAcknowledged(Incident incident) {
    return incidents.store().timeline(incident.id()).stream()
        .anyMatch(entry -> entry.type() == TimelineEntry.Type.ACKNOWLEDGED);
  }

  /// What is over when maintenance ends is told to nobody who was not told before.
  private boolean wasMaintained(Incident incident) {
    return maintained.stream()
        .anyMatch(
            quiet ->
                quiet.name().equals(incident.name())
                    && !quiet.from().isAfter(incident.resolvedAt().orElseThrow())
                    && !quiet.to().isBefore(incident.openedAt()));
  }

  /// The messages that arrived were written with a pause after each.
  private void keepsItsDistance(String channel) {
    List<Long> written =
        database.read(
            handle ->
                handle
                    .createQuery(
                        "SELECT created_at FROM outbox_delivery WHERE channel = ? AND state = 1"
                            + " ORDER BY id")
                    .bind(0, channel)
                    .mapTo(Long.class)
                    .list());
    for (int i = 1; i < written.size(); i++) {
      assertThat(written.get(i) - written.get(i - 1))
          .as("%s: %s in %s", channel, written, log)
          .isGreaterThanOrEqualTo(TOGETHER.toMillis());
    }
  }

  /// After all of that, an outage is told as ever: at once, later, again, and its end.
  private void nothingIsLeftBehind() {
    told.clear();
    down("z");
    look();
    assertThat(said("z")).as("%s", log).containsExactlyInAnyOrder("all", "critical", "keeps");
    passes(Duration.ofMinutes(1));
    look();
    assertThat(said("z")).as("%s", log).contains("later").hasSize(4);
    passes(Duration.ofMinutes(2));
    look();
    assertThat(told.getLast().reminder()).as("%s", log).isTrue();
    up("z");
    look();
    passes(TOGETHER);
    look();
    assertThat(told).filteredOn(one -> one.kind() == Kind.RECOVERED).as("%s", log).hasSize(4);
    assertThat(told).as("%s", log).hasSize(9);
  }

  private List<String> said(String name) {
    return told.stream().filter(one -> one.name().equals(name)).map(Told::channel).toList();
  }

  private void check(List<Told> ofOne) {
    assertThat(ofOne.stream().filter(one -> one.kind() == Kind.RECOVERED))
        .as("ends of %s in %s", ofOne, log)
        .hasSize(1);
    assertThat(ofOne.getLast().kind()).as("%s in %s", ofOne, log).isEqualTo(Kind.RECOVERED);
    List<Kind> beginnings =
        ofOne.stream()
            .filter(one -> one.kind() != Kind.RECOVERED && !one.reminder())
            .map(Told::kind)
            .toList();
    assertThat(beginnings).as("%s in %s", ofOne, log).doesNotHaveDuplicates();
    assertThat(ofOne.getFirst().reminder()).as("%s in %s", ofOne, log).isFalse();
  }
}
