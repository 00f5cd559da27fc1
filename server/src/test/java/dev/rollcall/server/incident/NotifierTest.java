package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.outbox.AlertRoute;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.ChannelHours;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.outbox.RecordingChannel;
import dev.rollcall.server.outbox.RoutedChannel;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.TestDatabases;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Who is told of an incident, when, and in how many messages.
@ParameterizedClass
@EnumSource
class NotifierTest extends IncidentTests {
  NotifierTest(TestDatabases engine) {
    super(engine);
  }

  @Test
  void whatIsSlowAndGoesDownIsToldAgainAlsoToWhomNowItFits() {
    RoutedChannel critical =
        new RoutedChannel(
            pager,
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
                false));
    use(all(chat), critical);
    signal("shop", "up", "slow");
    notifier.round();
    assertThat(got(chat, 1).getFirst().kind()).isEqualTo(Kind.SLOW);
    clock.pass(Duration.ofHours(1));
    signal("shop", "slow", "down");
    notifier.round();
    Delivery again = got(chat, 2).getLast();
    assertThat(again.kind()).isEqualTo(Kind.DOWN);
    assertThat(again.message().incident().orElseThrow().reminder()).isFalse();
    assertThat(again.message().incident().orElseThrow().about().severity())
        .isEqualTo(Severity.CRITICAL);
    assertThat(again.message().at()).isEqualTo(clock.wall());
    assertThat(got(pager, 1).getFirst().kind()).isEqualTo(Kind.DOWN);
    pass(TOGETHER);
    up("shop");
    notifier.round();
    assertThat(got(chat, 3).getLast().kind()).isEqualTo(Kind.RECOVERED);
    assertThat(got(chat, 3).getLast().message().incident().orElseThrow().ended()).isEmpty();
    assertThat(got(pager, 2).getLast().kind()).isEqualTo(Kind.RECOVERED);
  }

  @Test
  void whatIsSlowAndGoesDownBehindSomethingKeepsItsIncident() {
    depends("shop", "db");
    use(all(chat));
    signal("shop", "up", "slow");
    notifier.round();
    got(chat, 1);
    pass(TOGETHER);
    down("db");
    notifier.round();
    got(chat, 2);
    pass(TOGETHER);
    signal("shop", "slow", "down");
    notifier.round();
    assertThat(got(chat, 3).getLast().kind()).isEqualTo(Kind.DOWN);
    pass(TOGETHER);
    up("db", "shop");
    held.round();
    notifier.round();
    assertThat(got(chat, 4).getLast().message().name()).isEqualTo("2 incidents: 2 over");
    assertThat(confirmedAgain).isEmpty();
  }

  @Test
  void whatIsSlowIsOverWithAReasonAndHidesNothing() {
    depends("shop", "db");
    use(all(chat));
    signal("db", "up", "slow");
    notifier.round();
    got(chat, 1);
    pass(TOGETHER);
    down("shop");
    notifier.round();
    assertThat(got(chat, 2).getLast().message().name()).isEqualTo("shop");
    pass(TOGETHER);
    signal("db", "slow", "up");
    notifier.round();
    assertThat(got(chat, 3).getLast().message().incident().orElseThrow().ended())
        .contains("it is no longer slow");
  }

  @Test
  void aCertificateIsToldAgainAndIsApartFromTheStateOfItsService() {
    use(all(chat));
    signal("shop", "valid", "certificate");
    notifier.round();
    Delivery first = got(chat, 1).getFirst();
    assertThat(first.kind()).isEqualTo(Kind.CERTIFICATE);
    assertThat(first.message().incident().orElseThrow().about().severity())
        .isEqualTo(Severity.WARNING);
    pass(TOGETHER);
    down("shop");
    notifier.round();
    assertThat(got(chat, 2).getLast().kind()).isEqualTo(Kind.DOWN);
    pass(TOGETHER);
    up("shop");
    notifier.round();
    assertThat(got(chat, 3).getLast().kind()).isEqualTo(Kind.RECOVERED);
    pass(Duration.ofDays(7));
    signal("shop", "certificate", "certificate");
    notifier.round();
    Delivery again = got(chat, 4).getLast();
    assertThat(again.kind()).isEqualTo(Kind.CERTIFICATE);
    assertThat(again.message().incident().orElseThrow().reminder()).isTrue();
    pass(TOGETHER);
    signal("shop", "certificate", "valid");
    notifier.round();
    assertThat(got(chat, 5).getLast().message().incident().orElseThrow().ended())
        .contains("the certificate is a newer one");
  }

  @Test
  void tellsTheFirstAtOnceAndTheRestTogether() {
    use(all(chat));
    down("a");
    notifier.round();
    Delivery first = got(chat, 1).getFirst();
    assertThat(first.kind()).isEqualTo(Kind.DOWN);
    assertThat(first.message().name()).isEqualTo("a");
    down("b", "c");
    up("a", "c");
    pass(Duration.ofSeconds(29));
    got(chat, 1);
    pass(Duration.ofSeconds(1));
    Delivery rest = got(chat, 2).getLast();
    assertThat(rest.kind()).isEqualTo(Kind.SEVERAL);
    assertThat(rest.message().name()).isEqualTo("3 incidents: 1 down, 2 over");
    assertThat(rest.message().several().orElseThrow().common()).contains("status 503");
    assertThat(rest.message().several().orElseThrow().first())
        .extracting(item -> item.name() + " " + item.kind())
        .containsExactlyInAnyOrder("a RECOVERED", "b DOWN", "c RECOVERED");
    up("b");
    pass(TOGETHER);
    assertThat(got(chat, 3).getLast().kind()).isEqualTo(Kind.RECOVERED);
    pass(TOGETHER);
    got(chat, 3);
  }

  @Test
  void saysWhatAnIncidentIsAboutAlsoAtItsEndAndOfSeveral() {
    use(all(chat));
    keys.put(
        "shop",
        AlertKeys.stored(
            Json.stored("{\"tags\":[\"prod\"],\"group\":\"Shop\",\"severity\":\"warning\"}")));
    Message.About about =
        new Message.About(
            Severity.WARNING,
            List.of("prod"),
            Optional.of("Shop"),
            Optional.of("https://shop.example.org/"));
    signal("shop", "up", "slow");
    notifier.round();
    Message.OfIncident began = got(chat, 1).getLast().message().incident().orElseThrow();
    assertThat(began.about()).isEqualTo(about);
    assertThat(began.ofKind()).contains(Kind.SLOW);
    pass(TOGETHER);
    signal("shop", "slow", "up");
    notifier.round();
    Message.OfIncident over = got(chat, 2).getLast().message().incident().orElseThrow();
    assertThat(over.about()).isEqualTo(about);
    assertThat(over.ofKind()).contains(Kind.SLOW);
    signal("shop", "up", "slow");
    down("other");
    up("other");
    pass(TOGETHER);
    assertThat(got(chat, 3).getLast().message().several().orElseThrow().first())
        .filteredOn(item -> item.name().equals("shop"))
        .singleElement()
        .satisfies(
            item -> {
              assertThat(item.about()).isEqualTo(about);
              assertThat(item.ofKind()).contains(Kind.SLOW);
            });
    assertThat(chat.got().getLast().message().several().orElseThrow().first())
        .filteredOn(item -> item.name().equals("other"))
        .singleElement()
        .extracting(Message.Item::ofKind)
        .isEqualTo(Optional.of(Kind.DOWN));
  }

  @Test
  void linksToThePageAndToOneThatAcknowledgesUntilTheEnd() {
    use(all(chat));
    down("a");
    notifier.round();
    assertThat(got(chat, 1).getLast().message().incident().orElseThrow().links()).isEmpty();
    publicUrl = Optional.of(URI.create("https://status.example.org/rollcall"));
    down("b");
    pass(TOGETHER);
    Message.OfIncident told = got(chat, 2).getLast().message().incident().orElseThrow();
    Message.Links links = told.links().orElseThrow();
    String page = "https://status.example.org/rollcall/incidents/" + told.id();
    assertThat(links.page()).isEqualTo(page);
    String link = links.acknowledge().orElseThrow();
    assertThat(link).matches("\\Q" + page + "\\E/acknowledge\\?channel=chat&key=[0-9a-f]{32}");
    String key = link.replaceFirst(".*=", "");
    IncidentChanges changes = incidents.changes();
    for (String wrong : List.of("", key.substring(1), key.replace(key.charAt(0), 'x'))) {
      assertRefused(404, () -> changes.linked(told.id(), "chat", wrong));
    }
    assertRefused(404, () -> changes.acknowledgeLinked(told.id(), "pager", key));
    assertRefused(404, () -> changes.acknowledgeLinked(told.id() - 1, "chat", key));
    assertThat(changes.linked(told.id(), "chat", key).acknowledged()).isEmpty();
    changes.acknowledgeLinked(told.id(), "chat", key);
    assertThat(changes.linked(told.id(), "chat", key).acknowledged().orElseThrow().by())
        .isEqualTo("somebody, from the message in chat");
    up("b");
    pass(TOGETHER);
    Message.OfIncident over = got(chat, 3).getLast().message().incident().orElseThrow();
    assertThat(over.links()).contains(new Message.Links(page, Optional.empty()));
    assertRefused(410, () -> changes.linked(told.id(), "chat", key));
    down("c", "d");
    pass(TOGETHER);
    assertThat(got(chat, 4).getLast().message().several().orElseThrow().page())
        .contains("https://status.example.org/rollcall/incidents");
    Incident open = incident("c");
    Subject ofTeam = new Subject(Subject.Type.SERVICE, 1, 7, "c");
    Incident theirs =
        new Incident(
            open.id(),
            7,
            Optional.of(ofTeam),
            Optional.empty(),
            open.kind(),
            open.keys(),
            open.cause(),
            open.startedAt(),
            open.openedAt(),
            open.resolvedAt(),
            open.endCause(),
            open.lastHeard(),
            open.flapping(),
            open.acknowledged(),
            open.phase());
    Message.Links their =
        database.read(handle -> links().of(handle, theirs, "7/ops")).orElseThrow();
    assertThat(their.page()).endsWith("/incidents/" + open.id() + "?team=7");
    assertThat(their.acknowledge().orElseThrow())
        .contains("/incidents/" + open.id() + "/acknowledge?channel=7%2Fops&key=");
  }

  @Test
  void tellsReceiversThatKeepIncidentsEachByItself() {
    use(all(pager.keepingIncidents()));
    down("a", "b");
    up("a");
    notifier.round();
    notifier.round();
    got(pager, 2);
    assertThat(pager.got())
        .extracting(delivery -> delivery.message().name() + " " + delivery.kind())
        .containsExactlyInAnyOrder("a RECOVERED", "b DOWN");
  }

  @Test
  void namesTwentyOfAThousandAndCountsThem() {
    use(all(chat));
    for (int i = 0; i < 1_001; i++) {
      down("s" + i);
    }
    notifier.round();
    Delivery rest = got(chat, 1).getFirst();
    assertThat(rest.message().name()).isEqualTo("1001 incidents: 1001 down");
    assertThat(rest.message().several().orElseThrow().first()).hasSize(20);
  }

  @Test
  void waitsWhileTheLastMessageHasNotArrived() {
    use(all(chat.answering(_ -> RecordingChannel.retry("away"))));
    down("a");
    notifier.round();
    await().until(() -> !chat.got().isEmpty());
    down("b");
    up("b");
    pass(TOGETHER);
    assertThat(chat.got()).allSatisfy(each -> assertThat(each.message().name()).isEqualTo("a"));
    up("a"); // takes back what has not arrived
    chat.answering(_ -> new Channel.Result.Sent());
    await().until(() -> isQuiet("chat"));
    int before = chat.got().size();
    pass(TOGETHER);
    await().until(() -> chat.got().size() > before);
    assertThat(chat.got().getLast().message().several().orElseThrow().first())
        .extracting(item -> item.name() + " " + item.kind())
        .containsExactlyInAnyOrder("a RECOVERED", "b RECOVERED");
  }

  private static Channel.Result awayFor(Duration time) {
    return new Channel.Result.Retry("away", Optional.of(time), false);
  }

  private List<String> lastItems() {
    return chat.got().getLast().message().several().orElseThrow().first().stream()
        .map(item -> item.name() + " " + item.kind())
        .toList();
  }

  /// The first is told of several; while that is on its way, some of them end.
  @Test
  void aMessageAboutSeveralThatHasNotArrivedIsNoAlarmForWhatIsOver() {
    use(all(chat.answering(_ -> awayFor(Duration.ofMinutes(10)))));
    down("a", "b", "c");
    up("c");
    notifier.round();
    await().until(() -> chat.got().size() == 1 && !isBeingSent());
    assertThat(lastItems()).containsExactlyInAnyOrder("a DOWN", "b DOWN", "c RECOVERED");
    down("d");
    up("a");
    chat.answering(_ -> new Channel.Result.Sent());
    pass(Duration.ofMinutes(9)); // nobody sends it yet
    assertThat(isQuiet("chat")).isFalse();
    got("a DOWN", "b DOWN", "c RECOVERED");
    pass(Duration.ofSeconds(59)); // now it is about to be sent
    assertThat(chat.got()).hasSize(1);
    pass(Duration.ofSeconds(1));
    use(all(chat)); // looks for what is due
    await().until(() -> chat.got().size() == 2 && isQuiet("chat"));
    assertThat(lastItems()).containsExactlyInAnyOrder("b DOWN", "c RECOVERED");
    assertThat(chat.got().getLast().message().name()).isEqualTo("2 incidents: 1 down, 1 over");
    assertThat(chat.got()).extracting(Delivery::key).containsOnly(chat.got().getFirst().key());
    notifier.round();
    await().until(() -> chat.got().size() == 3 && isQuiet("chat"));
    assertThat(lastItems()).containsExactlyInAnyOrder("a RECOVERED", "d DOWN");
    up("b", "d");
    pass(TOGETHER);
    await().until(() -> chat.got().size() == 4 && isQuiet("chat"));
    assertThat(lastItems()).containsExactlyInAnyOrder("b RECOVERED", "d RECOVERED");
    pass(TOGETHER);
    assertThat(chat.got()).hasSize(4);
    assertThat(states()).containsOnly("DELIVERED");
  }

  private void got(String... items) {
    assertThat(lastItems()).containsExactlyInAnyOrder(items);
    assertThat(chat.got()).hasSize(1);
  }

  private boolean isBeingSent() {
    return database.read(
        handle ->
            handle
                    .createQuery("SELECT COUNT(*) FROM outbox_lane WHERE owner IS NOT NULL")
                    .mapTo(Integer.class)
                    .one()
                > 0);
  }

  private List<String> states() {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT state FROM outbox_delivery ORDER BY id")
                .map(
                    (row, _) ->
                        List.of("PENDING", "DELIVERED", "FAILED", "WITHDRAWN").get(row.getInt(1)))
                .list());
  }

  /// It goes on where the channel wants no ends, and within its pause.
  @Test
  void aMessageAboutSeveralIsWithdrawnIfNothingIsLeftOfIt() {
    use(
        new RoutedChannel(
            chat.answering(_ -> awayFor(Duration.ofSeconds(5))),
            route(Duration.ZERO, Optional.empty(), false)));
    down("a", "b");
    notifier.round();
    await().until(() -> chat.got().size() == 1 && !isBeingSent());
    up("a", "b");
    chat.answering(_ -> new Channel.Result.Sent());
    pass(Duration.ofSeconds(4));
    await().until(() -> isQuiet("chat"));
    assertThat(chat.got()).hasSize(1);
    assertThat(states()).containsExactly("WITHDRAWN");
  }

  /// The receiver may have taken it although its answer was lost: what is still true of it is not
  /// told again under another key, and the end of the rest is told.
  @Test
  void aMessageThatMayHaveArrivedKeepsItsKey() {
    use(all(chat.answering(_ -> awayFor(Duration.ofSeconds(5)))));
    down("a", "b");
    notifier.round();
    await().until(() -> chat.got().size() == 1 && !isBeingSent());
    up("a");
    chat.answering(_ -> new Channel.Result.Sent());
    pass(Duration.ofSeconds(4));
    pass(Duration.ofSeconds(2));
    use(all(chat)); // looks for what is due
    await().until(() -> chat.got().size() == 2 && isQuiet("chat"));
    assertThat(lastItems()).containsExactly("b DOWN");
    assertThat(chat.got().getLast().message().name()).isEqualTo("1 incident: 1 down");
    assertThat(chat.got()).extracting(Delivery::key).containsOnly(chat.got().getFirst().key());
    pass(TOGETHER);
    Delivery end = got(chat, 3).getLast();
    assertThat(end.kind()).isEqualTo(Kind.RECOVERED);
    assertThat(end.message().name()).isEqualTo("a");
  }

  @Test
  void whatIsToldTogetherSaysWhatFlapsAndWhatWasToldBefore() {
    use(new RoutedChannel(chat, route(Duration.ZERO, Optional.of(Duration.ofHours(1)), true)));
    down("old");
    notifier.round();
    got(chat, 1);
    for (int i = 0; i < 4; i++) {
      down("flappy");
      up("flappy");
    }
    down("new");
    pass(Duration.ofHours(1));
    List<Message.Item> items = got(chat, 2).getLast().message().several().orElseThrow().first();
    assertThat(items.stream().filter(Message.Item::reminder))
        .extracting(Message.Item::name)
        .containsExactly("old");
    assertThat(items.stream().filter(Message.Item::flapping))
        .extracting(Message.Item::name)
        .containsExactly("flappy");
    assertThat(chat.got().getLast().message().name())
        .isEqualTo("6 incidents: 2 down, 1 flapping, 3 over");
  }

  @Test
  void whoAcknowledgesAfterTheFirstIsInTheTimelineOnce() {
    IncidentEdits edits = new IncidentEdits(database, commits, (_, _) -> {}, (_, _, _) -> {});
    down("a");
    long id = incident("a").id();
    for (String by : List.of("me", "me", "you", "you")) {
      edits.acknowledge(id, by, Optional.of("seen"), clock.wall());
    }
    assertThat(incident("a").acknowledged().orElseThrow().by()).isEqualTo("me");
    assertThat(incidents.store().timeline(id))
        .extracting(entry -> entry.type() + " " + entry.by().orElse("-"))
        .containsExactly("OPENED -", "ACKNOWLEDGED me", "ACKNOWLEDGED you");
    up("a");
    assertThat(edits.acknowledge(id, "they", Optional.empty(), clock.wall())).isFalse();
  }

  @Test
  void theChannelsThatAreToldAtTheSameMomentAreOneEntryOfTheTimeline() {
    RecordingChannel late = new RecordingChannel("late", "late:443");
    Duration hour = Duration.ofHours(1);
    use(all(chat), all(pager), new RoutedChannel(late, route(hour, Optional.empty(), true)));
    down("a");
    notifier.round();
    got(chat, 1);
    got(pager, 1);
    acknowledge("a");
    long id = incident("a").id();
    incidents.changes().unacknowledge(Scope.operator(), id, new Caller.Operator(true));
    pass(hour);
    got(late, 1);
    clock.pass(TOGETHER);
    up("a");
    notifier.round();
    assertThat(incidents.store().timeline(id))
        .extracting(entry -> entry.type() + " " + entry.text().orElse("-"))
        .containsExactly(
            "OPENED status 503",
            "TOLD chat, pager",
            "ACKNOWLEDGED -",
            "UNACKNOWLEDGED -",
            "TOLD late",
            "RESOLVED -",
            "TOLD chat, late, pager");
  }

  @Test
  void whatAChannelRemarksIsInTheTimeline() {
    use(
        all(
            chat.answering(
                _ ->
                    new Channel.Result.Sent(
                        "", Optional.empty(), Optional.of("the template failed")))));
    down("a", "b");
    notifier.round();
    got(chat, 1);
    for (String name : List.of("a", "b")) {
      assertThat(new IncidentStore(database, commits).timeline(incident(name).id()))
          .filteredOn(entry -> entry.type() == TimelineEntry.Type.TEMPLATE_FAILED)
          .singleElement()
          .satisfies(entry -> assertThat(entry.text()).contains("chat: the template failed"));
    }
    // an incident that is gone keeps no delivery from being finished
    RecordingChannel late = new RecordingChannel("chat", "chat:443");
    Batch<Integer, Integer> deleting =
        (tx, all) -> {
          tx.execute("DELETE FROM incident");
          return all;
        };
    use(
        all(
            late.answering(
                _ -> {
                  commits.write(deleting, 1);
                  return new Channel.Result.Sent("", Optional.empty(), Optional.of("failed"));
                })));
    down("c");
    pass(TOGETHER);
    got(late, 1);
  }

  @Test
  void tellsLaterOnlyWhatIsStillOpenAndNotAcknowledged() {
    Duration after = Duration.ofMinutes(15);
    use(new RoutedChannel(pager, route(after, Optional.empty(), true)), all(chat));
    down("short");
    down("seen");
    down("long");
    notifier.round();
    up("short");
    acknowledge("seen");
    pass(after);
    assertThat(got(pager, 1).getFirst().message().name()).isEqualTo("long");
    up("seen");
    up("long");
    pass(TOGETHER);
    assertThat(got(pager, 2).getLast().message().name()).isEqualTo("long");
    assertThat(chat.got()).isNotEmpty();
  }

  private void acknowledge(String name) {
    incidents
        .changes()
        .acknowledge(
            Scope.operator(), incident(name).id(), new Caller.Operator(true), Optional.empty());
  }

  @Test
  void remindsTwiceAsLateEachTimeUntilSomebodyHasSeenIt() {
    Optional<Duration> hour = Optional.of(Duration.ofHours(1));
    use(new RoutedChannel(chat, route(Duration.ZERO, hour, false)));
    down("a");
    notifier.round();
    got(chat, 1);
    pass(Duration.ofMinutes(59));
    got(chat, 1);
    pass(Duration.ofMinutes(1));
    assertThat(got(chat, 2).getLast().message().incident().orElseThrow().reminder()).isTrue();
    pass(Duration.ofMinutes(119));
    got(chat, 2);
    pass(Duration.ofMinutes(1));
    got(chat, 3);
    acknowledge("a");
    pass(Duration.ofDays(2));
    got(chat, 3);
    incidents
        .changes()
        .unacknowledge(Scope.operator(), incident("a").id(), new Caller.Operator(true));
    pass(Duration.ofHours(3)); // it would have been told after four
    got(chat, 3);
    pass(Duration.ofHours(1));
    got(chat, 4);
    up("a"); // the route wants no end
    pass(TOGETHER);
    got(chat, 4);
  }

  @Test
  void tellsWithinItsHours() {
    Instant midnight = Instant.parse("2026-11-27T00:00:00Z"); // a Friday
    clock.pass(Duration.between(clock.wall(), midnight.plus(Duration.ofHours(12))));
    AlertRoute nights =
        new AlertRoute(
            List.of(),
            List.of(),
            List.of(),
            Set.of(),
            Set.of(),
            Optional.of(ChannelHours.of("Mon-Fri 18:00-08:00, Sat-Sun", ZoneOffset.UTC)),
            Duration.ZERO,
            Optional.empty(),
            true,
            false);
    use(new RoutedChannel(chat, nights));
    down("a", "b");
    notifier.round();
    up("b");
    pass(Duration.ofHours(6).minusSeconds(1));
    assertThat(chat.got()).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(got(chat, 1).getFirst().message().name()).isEqualTo("a");
  }

  @Test
  void asksTheSubjectsOwnKeys() {
    AlertRoute critical =
        new AlertRoute(
            List.of("prod"),
            List.of(),
            List.of(),
            Set.of(Severity.CRITICAL),
            Set.of(),
            Optional.empty(),
            Duration.ZERO,
            Optional.empty(),
            true,
            false);
    use(new RoutedChannel(pager.keepingIncidents(), critical), all(chat));
    keys.put("shop", keys("prod", Severity.CRITICAL));
    keys.put("blog", keys("prod", Severity.WARNING));
    keys.put(
        "own",
        new AlertKeys(
            List.of("prod"),
            Optional.empty(),
            Severity.CRITICAL,
            Optional.of("https://wiki.example/own"),
            List.of(),
            List.of("pager")));
    down("shop", "blog", "own", "none");
    notifier.round();
    got(pager, 2);
    assertThat(pager.got())
        .extracting(delivery -> delivery.message().name())
        .containsExactlyInAnyOrder("shop", "own");
    assertThat(
            pager.got().stream()
                .filter(delivery -> delivery.message().name().equals("own"))
                .map(delivery -> delivery.message().incident().orElseThrow().runbook()))
        .containsExactly(Optional.of("https://wiki.example/own"));
    pass(TOGETHER);
    await().until(() -> !chat.got().isEmpty());
    assertThat(chat.got().toString()).doesNotContain("name=own");
  }

