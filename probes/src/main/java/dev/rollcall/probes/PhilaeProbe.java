package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.util.List;

/// Asks another service's `/_health`, of Rollcall's library or of go-philae, whether all that it
/// depends on answers. When not, the reason names what is down there; what is degraded there makes
/// it degraded. Either way the attempt notes how each of those was found.
///
/// An answer is looked at whether its status is 2xx, 3xx or 503: the body decides. Needs
/// `tools.jackson.core:jackson-databind`.
///
/// @param http how to ask; its question's expectation is replaced
public record PhilaeProbe(HttpProbe http) implements Probe {
  private static final HttpExpectation ANSWER =
      HttpExpectation.DEFAULT.statuses(
          List.of(new StatusRange(100, 399), new StatusRange(503, 503)));

  /// Expects a report.
  public PhilaeProbe {
    http = http.asking(http.question().expecting(ANSWER));
    Driver.JACKSON.need(PhilaeProbe.class);
  }

  /// A probe that asks `url`, such as `https://billing.example/_health`: 2 s to connect, 1 s for
  /// the answer.
  public static PhilaeProbe of(String name, String url) {
    return of(name, HttpQuestion.of(url));
  }

  /// A probe that asks `question`, held to the same times where its settings say nothing of them.
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

  /// Asks once, and gives the whole report, whatever it says.
  ///
  /// @throws ProbeFailure if there is none
  public PhilaeReport report(Attempt attempt) throws ProbeFailure, InterruptedException {
    PhilaeReport report = PhilaeReport.parse(http.answer(attempt).body());
    return new PhilaeReport(
        report.healthy(), http.question().secrets().hide(report.dependencies()));
  }
}
