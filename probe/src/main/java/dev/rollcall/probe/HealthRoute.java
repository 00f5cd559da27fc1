package dev.rollcall.probe;

import org.jspecify.annotations.Nullable;

/// One path of health: whom it asks, and how it answers those who may see as much. A report is
/// written once for all who share it.
final class HealthRoute {
  private final Question question;
  private final Form form;
  private final View view;
  private final int unhealthy;
  private volatile @Nullable Written last;

  /// What is asked when the path is.
  interface Question {
    Report ask() throws InterruptedException;
  }

  private record Written(Report report, HealthAnswer answer) {}

  /// @param view what its callers get to see
  /// @param unhealthy the status when a probe is not well
  HealthRoute(Question question, Form form, View view, int unhealthy) {
    this.question = question;
    this.form = form;
    this.view = view;
    this.unhealthy = unhealthy;
  }

  @SuppressWarnings("ReferenceEquality") // the very same report, not one with the same content
  HealthAnswer answer() throws InterruptedException {
    Report report = question.ask();
    Written there = last;
    if (there == null || there.report() != report) {
      // two that come at the same moment may both write it, which does no harm
      int status = report.healthy() ? 200 : unhealthy;
      there = new Written(report, HealthAnswer.of(status, form.json(report, view)));
      last = there;
    }
    return there.answer();
  }
}