<<<<<<< HEAD
=======
  private void maintenance(Instant to) {
    ofFile =
        List.of(
            new Maintenance(
                0,
                "new disks",
                new Maintenance.Which(List.of("a", "job"), List.of(), List.of(), false),
                new Maintenance.When.Once(clock.wall(), Optional.of(to))));
    incidents.apply(ofFile);
  }

  private Incident incident(String name) {
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

  private List<String> openIncidents() {
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
  private long openByHand(String title, String rest) {
    ObjectNode asked = Json.stored("{\"title\":\"" + title + "\"" + rest + "}");
    return incidents.changes().open(Scope.operator(), asked, new Caller.Operator(true));
  }

  @Test
  void whatAPersonOpensIsToldIfAskedForAndOnlyAPersonEndsIt() {
    use(new RoutedChannel(chat, routed(List.of(), Set.of("manual"))));
    long quiet = openByHand("slow checkout", ",\"subjects\":\"service:a\"");
    notifier.round();
    long told = openByHand("disks", ",\"told\":true,\"severity\":\"warning\"");
    notifier.round();
    Delivery first = got(chat, 1).getFirst();
    assertThat(first.kind()).isEqualTo(Kind.MANUAL);
    assertThat(first.message().name()).isEqualTo("disks");
    assertThat(first.message().incident().orElseThrow().severity()).isEqualTo(Severity.WARNING);
    down("a");
    up("a");
    down("a");
    assertThat(openIncidents()).containsExactly("a", "disks", "slow checkout");
    assertThat(incident("a").flapping()).isFalse();
    up("a");
    signal("a", "down", "removed");
    assertThat(openIncidents()).containsExactly("disks", "slow checkout");
    incidents.changes().resolve(Scope.operator(), told, new Caller.Operator(true));
    incidents.changes().resolve(Scope.operator(), quiet, new Caller.Operator(true));
    pass(TOGETHER);
    Delivery over = got(chat, 2).getLast();
    assertThat(over.kind()).isEqualTo(Kind.RECOVERED);
    assertThat(over.message().name()).isEqualTo("disks");
    assertThat(openIncidents()).isEmpty();
    assertThat(incidents.store().of(Scope.operator(), Subject.Type.SERVICE, "a".hashCode(), 10))
        .extracting(Incident::id)
        .contains(quiet)
        .doesNotContain(told);
  }

  @Test
  void whatAPersonOpensHidesNothingThatDependsOnItAndIsToldInMaintenance() {
    use(all(chat));
    keys.put("shop", dependingOn("a"));
    maintenance(clock.wall().plus(Duration.ofHours(1))); // of a
    openByHand("a", ",\"subjects\":[\"service:a\"],\"told\":true");
    down("shop");
    assertThat(openIncidents()).containsExactly("shop", "a");
    notifier.round();
    got(chat, 1);
  }

  @Test
  void aRouteFitsWhatAPersonOpenedIfItFitsOneOfItsSubjects() {
    keys.put("a", tagged("prod"));
    keys.put("b", tagged("web"));
    use(
        new RoutedChannel(chat, routed(List.of("web"), Set.of())),
        new RoutedChannel(pager, routed(List.of("test"), Set.of())));
    openByHand("both", ",\"subjects\":[\"service:a\",\"service:b\"],\"told\":true");
    openByHand("none", ",\"told\":true");
    pass(TOGETHER);
    assertThat(got(chat, 1).getFirst().message().name()).isEqualTo("both");
    got(pager, 0);
    for (String tag : List.of("prod", "web")) {
      assertThat(
              incidents
                  .store()
                  .newest(
                      Scope.operator(),
                      new IncidentStore.Filter(
                          Optional.empty(),
                          Optional.of(IncidentKind.MANUAL),
                          Optional.of(new IncidentStore.SubjectFilter(Subject.Type.SERVICE, "a")),
                          Optional.of(tag),
                          Long.MAX_VALUE),
                      10))
          .singleElement()
          .extracting(Incident::name)
          .isEqualTo("both");
    }
  }

  private static AlertKeys tagged(String tag) {
    return AlertKeys.stored(Json.stored("{\"tags\":[\"" + tag + "\"]}"));
  }

  private static AlertKeys dependingOn(String name) {
    return AlertKeys.stored(Json.stored("{\"depends-on\":[\"" + name + "\"]}"));
  }

  private static AlertRoute routed(List<String> tags, Set<String> kinds) {
    return new AlertRoute(
        tags,
        List.of(),
        List.of(),
        Set.of(),
        kinds,
        Optional.empty(),
        Duration.ZERO,
        Optional.empty(),
        true,
        false);
  }

  @Test
  void whatIsWrongWithAnIncidentByHandIsToldLineByLine() {
    for (String wrong :
        List.of(
            "\"title\":\"\"",
            "\"title\":\"two\\nlines\"",
            "\"title\":\"" + "x".repeat(256) + "\"",
            "\"title\":\"x\",\"subjects\":[\"shop\"]",
            "\"title\":\"x\",\"subjects\":[\"node:a\"]",
            "\"title\":\"x\",\"severity\":\"bad\"",
            "\"title\":\"x\",\"told\":\"yes\"",
            "\"title\":\"x\",\"told\":{}",
            "\"title\":\"x\",\"subjects\":{}",
            "\"title\":\"x\",\"cause\":\"y\"",
            "\"title\":7")) {
      assertRefused(
          400,
          () ->
              incidents
                  .changes()
                  .open(
                      Scope.operator(), Json.stored("{" + wrong + "}"), new Caller.Operator(true)));
    }
    openByHand("x", ",\"subjects\":[]");
    for (int i = 0; i < 20; i++) {
      incidents
          .changes()
          .open(Scope.of(7), Json.stored("{\"title\":\"x\"}"), new Caller.Operator(true));
    }
    assertRefused(
        409,
        () ->
            incidents
                .changes()
                .open(Scope.of(7), Json.stored("{\"title\":\"x\"}"), new Caller.Operator(true)));
    assertThat(openIncidents()).containsExactly("x");
  }

  /// With 20 open at a time, one account could fill the database by opening and ending them.
  @Test
  void anAccountOpensFiftyADay() {
    for (int i = 0; i < 50; i++) {
      endByHand(openOf(7));
    }
    assertRefused(429, () -> openOf(7));
    openOf(8);
    clock.pass(Duration.ofDays(1).plusSeconds(1));
    openOf(7);
    assertThat(openIncidents()).isEmpty();
  }

  private long openOf(long owner) {
    return incidents
        .changes()
        .open(Scope.of(owner), Json.stored("{\"title\":\"x\"}"), new Caller.Operator(true));
  }

  private void endByHand(long id) {
    incidents.changes().resolve(Scope.everything(), id, new Caller.Operator(true));
  }

  @Test
  void ofManySubjectsAHundredTagsAreKept() {
    List<String> subjects = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      int first = i * 20;
      List<String> tags = IntStream.range(first, first + 20).mapToObj(n -> "t" + n).toList();
      keys.put(
          "s" + i,
          AlertKeys.stored(Json.stored("{\"tags\":[\"" + String.join("\",\"", tags) + "\"]}")));
      subjects.add("\"service:s" + i + "\"");
    }
    long id = openByHand("many", ",\"subjects\":[" + String.join(",", subjects) + "]");
    Incident many = incidents.store().find(Scope.operator(), id).orElseThrow();
    assertThat(many.keys().tags()).hasSize(100).startsWith("t0").endsWith("t99");
    assertThat(incidents.store().about(List.of(many)).get(id)).hasSize(11);
  }

  /// Who reads an incident gets all of its timeline.
  @Test
  void whatPeopleWriteToAnIncidentIsBounded() {
    down("a", "b");
    long full = incident("a").id();
    for (int i = 0; i < 20; i++) {
      note(full, "x".repeat(10_000));
    }
    assertRefused(409, () -> note(full, "x"));
    assertRefused(409, () -> acknowledge(full, Optional.of("seen")));
    acknowledge(full, Optional.empty());
    assertThat(incident("a").acknowledged()).isPresent();
    long many = incident("b").id();
    for (int i = 0; i < 250; i++) {
      acknowledge(many, Optional.empty());
      incidents.changes().unacknowledge(Scope.operator(), many, new Caller.Operator(true));
    }
    assertRefused(409, () -> acknowledge(many, Optional.empty()));
    assertRefused(409, () -> note(many, "x"));
    assertRefused(409, () -> change(many, "{\"severity\":\"warning\"}"));
    endByHand(many);
    assertThat(openIncidents()).containsExactly("a");
  }

  private void note(long id, String text) {
    incidents.changes().note(Scope.operator(), id, new Caller.Operator(true), text, false);
  }

  private void acknowledge(long id, Optional<String> note) {
    incidents.changes().acknowledge(Scope.operator(), id, new Caller.Operator(true), note);
  }

  @Test
  void theIncidentsThatOpenedInASpanAreSummedUp() {
    Instant from = clock.wall();
    down("a");
    clock.pass(Duration.ofSeconds(20));
    openByHand("x", ",\"subjects\":[\"service:a\",\"service:b\"]");
    up("a");
    Instant to = clock.wall().plusSeconds(1);
    IncidentSummary summary =
        IncidentSummary.of(incidents.store().opened(Scope.operator(), from, to, 10));
    assertThat(summary.all().many()).isEqualTo(2);
    assertThat(summary.all().detect().mean()).isEqualTo(Duration.ofSeconds(10));
    assertThat(summary.all().repair().median()).isEqualTo(Duration.ofSeconds(30));
    assertThat(summary.bySubject())
        .extracting(line -> line.subject().map(Subject::name).orElse("-") + " " + line.many())
        .containsExactly("a 2", "b 1");
    assertThat(incidents.store().opened(Scope.operator(), from, to, 1)).hasSize(1);
    assertThat(incidents.store().opened(Scope.of(7), from, to, 10)).isEmpty();
    assertThat(incidents.store().opened(Scope.operator(), to, to.plusSeconds(9), 10)).isEmpty();
  }

  @Test
  void theOpenIncidentsOfEachOwnerAreCountedInMemory() {
    try (OpenIncidents counted = new OpenIncidents(database)) {
      assertThat(counted.of(Scope.OPERATOR)).isEqualTo(new Site.Open(0, false));
      openByHand("x", ",\"severity\":\"warning\"");
      counted.round();
      assertThat(counted.of(Scope.OPERATOR)).isEqualTo(new Site.Open(1, false));
      down("a");
      counted.round();
      assertThat(counted.of(Scope.OPERATOR)).isEqualTo(new Site.Open(2, true));
      assertThat(counted.of(7)).isEqualTo(new Site.Open(0, false));
      up("a");
      counted.round();
      assertThat(counted.of(Scope.OPERATOR)).isEqualTo(new Site.Open(1, false));
    }
  }

  @Test
  void peopleChangeTheTitleTheSeverityAndThePublicPhase() {
    down("a");
    long id = incident("a").id();
    change(id, "{\"title\":\"no more disks\",\"severity\":\"warning\",\"phase\":\"identified\"}");
    change(id, "{\"phase\":\"identified\"}");
    assertThat(incident("a").title()).contains("no more disks");
    assertThat(incident("a").phase()).contains(PublicPhase.IDENTIFIED);
    assertThat(incident("a").severity()).isEqualTo(Severity.WARNING);
    up("a");
    change(id, "{\"phase\":\"resolved\",\"title\":null}");
    change(id, "{\"phase\":null}");
    assertThat(incidents.store().find(Scope.operator(), id).orElseThrow().phase()).isEmpty();
    incidents.changes().note(Scope.operator(), id, new Caller.Operator(true), "we know", true);
    assertThat(incidents.store().timeline(id))
        .extracting(entry -> entry.type() + " " + entry.text().orElse("-") + " " + entry.isPublic())
        .containsExactly(
            "OPENED status 503 false",
            "TITLE no more disks false",
            "SEVERITY warning false",
            "PHASE identified false",
            "RESOLVED - false",
            "TITLE - false",
            "PHASE resolved false",
            "PHASE - false",
            "NOTE we know true");
    for (String wrong :
        List.of(
            "{}",
            "[]",
            "{\"phase\":\"x\"}",
            "{\"phase\":1}",
            "{\"severity\":null}",
            "{\"title\":\" \"}")) {
      assertRefused(400, () -> change(id, wrong));
    }
    assertRefused(
        404,
        () ->
            incidents
                .changes()
                .change(
                    Scope.of(7), id, new Caller.Operator(true), Json.stored("{\"title\":\"x\"}")));
    long byHand = openByHand("mine", "");
    assertRefused(400, () -> change(byHand, "{\"title\":null}"));
  }

  private void change(long id, String json) {
    incidents.changes().change(Scope.operator(), id, new Caller.Operator(true), tree(json));
  }

  private static JsonNode tree(String json) {
    return json.equals("[]") ? JsonNodeFactory.instance.arrayNode() : Json.stored(json);
  }

  @Test
  void holdsWhatIsWrongDuringMaintenanceAndOpensItAfterAFreshConfirmation() {
    use(all(chat));
    maintenance(clock.wall().plus(Duration.ofHours(1)));
    down("a", "b", "job");
    assertThat(openIncidents()).containsExactly("b");
    held.round();
    assertThat(confirmedAgain).isEmpty();
    clock.pass(Duration.ofHours(1));
    held.round();
    assertThat(confirmedAgain).containsExactlyInAnyOrder("a", "job");
    assertThat(openIncidents()).containsExactlyInAnyOrder("job", "b");
    down("a");
    assertThat(openIncidents()).containsExactlyInAnyOrder("a", "job", "b");
    held.round();
    assertThat(confirmedAgain).hasSize(2);
  }

  @Test
  void whatIsOverBeforeMaintenanceEndsIsNotTold() {
    use(all(chat));
    maintenance(clock.wall().plus(Duration.ofHours(1)));
    down("a");
    up("a");
    clock.pass(Duration.ofHours(1));
    held.round();
    notifier.round();
    assertThat(confirmedAgain).isEmpty();
    assertThat(openIncidents()).isEmpty();
    assertThat(chat.got()).isEmpty();
  }

  @Test
  void anIncidentOfBeforeIsToldItsEndWhenMaintenanceEnds() {
    use(all(chat));
    down("a");
    notifier.round();
    got(chat, 1);
    maintenance(clock.wall().plus(Duration.ofHours(1)));
    up("a");
    pass(Duration.ofMinutes(59));
    got(chat, 1);
    pass(Duration.ofMinutes(1));
    assertThat(got(chat, 2).getLast().kind()).isEqualTo(Kind.RECOVERED);
  }

  private void depends(String name, String... on) {
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

  @Test
  void whatIsBehindSomethingWrongIsToldWhenThatIsWellAgain() {
    use(all(chat));
    depends("shop", "app");
    depends("app", "db");
    down("db", "shop", "app");
    assertThat(openIncidents()).containsExactly("db");
    IncidentStore store = new IncidentStore(database, commits);
    assertThat(store.behind(incident("db"), 10)).containsExactly("app", "shop");
    assertThat(store.behind(Scope.OPERATOR)).containsExactly(Map.entry("db", 2));
    assertThat(store.hold(Subject.Type.SERVICE, subject("shop").id()))
        .contains(new IncidentStore.Hold(Optional.of("db"), false));
    assertThat(store.hold(Subject.Type.SERVICE, subject("db").id())).isEmpty();
    assertThat(store.of(Scope.operator(), Subject.Type.SERVICE, subject("db").id(), 10))
        .extracting(Incident::isOpen)
        .containsExactly(true);
    assertThat(store.of(Scope.of(7), Subject.Type.SERVICE, subject("db").id(), 10)).isEmpty();
    held.round();
    assertThat(confirmedAgain).isEmpty();
    up("db", "app");
    held.round();
    assertThat(confirmedAgain).containsExactly("shop");
    down("shop");
    assertThat(openIncidents()).containsExactly("shop");
  }

  /// Thousands may be held for hours, and are looked at again and again.
  @Test
  void whatStaysHeldKeepsNobodyWaitingWhoWrites() {
    depends("shop", "db");
    down("db", "shop");
    Batch<Integer, Boolean> writing =
        (tx, ones) -> {
          IncidentTable.takeTurns(database, tx);
          boolean looked =
              CompletableFuture.runAsync(held::round)
                  .orTimeout(10, TimeUnit.SECONDS)
                  .handle((_, failure) -> failure == null)
                  .join();
          return ones.stream().map(_ -> looked).toList();
        };
    assertThat(commits.write(writing, 1)).isTrue();
    up("db");
    held.round();
    assertThat(confirmedAgain).containsExactly("shop");
  }

  @Test
  void theCauseIsLookedForFirst() {
    use(all(chat));
    depends("shop", "db");
    depends("blog", "db");
    uncertain.add("db");
    down("shop", "blog");
    assertThat(observed).containsOnly("db");
    assertThat(openIncidents()).isEmpty();
    held.round();
    assertThat(openIncidents()).isEmpty();
    up("blog");
    uncertain.clear();
    down("db");
    held.round();
    assertThat(openIncidents()).containsExactly("db");
  }

  @Test
  void whatDependsOnSomethingWellIsToldAtOnce() {
    use(all(chat));
    depends("shop", "db");
    uncertain.add("db");
    down("shop");
    uncertain.clear();
    held.round();
    assertThat(openIncidents()).containsExactly("shop");
    assertThat(confirmedAgain).isEmpty();
  }

  @Test
  void whatStaysUncertainHidesNothing() {
    use(all(chat));
    depends("shop", "db");
    uncertain.add("db");
    down("shop");
    clock.pass(Duration.ofSeconds(59));
    held.round();
    assertThat(openIncidents()).isEmpty();
    clock.pass(Duration.ofSeconds(1));
    held.round();
    assertThat(openIncidents()).containsExactly("shop");
  }

  /// A heartbeat that stays late says so again and again.
  @Test
  void aReminderNeitherProlongsTheWaitNorOpensWhatSomebodyHasEnded() {
    use(all(chat));
    depends("job", "db");
    uncertain.add("db");
    signal("job", "up", "late");
    clock.pass(Duration.ofSeconds(59));
    signal("job", "late", "late");
    clock.pass(Duration.ofSeconds(1));
    held.round();
    assertThat(openIncidents()).containsExactly("job");
    incidents.changes().resolve(Scope.operator(), incident("job").id(), new Caller.Operator(true));
    signal("job", "late", "late");
    assertThat(openIncidents()).isEmpty();
  }

  @Test
  void aCircleHidesNothing() {
    use(all(chat));
    depends("a", "b");
    depends("b", "a");
    uncertain.add("b");
    down("a");
    assertThat(openIncidents()).isEmpty();
    uncertain.clear();
    down("b");
    held.round();
    assertThat(openIncidents()).containsExactly("b");
  }

  @Test
  void whatWasWrongBeforeKeepsItsIncident() {
    use(all(chat));
    depends("shop", "db");
    down("shop", "db");
    assertThat(openIncidents()).containsExactlyInAnyOrder("shop", "db");
  }

  @Test
  void whatFlapsIsToldOnceAndItsEndWhenItIsSteady() {
    use(all(pager.keepingIncidents()));
    for (int i = 0; i < 3; i++) {
      flap("a");
    }
    assertThat(got(pager, 6)).noneMatch(NotifierTest::isFlapping);
    for (int i = 0; i < 5; i++) {
      flap("a");
    }
    assertThat(isFlapping(got(pager, 7).getLast())).isTrue();
    assertThat(openIncidents()).containsExactly("a");
    clock.pass(Duration.ofMinutes(14));
    flapping.round();
    assertThat(openIncidents()).containsExactly("a");
    clock.pass(Duration.ofMinutes(1));
    flapping.round();
    assertThat(openIncidents()).isEmpty();
    notifier.round();
    assertThat(got(pager, 8).getLast().kind()).isEqualTo(Kind.RECOVERED);
    clock.pass(Duration.ofMinutes(30));
    flap("a");
    assertThat(isFlapping(got(pager, 10).get(8))).isFalse();
  }

  private void flap(String name) {
    clock.pass(Duration.ofMinutes(1));
    down(name);
    notifier.round();
    await().until(() -> isQuiet("pager")); // nothing is withdrawn
    clock.pass(Duration.ofMinutes(1));
    up(name);
    notifier.round();
    await().until(() -> isQuiet("pager"));
  }

  private static boolean isFlapping(Delivery delivery) {
    return delivery.message().incident().orElseThrow().flapping();
  }

  @Test
  void whatFlapsAndStaysWrongIsToldAgain() {
    use(all(pager.keepingIncidents()));
    for (int i = 0; i < 5; i++) {
      flap("a");
    }
    down("a");
    clock.pass(Duration.ofMinutes(15));
    flapping.round();
    notifier.round();
    Delivery last = got(pager, 8).getLast();
    assertThat(isFlapping(last)).isFalse();
    assertThat(last.message().incident().orElseThrow().reminder()).isTrue();
    up("a");
    assertThat(openIncidents()).isEmpty();
  }

  /// Its subject goes to the other state after the round has read it.
  @Test
  void whatFlapsAndHasJustChangedGoesOnFlapping() {
    use(all(pager.keepingIncidents()));
    for (int i = 0; i < 5; i++) {
      flap("a");
    }
    clock.pass(Duration.ofMinutes(15));
    List<Incident> right = flapping.steady(true);
    assertThat(right).hasSize(1);
    down("a");
    flapping.end(right);
    assertThat(incident("a").flapping()).isTrue();
    clock.pass(Duration.ofMinutes(15));
    List<Incident> wrong = flapping.steady(false);
    up("a");
    flapping.tell(wrong);
    assertThat(incident("a").flapping()).isTrue();
    clock.pass(Duration.ofMinutes(15));
    flapping.round();
    assertThat(openIncidents()).isEmpty();
  }

>>>>>>> broke
  @Test
  void whatWaitsForAChannelThatIsGoneIsForgotten() {
    use(all(chat));
    down("a");
    use();
    notifier.round();
    pass(Duration.ofMinutes(59));
    assertThat(database.read(IncidentChannels::next)).hasSize(1);
    pass(Duration.ofMinutes(2));
    assertThat(database.read(IncidentChannels::next)).isEmpty();
  }

  private static AlertKeys keys(String tag, Severity severity) {
    return new AlertKeys(
        List.of(tag), Optional.empty(), severity, Optional.empty(), List.of(), List.of());
  }
}
