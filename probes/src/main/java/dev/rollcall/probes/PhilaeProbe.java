package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.util.List;

/// Reads the `/_health` of another service, which uses Rollcall's library or go-philae. If a
/// dependency of that service is down, the probe fails and the reason names it. If one is degraded,
/// the probe is degraded. The attempt records the result of each dependency.
///
/// Responses with the status 2xx, 3xx or 503 are read; the body decides. Needs
/// `tools.jackson.core:jackson-databind`.
///
/// @param http how to send the request; its expectation is replaced
public record PhilaeProbe(HttpProbe http) implements Probe {
  private static final HttpExpectation ANSWER =
      HttpExpectation.DEFAULT.statuses(
          List.of(new StatusRange(100, 399), new StatusRange(503, 503)));

  /// Expects a report.
  public PhilaeProbe {
    http = http.asking(http.question().expecting(ANSWER));
    Driver.JACKSON.need(PhilaeProbe.class);
  }

  /// A probe of `url`, such as `https://billing.example/_health`. Limits: 2 s to connect, 1 s for
  /// the answer.
  public static PhilaeProbe of(String name, String url) {
    return of(name, HttpQuestion.of(url));
  }

  /// A probe that sends `question`, with the same limits if its settings have none.
  public static PhilaeProbe of(String name, HttpQuestion question) {
    return new PhilaeProbe(HttpProbe.of(name, question));
  }

  @Override
  public String name() {
    return http.name();
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    http.judging(
        attempt,
        answer -> {
          PhilaeReport report = PhilaeReport.parse(answer.body());
          attempt.dependsOn(report.dependencies());
          if (!report.healthy()) {
            throw ProbeFailure.answered(report.reason());
          }
          report.degraded().ifPresent(attempt::degraded);
        });
  }

  /// Sends the request once and returns the whole report, whatever the result.
  ///
  /// @throws ProbeFailure if there is none
  public PhilaeReport report(Attempt attempt) throws ProbeFailure, InterruptedException {
    PhilaeReport report = PhilaeReport.parse(http.answer(attempt).body());
    return new PhilaeReport(
        report.healthy(), http.question().secrets().hide(report.dependencies()));
  }
}
