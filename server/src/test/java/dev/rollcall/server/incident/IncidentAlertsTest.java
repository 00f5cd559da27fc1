package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.outbox.RecordingChannel;
import dev.rollcall.server.outbox.RoutedChannel;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.TestDatabases;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
}
