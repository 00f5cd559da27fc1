package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.sql.TestDatabases;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What goes up and down again and again is told once.
@ParameterizedClass
@EnumSource
class FlappingIncidentsTest extends IncidentTests {
  FlappingIncidentsTest(TestDatabases engine) {
    super(engine);
  }

  @Test
  void whatFlapsIsToldOnceAndItsEndWhenItIsSteady() {
    use(all(pager.keepingIncidents()));
    for (int i = 0; i < 3; i++) {
      flap("a");
    }
    assertThat(got(pager, 6)).noneMatch(FlappingIncidentsTest::isFlapping);
    for (int i = 0; i < 5; i++) {
      flap("a");
    }
    assertThat(isFlapping(got(pager, 7).getLast())).isTrue();
    assertThat(openIncidents()).containsExactly("a");
    assertThat(incidents.store().timeline(incident("a").id()))
        .extracting(TimelineEntry::type)
        .containsExactly(
            TimelineEntry.Type.OPENED, TimelineEntry.Type.FLAPPING, TimelineEntry.Type.TOLD);
    clock.pass(Duration.ofMinutes(15).minusSeconds(1));
    flapping.round();
    assertThat(openIncidents()).containsExactly("a");
    clock.pass(Duration.ofSeconds(1));
    flapping.round();
    assertThat(openIncidents()).isEmpty();
    notifier.round();
    assertThat(got(pager, 8).getLast().kind()).isEqualTo(Kind.RECOVERED);
    assertThat(pager.got().getLast().message().at()).isEqualTo(clock.wall());
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

  /// As what comes while the database is away.
  @Test
  void whatWaitedEndsWhenItWasFound() {
    use(all(pager.keepingIncidents()));
    down("a");
    down("b");
    final Instant opened = clock.wall();
    notifier.round();
    assertThat(got(pager, 2)).hasSize(2);
    clock.pass(Duration.ofMinutes(5));
    signal(subject("a"), "down", "up", opened.plusSeconds(20));
    signal(subject("b"), "down", "up", opened.minusSeconds(20)); // it was on its way
    pass(Duration.ZERO);
    assertThat(got(pager, 4).subList(2, 4))
        .extracting(one -> one.message().at())
        .containsExactlyInAnyOrder(opened.plusSeconds(20), opened);

    for (int i = 0; i < 5; i++) {
      flap("c");
    }
    Instant steady = clock.wall().plus(Duration.ofMinutes(15));
    clock.pass(Duration.ofMinutes(40));
    flapping.round();
    notifier.round();
    await().until(() -> pager.got().getLast().message().at().equals(steady));
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

  @Test
  void theEndOfFlappingIsToldAlsoToWhomItIsToldTogether() {
    use(all(chat));
    for (int i = 0; i < 4; i++) {
      down("a");
      up("a");
    }
    pass(TOGETHER);
    List<Delivery> before = List.copyOf(got(chat, 1));
    assertThat(before.getFirst().message().name()).isEqualTo("4 incidents: 1 flapping, 3 over");
    clock.pass(Duration.ofMinutes(15));
    flapping.round();
    notifier.round();
    assertThat(got(chat, 2).getLast().kind()).isEqualTo(Kind.RECOVERED);
  }

  /// The fourth opens when the first is as old as the limit, or a moment older.
  @Test
  void flapsWhatOpensFourTimesWithinHalfAnHour() {
    use(all(pager.keepingIncidents()));
    for (String name : List.of("fast", "slow")) {
      for (int i = 0; i < 3; i++) {
        down(name);
        up(name);
        clock.pass(Duration.ofMinutes(10));
      }
      clock.pass(name.equals("slow") ? Duration.ofMillis(1) : Duration.ZERO);
      down(name);
    }
    assertThat(incident("fast").flapping()).isTrue();
    assertThat(incident("slow").flapping()).isFalse();
  }

  @Test
  void whatStaysWrongAndSaysSoAgainAndAgainIsToldAgainToo() {
    use(all(pager.keepingIncidents()));
    for (int i = 0; i < 5; i++) {
      flap("a");
    }
    down("a");
    for (int i = 0; i < 15; i++) {
      clock.pass(Duration.ofMinutes(1));
      signal("a", "down", "down");
    }
    flapping.round();
    notifier.round();
    assertThat(isFlapping(got(pager, 8).getLast())).isFalse();
  }

  @Test
  void whatIsRemovedWhileItFlapsIsOver() {
    use(all(pager.keepingIncidents()));
    for (int i = 0; i < 5; i++) {
      flap("a");
    }
    signal("a", "up", "removed");
    assertThat(openIncidents()).isEmpty();
    notifier.round();
    assertThat(got(pager, 8).getLast().message().incident().orElseThrow().ended())
        .contains("it was removed");
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
}
