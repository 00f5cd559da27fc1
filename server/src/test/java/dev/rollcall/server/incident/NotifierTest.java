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
  void aMessageAboutSeveralTellsOfOneSubjectInTheOrderInWhichItHappened() {
    use(all(chat));
    down("shop");
    notifier.round();
    got(chat, 1);
    up("shop");
    down("shop");
    down("db");
    pass(TOGETHER);
    assertThat(
            got(chat, 2).getLast().message().several().orElseThrow().first().stream()
                .map(item -> item.name() + " " + item.kind().word()))
        .containsExactly("shop recovered", "shop down", "db down");
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
  void tellsReceiversThatKeepIncidentsAlsoWhatHappensWhileTheyAreAway() {
    use(all(pager.keepingIncidents().answering(_ -> awayFor(Duration.ofMinutes(10)))));
    down("a");
    notifier.round();
    await().until(() -> pager.got().size() == 1 && !isBeingSent());
    down("b");
    notifier.round();
    assertThat(states()).containsExactly("PENDING", "PENDING");
  }

  @Test
  void theTimelineHasTheNameOfAChannelAsItsOwnerKnowsIt() {
    RecordingChannel theirs = new RecordingChannel("7/ops", "ops:443");
    use(all(theirs));
    signal("a", 7, "up", "down");
    notifier.round();
    got(theirs, 1);
    long id = theirs.got().getFirst().message().incident().orElseThrow().id();
    assertThat(incidents.store().timeline(id).getLast().text()).contains("ops");
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
  void namesTheWorstOfManyFirst() {
    use(all(chat));
    down("over");
    up("over");
    for (int i = 0; i < 20; i++) {
      keys.put("w" + i, keys("prod", Severity.WARNING));
      down("w" + i);
    }
    down("critical");
    notifier.round();
    List<Message.Item> named = got(chat, 1).getFirst().message().several().orElseThrow().first();
    assertThat(named).hasSize(20);
    assertThat(named.getFirst().name()).isEqualTo("critical");
    assertThat(named).extracting(Message.Item::name).doesNotContain("over");
  }

  @Test
  void looksAgainWhenSomethingIsDue() {
    use(new RoutedChannel(chat, route(Duration.ZERO, Optional.of(Duration.ofHours(1)), true)));
    down("a");
    assertThat(notifier.round()).as("there may be more").isZero();
    assertThat(notifier.round()).isPositive();
    got(chat, 1);
    clock.pass(TOGETHER);
    assertThat(notifier.round()).isPositive();
    up("a");
    assertThat(notifier.round()).isZero();
    assertThat(notifier.round()).isPositive();
  }

  @Test
  void aClockThatWasSetBackPutsNothingOff() {
    use(all(chat));
    down("a");
    notifier.round();
    got(chat, 1);
    clock.leap(Duration.ofHours(-1));
    down("b");
    notifier.round();
    assertThat(got(chat, 2).getLast().message().name()).isEqualTo("b");
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

  /// That is told with the next message, as it is then.
  @Test
  void aMessageAboutSeveralThatHasNotArrivedSaysNothingOfWhatBecameWorse() {
    use(all(chat.answering(_ -> awayFor(Duration.ofMinutes(10)))));
    signal("a", "up", "slow");
    down("b");
    notifier.round();
    await().until(() -> chat.got().size() == 1 && !isBeingSent());
    signal("a", "slow", "down");
    chat.answering(_ -> new Channel.Result.Sent());
    pass(Duration.ofMinutes(10).minusSeconds(1)); // now it is about to be sent
    pass(Duration.ofSeconds(1));
    use(all(chat)); // looks for what is due
    await().until(() -> chat.got().size() == 2 && isQuiet("chat"));
    assertThat(lastItems()).containsExactly("b DOWN");
    pass(TOGETHER);
    Delivery worse = got(chat, 3).getLast();
    assertThat(worse.kind()).isEqualTo(Kind.DOWN);
    assertThat(worse.message().name()).isEqualTo("a");
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
            "ESCALATED late",
            "RESOLVED -",
            "TOLD chat, late, pager");
  }

  @Test
  void theTimelineTellsRemindersAndEscalationsFromWhatIsToldFirst() {
    Optional<Duration> hour = Optional.of(Duration.ofHours(1));
    use(
        new RoutedChannel(chat, route(Duration.ZERO, hour, true)),
        new RoutedChannel(pager, route(Duration.ofMinutes(15), Optional.empty(), true)));
    down("a");
    long id = incident("a").id();
    notifier.round();
    got(chat, 1);
    pass(Duration.ofMinutes(15));
    got(pager, 1);
    pass(Duration.ofMinutes(45));
    got(chat, 2);
    clock.pass(TOGETHER);
    up("a");
    notifier.round();
    assertThat(got(chat, 3).getLast().message().incident().orElseThrow().reminder()).isFalse();
    assertThat(incidents.store().timeline(id))
        .extracting(entry -> entry.type() + " " + entry.text().orElse("-"))
        .containsExactly(
            "OPENED status 503",
            "TOLD chat",
            "ESCALATED pager",
            "REMINDED chat",
            "RESOLVED -",
            "TOLD chat, pager");
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
