package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.outbox.AlertRoute;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.outbox.RecordingChannel;
import dev.rollcall.server.outbox.RoutedChannel;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.sql.TestDatabases;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Which channels are told of what, and what of it is taken back.
@ParameterizedClass
@EnumSource
class IncidentAlertsTest extends IncidentTests {
  IncidentAlertsTest(TestDatabases engine) {
    super(engine);
  }

  @Test
  void aChannelThatIsToldAgainIsToldByEachSignalAtOnce() {
    use(all(pager.toldAgain()));
    signal("job", "up", "late");
    assertThat(got(pager, 1).getFirst().kind()).isEqualTo(Kind.LATE);
    assertThat(database.read(IncidentChannels::next)).isEmpty();
    clock.pass(Duration.ofMinutes(1));
    signal("job", "late", "late");
    got(pager, 2);
    pager.answering(_ -> RecordingChannel.retry("away"));
    clock.pass(Duration.ofMinutes(1));
    signal("job", "late", "late");
    await().until(() -> pager.got().size() == 3 && !isBeingSent());
    clock.pass(Duration.ofMillis(1)); // it is not tried again yet
    signal("job", "late", "late");
    assertThat(states()).as("the newer one takes the place of the older one").hasSize(3);
    signal("job", "late", "up");
    await().until(() -> isQuiet("pager"));
    assertThat(states()).containsExactly("DELIVERED", "DELIVERED", "WITHDRAWN");
  }

  @Test
  void eachFailureIsToldToAChannelThatIsToldAgain() {
    use(all(pager.toldAgain().answering(_ -> RecordingChannel.retry("away"))));
    signal("job", "up", "failed");
    await().until(() -> pager.got().size() == 1 && !isBeingSent());
    clock.pass(Duration.ofMillis(1));
    signal("job", "failed", "failed");
    assertThat(states()).hasSize(2);
  }

  /// The next run was good, or late, before anybody could be told.
  @Test
  void aFailureThatIsOverIsToldToAChannelThatIsToldAgain() {
    use(all(pager.toldAgain().answering(_ -> RecordingChannel.retry("away"))));
    signal("job", "up", "failed");
    await().until(() -> pager.got().size() == 1 && !isBeingSent());
    clock.pass(Duration.ofMillis(1)); // it is not tried again yet
    signal("job", "failed", "up");
    signal("other", "up", "failed");
    await().until(() -> pager.got().size() == 2 && !isBeingSent());
    signal("other", "failed", "late");
    assertThat(states()).startsWith("PENDING", "PENDING");
  }

  @Test
  void whatIsNoLongerAcknowledgedIsToldToNobodySooner() {
    use(all(chat), new RoutedChannel(pager, route(Duration.ofHours(1), Optional.empty(), true)));
    down("a");
    notifier.round();
    got(chat, 1);
    long id = incident("a").id();
    Caller caller = new Caller.Operator(true);
    incidents.changes().acknowledge(Scope.operator(), id, caller, Optional.empty());
    incidents.changes().unacknowledge(Scope.operator(), id, caller);
    pass(Duration.ofHours(1).minusSeconds(1));
    got(pager, 0);
    pass(Duration.ofSeconds(1));
    got(pager, 1);
    got(chat, 1);
  }

  /// It has been told that it is slow, and is told that it is down as others are.
  @Test
  void whatFlapsBetweenUpAndSlowAndGoesDownIsToldAsDown() {
    use(all(chat));
    for (int i = 0; i < 3; i++) {
      signal("a", "up", "slow");
      signal("a", "slow", "up");
    }
    signal("a", "up", "slow");
    assertThat(incident("a").flapping()).isTrue();
    notifier.round();
    got(chat, 1);
    clock.pass(TOGETHER);
    signal("a", "slow", "down");
    notifier.round();
    assertThat(got(chat, 2).getLast().kind()).isEqualTo(Kind.DOWN);
    assertThat(chat.got().getLast().message().incident().orElseThrow().flapping()).isFalse();
    clock.pass(TOGETHER);
    up("a");
    assertThat(openIncidents()).isEmpty();
  }

