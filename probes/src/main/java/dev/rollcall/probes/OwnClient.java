package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.time.Duration;
import java.util.Locale;

/// A question asked through what the application has already (its pool, its client), so that the
/// answer is the one that its own requests get. It ends within 3 s, whatever the library's settings
/// are.
final class OwnClient implements Probe {
  private static final Duration LONGEST = Duration.ofSeconds(3);

  private final String name;
  private final Question question;
  private final String late;

  /// What is asked.
  interface Question {
    /// Asks; `left` is how long it may take, where the library can be told.
    void ask(Attempt attempt, Duration left) throws Exception;
  }

  /// @param late what it means when there is no answer in time
  OwnClient(String name, Question question, String late) {
    this.name = name;
    this.question = question;
    this.late = late;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void check(Attempt attempt) throws Exception {
    Duration left = attempt.limitedTo(LONGEST).remaining();
    try (Alarm alarm = new Alarm(left)) {
      try {
        question.ask(attempt, left);
      } catch (ProbeFailure e) {
        throw e;
      } catch (Exception e) {
        if (alarm.rang()) {
          throw new ProbeFailure(
              String.format(
                  Locale.ROOT, "no answer within %.1f s: %s", left.toMillis() / 1e3, late));
        }
        throw e;
      }
    }
  }
}
