package dev.rollcall.server.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Measurements;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.ScheduledCheck;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ReferencedSecrets;
import dev.rollcall.server.monitor.definition.WarningLimits;
import dev.rollcall.server.monitor.schedule.OutcomeWriter.Found;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.TestClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChangeLogTest {
  private static final Instant NOW = new TestClock().wall();

  private final TestClock clock = new TestClock();
  private final ChangeLog log = new ChangeLog(clock);

  static ScheduledCheck check(long id) {
    return new ScheduledCheck(
        id,
        Scope.OPERATOR,
        "service " + id,
        URI.create("https://a.example"),
        Duration.ofSeconds(15),
        Duration.ofSeconds(10),
        Confirmation.DEFAULT,
        WarningLimits.NONE,
        false,
        1,
        ReferencedSecrets.NOTHING,
        Probe.of("never", _ -> {}));
  }

  private static Found change(long id, Observation observation, Optional<Event.Kind> open) {
    return new Found(
        new RunState(check(id), NOW),
        new Outcome(
            id,
            1,
            observation,
            Evaluator.evaluate(open, observation),
            true,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        Duration.ZERO);
  }

  private static Found down(long id) {
    return change(id, MonitorDatabase.down(NOW, 5), Optional.of(Event.Kind.UPTIME));
  }

  private static Found up(long id, Optional<Event.Kind> open) {
    return change(id, MonitorDatabase.up(NOW, 5), open);
  }

  @Test
  void saysEachChangeOnce() {
    assertThat(log.lines(List.of(up(1, Optional.empty()), up(2, Optional.empty())))).isEmpty();
    assertThat(log.lines(List.of(down(1))))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("service 1 is down: ");
    assertThat(log.lines(List.of(down(1)))).isEmpty();
    assertThat(log.lines(List.of(up(1, Optional.of(Event.Kind.DOWNTIME)))))
        .containsExactly("service 1 is up again");
    assertThat(log.lines(List.of(up(1, Optional.of(Event.Kind.UPTIME))))).isEmpty();
  }

  @Test
  void saysSinceWhenIfTheOutcomeHasWaited() {
    clock.pass(Duration.ofSeconds(11));
    Found down = down(1);
    Found up = up(1, Optional.of(Event.Kind.DOWNTIME));
    assertThat(log.lines(List.of(down)))
        .singleElement()
        .asString()
        .startsWith("service 1 is down since 2026-11-20T12:00:00Z: ");
    assertThat(log.lines(List.of(up)))
        .containsExactly("service 1 is up again since 2026-11-20T12:00:00Z");
    assertThat(log.lines(List.of(unknown(1, NOW, "no route"))))
        .containsExactly("service 1 is unknown since 2026-11-20T12:00:00Z: no route");
    assertThat(log.lines(List.of(up)))
        .containsExactly("service 1 is no longer unknown: it is up since 2026-11-20T12:00:00Z");
  }

  private static Found unknown(long id, Instant at, String reason) {
    return change(
        id,
        new Observation.Unknown(at, Duration.ZERO, Measurements.NOTHING, reason),
        Optional.of(Event.Kind.UPTIME));
  }

  @Test
  void saysOnceThatNothingIsKnownOfAService() {
    Instant at = NOW;
    assertThat(log.lines(List.of(unknown(1, at, "tls.ca a.pem: no such file"))))
        .containsExactly("service 1 is unknown: tls.ca a.pem: no such file");
    assertThat(log.lines(List.of(unknown(1, at.plusSeconds(900), "tls.ca a.pem: no such file"))))
        .isEmpty();
    assertThat(log.lines(List.of(up(1, Optional.of(Event.Kind.UPTIME)))))
        .containsExactly("service 1 is no longer unknown: it is up");
    assertThat(log.lines(List.of(up(1, Optional.of(Event.Kind.UPTIME))))).isEmpty();
  }

  @Test
  void saysOnceWhatIsTheReasonOfAll() {
    Instant at = NOW;
    List<Found> many = new ArrayList<>();
    for (int id = 1; id <= 150; id++) {
      many.add(unknown(id, at, "Network is unreachable (connecting to 10.0.0." + id + ":80)"));
    }
    assertThat(log.lines(many))
        .containsExactly(
            "service 1 is unknown: Network is unreachable (connecting to 10.0.0.1:80)");
    assertThat(log.lines(List.of(unknown(200, at.plusSeconds(599), "Network is unreachable"))))
        .isEmpty();
    assertThat(log.lines(List.of(unknown(201, at.plusSeconds(601), "Network is unreachable"))))
        .hasSize(1);
  }

  @Test
  void countsWhatChangesAtOnce() {
    List<Found> many = new ArrayList<>();
    for (int id = 1; id <= 150; id++) {
      many.add(down(id));
    }
    assertThat(log.lines(many))
        .containsExactly(
            "150 services are down and 0 up again: service 1, service 2, service 3, service 4,"
                + " service 5, service 6, service 7, service 8, service 9, service 10 and 140"
                + " more");
  }
}
