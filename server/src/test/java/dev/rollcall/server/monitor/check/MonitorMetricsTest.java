package dev.rollcall.server.monitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeResult;
import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ReferencedSecrets;
import dev.rollcall.server.monitor.definition.WarningLimits;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The series of services, those behind a `/_health` included.
class MonitorMetricsTest {
  private static final ProbeResult DB = result("db", Optional.empty());
  private static final ProbeResult MAIL = result("mail", Optional.of("refused"));

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final MonitorMetrics metrics = new MonitorMetrics(registry);

  private static ProbeResult result(String name, Optional<String> failure) {
    return new ProbeResult(name, failure, Duration.ofMillis(7));
  }

  private static ScheduledCheck asked(String name, String scheme) {
    return asked(0, name, scheme);
  }

  private static ScheduledCheck asked(long owner, String name, String scheme) {
    return new ScheduledCheck(
        1,
        owner,
        name,
        URI.create(scheme + "://127.0.0.1:9/"),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Confirmation.DEFAULT,
        WarningLimits.NONE,
        false,
        1,
        ReferencedSecrets.NOTHING,
        Probe.of(name, attempt -> {}));
  }

  private void report(ProbeResult... found) {
    Attempt attempt = Attempt.within(Duration.ofSeconds(1));
    attempt.dependsOn(Arrays.asList(found));
    metrics.observed(
        asked("shop", "philae+http"),
        new Observation.Up(Instant.EPOCH, Duration.ofMillis(5), Measurements.of(attempt)));
  }

  private void up(String name) {
    metrics.observed(asked(name, "http"), MonitorDatabase.up(Instant.EPOCH, 5));
  }

  private List<String> series(String metric) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(text, registry.scrape());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return text.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith(metric + "{"))
        .map(line -> line.substring(metric.length()))
        .toList();
  }

  private List<String> ups() {
    return series("rollcall_service_up");
  }

  @Test
  void namesMoveNoCursorAndReverseNothing() {
    up("a\u001b[2J\u202e");
    assertThat(ups()).containsExactly("{service=\"a\\\\u001b[2J\\\\u202e\"} 1.0");
    metrics.forget("a\u001b[2J\u202e");
    assertThat(ups()).isEmpty();
  }

  @Test
  void twoNamesNeverShareASeries() {
    List<String> names = List.of("x\ny", "x\\ny", "x\\\ny", "x\\\\ny");
    names.forEach(this::up);
    assertThat(series("rollcall_service_up")).hasSameSizeAs(names);
    metrics.forget(names.getFirst());
    assertThat(series("rollcall_service_up")).hasSize(names.size() - 1);
  }

  @Test
  void aServiceOfAnAccountHasNoSeries() {
    metrics.observed(asked(7, "shop", "http"), MonitorDatabase.down(Instant.EPOCH, 5));
    assertThat(ups()).isEmpty();
    up("shop");
    metrics.observed(asked(7, "shop", "http"), MonitorDatabase.down(Instant.EPOCH, 5));
    assertThat(ups()).containsExactly("{service=\"shop\"} 1.0");
  }

  @Test
  void whatAReportNamesHasSeriesOfItsOwn() {
    report(DB, MAIL);
    report(DB, MAIL);
    assertThat(ups())
        .containsExactlyInAnyOrder(
            "{service=\"shop\"} 1.0", "{service=\"shop/db\"} 1.0", "{service=\"shop/mail\"} 0.0");
    assertThat(series("rollcall_service_ticks_total"))
        .contains(
            "{service=\"shop/db\",state=\"up\"} 2.0", "{service=\"shop/mail\",state=\"down\"} 2.0");
    assertThat(series("rollcall_service_response_seconds_count"))
        .contains("{service=\"shop/db\"} 2");
  }

  @Test
  void withoutAReportNothingIsKnownOfThem() {
    report(DB);
    metrics.observed(asked("shop", "philae+http"), MonitorDatabase.down(Instant.EPOCH, 5));
    assertThat(ups())
        .containsExactlyInAnyOrder("{service=\"shop\"} 0.0", "{service=\"shop/db\"} NaN");
  }

  @Test
  void aSeriesEndsWhenThreeReportsInARowDoNotNameIt() {
    report(DB, MAIL);
    report(DB);
    report(DB);
    assertThat(ups()).contains("{service=\"shop/mail\"} 0.0");
    report(DB);
    assertThat(ups())
        .containsExactlyInAnyOrder("{service=\"shop\"} 1.0", "{service=\"shop/db\"} 1.0");
    report(DB, MAIL);
    assertThat(ups()).contains("{service=\"shop/mail\"} 0.0");
  }

  @Test
  void theyGoWithTheirParent() {
    report(DB, MAIL);
    metrics.forget("shop");
    assertThat(ups()).isEmpty();
    report(DB);
    up("shop"); // asked for something else now
    assertThat(ups()).containsExactly("{service=\"shop\"} 1.0");
  }

  @Test
  void aNameThatBelongsToAnotherServiceIsLeftToIt() {
    up("shop/mail");
    report(DB, MAIL);
    up("shop/db");
    report(MAIL, result("db", Optional.of("refused")));
    assertThat(ups())
        .containsExactlyInAnyOrder(
            "{service=\"shop\"} 1.0", "{service=\"shop/db\"} 1.0", "{service=\"shop/mail\"} 1.0");
    metrics.forget("shop");
    assertThat(ups()).hasSize(2);
  }
}
