package dev.rollcall.server.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.sql.TestDatabases;
import java.time.Duration;
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
}
