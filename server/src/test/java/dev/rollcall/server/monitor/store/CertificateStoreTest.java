package dev.rollcall.server.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.check.Certificate;
import dev.rollcall.server.monitor.check.Evaluator;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.sql.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificateStoreTest {
  @ParameterizedTest
  @EnumSource
  void eachWarningIsASignalOnceAndANewerOneEndsIt(TestDatabases engine, @TempDir Path folder) {
    try (MonitorDatabase data = new MonitorDatabase(engine, folder)) {
      long service = data.service("shop");
      Instant ends = Instant.parse("2026-12-24T12:00:00Z");
      Instant now = ends.minus(Duration.ofDays(10));
      assertThat(written(data, service, ends, 0, now)).isEmpty();
      assertThat(written(data, service, ends, 1, now))
          .singleElement()
          .satisfies(
              signal -> {
                assertThat(signal.from()).isEqualTo("valid");
                assertThat(signal.to()).isEqualTo("certificate");
                assertThat(signal.cause()).contains("the certificate ends 2026-12-24T12:00:00Z");
                assertThat(signal.subject().name()).isEqualTo("shop");
              });
      // As a process that has lost what it knew, and finds the same again.
      assertThat(written(data, service, ends, 1, now)).isEmpty();
      assertThat(written(data, service, ends, 2, now))
          .singleElement()
          .matches(Signal::isReminder)
          .matches(signal -> signal.from().equals("certificate"));
      assertThat(written(data, service, ends.plusSeconds(1), 2, now))
          .singleElement()
          .matches(Signal::isReminder);
      assertThat(written(data, service, ends, 3, ends.plusSeconds(1)))
          .singleElement()
          .matches(signal -> signal.cause().orElseThrow().startsWith("the certificate has ended"));
      Instant newer = ends.plus(Duration.ofDays(90));
      assertThat(written(data, service, newer, 0, now))
          .singleElement()
          .matches(signal -> signal.from().equals("certificate") && signal.to().equals("valid"));
      assertThat(data.services.scheduled(Set.of(service)).getFirst().certificate())
          .isEqualTo(new Certificate(Optional.of(newer), 0));

      assertThat(written(data, service, ends, 1, now)).hasSize(1);
      List<Signal> removed = new ArrayList<>();
      data.commits.write(
          (tx, ids) -> {
            ids.forEach(id -> removed.addAll(StreakStore.remove(tx, id, now)));
            return ids;
          },
          service);
      assertThat(removed)
          .singleElement()
          .matches(signal -> signal.from().equals("certificate") && signal.to().equals("removed"));
    }
  }

  private static List<Signal> written(
      MonitorDatabase data, long service, Instant ends, int warnings, Instant now) {
    Outcome outcome =
        new Outcome(
            service,
            1,
            MonitorDatabase.up(now, 5),
            new Evaluator.Transition.Stays(),
            true,
            false,
            Optional.of(new Certificate(Optional.of(ends), warnings)),
            Optional.empty(),
            Optional.empty());
    List<Signal> signals = new ArrayList<>();
    data.commits.write(
        (tx, outcomes) -> {
          signals.addAll(CertificateStore.write(tx, outcomes, now));
          return outcomes.stream().map(_ -> true).toList();
        },
        outcome);
    return signals;
  }
}
