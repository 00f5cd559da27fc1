package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.Prober;
import java.time.Duration;

/// Always has the same result, for tests and experiments.
///
/// @param name name of the probe
/// @param healthy the result
/// @param delay duration of the check, if the deadline allows it
/// @param error why it fails, if it fails
public record SampleProbe(String name, boolean healthy, Duration delay, String error)
    implements Probe {
  /// A probe that takes 1 ms, and fails with `error` if it is unhealthy.
  public static SampleProbe of(String name, boolean healthy) {
    return new SampleProbe(name, healthy, Duration.ofMillis(1), "error");
  }

  /// A copy that takes `time`.
  public SampleProbe delay(Duration time) {
    return new SampleProbe(name, healthy, time, error);
  }

  /// A copy that fails with `reason` if it fails.
  public SampleProbe error(String reason) {
    return new SampleProbe(name, healthy, delay, reason);
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Duration left = attempt.remaining();
    if (delay.compareTo(left) > 0) {
      Thread.sleep(left);
      throw new ProbeFailure(Prober.LATE); // in the prober's own words, whoever is first to say so
    }
    Thread.sleep(delay);
    if (!healthy) {
      throw ProbeFailure.answered(error);
    }
  }
}