  /// What it was told has not arrived, and becomes worse.
  @Test
  void thatSomethingIsSlowIsTakenBackWhenItIsDown() {
    use(all(chat.answering(_ -> RecordingChannel.retry("away"))));
    signal("a", "up", "slow");
    notifier.round();
    await().until(() -> chat.got().size() == 1 && !isBeingSent());
    clock.pass(Duration.ofMillis(1));
    signal("a", "slow", "down");
    await().until(() -> isQuiet("chat"));
    assertThat(states()).containsExactly("WITHDRAWN");
    chat.answering(_ -> new Channel.Result.Sent());
    pass(TOGETHER);
    await().until(() -> states().equals(List.of("WITHDRAWN", "DELIVERED")));
    assertThat(chat.got().getLast().kind()).isEqualTo(Kind.DOWN);
  }

  private static AlertRoute warnings(Duration after) {
    return new AlertRoute(
        List.of(),
        List.of(),
        List.of(),
        Set.of(Severity.WARNING),
        Set.of(),
        Optional.empty(),
        after,
        Optional.empty(),
        true,
        false);
  }

  @Test
  void whoIsToldOfWarningsOnlyIsToldTheEndOfWhatBecameCritical() {
    use(
        new RoutedChannel(chat, warnings(Duration.ZERO)),
        new RoutedChannel(pager, warnings(Duration.ofHours(1))));
    signal("a", "up", "slow");
    notifier.round();
    got(chat, 1);
    signal("a", "slow", "down");
    pass(Duration.ofHours(1));
    got(pager, 0); // it is no warning any more
    up("a");
    notifier.round();
    assertThat(got(chat, 2).getLast().kind()).isEqualTo(Kind.RECOVERED);
    got(pager, 0);
  }

  @Test
  void anIncidentWhosePlaceIsTakenEndsWhereIncidentsAreKept() {
    use(all(chat), all(pager.keepingIncidents()));
    signal("job", "up", "late");
    notifier.round();
    got(chat, 1);
    got(pager, 1);
    signal("job", "late", "failed");
    pass(TOGETHER);
    assertThat(got(chat, 2).getLast().kind()).isEqualTo(Kind.FAILED);
    assertThat(got(pager, 3))
        .extracting(Delivery::kind)
        .containsExactlyInAnyOrder(Kind.LATE, Kind.RECOVERED, Kind.FAILED);
  }

  @Test
  void whatIsOverBeforeItHasArrivedIsTakenBack() {
    use(all(pager.keepingIncidents().answering(_ -> RecordingChannel.retry("away"))));
    down("a");
    notifier.round();
    await().until(() -> pager.got().size() == 1 && !isBeingSent());
    up("a");
    assertThat(states()).containsExactly("WITHDRAWN");
  }

  @Test
  void aChannelIsToldOfWhatItHasAFormFor() {
    use(all(chat.without(Kind.SLOW)), all(pager.without(Kind.RECOVERED)));
    signal("a", "up", "slow");
    notifier.round();
    got(chat, 0);
    got(pager, 1);
    clock.pass(TOGETHER);
    signal("a", "slow", "up");
    pass(TOGETHER);
    got(chat, 0);
    got(pager, 1);
  }

  @Test
  void whoKeepsIncidentsIsToldTheirEndWhateverTheRouteSays() {
    use(new RoutedChannel(pager.keepingIncidents(), route(Duration.ZERO, Optional.empty(), false)));
    down("a");
    notifier.round();
    got(pager, 1);
    up("a");
    notifier.round();
    assertThat(got(pager, 2).getLast().kind()).isEqualTo(Kind.RECOVERED);
  }

  @Test
  void whatWaitsForMaintenanceIsToldWhenThatEnds() {
    use(all(chat));
    down("a");
    notifier.round();
    got(chat, 1);
    clock.pass(TOGETHER);
    maintenance(clock.wall().plusSeconds(5));
    up("a");
    notifier.round();
    got(chat, 1);
    pass(Duration.ofSeconds(5));
    got(chat, 2);
  }
}
