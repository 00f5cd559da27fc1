package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.Prober;
import java.time.Duration;

/// Finds always the same, for tests and for trying things out.
///
/// @param name what the probe is called
/// @param healthy what it finds
/// @param delay how long it takes, if its deadline lets it
/// @param error why it fails, where it does
public record SampleProbe(String name, boolean healthy, Duration delay, String error)
    implements Probe {
  /// A probe that takes 1 ms, and fails with `error` where it does.
  public static SampleProbe of(String name, boolean healthy) {
    return new SampleProbe(name, healthy, Duration.ofMillis(1), "error");
  }

  /// The same, taking `time`.
  public SampleProbe delay(Duration time) {
    return new SampleProbe(name, healthy, time, error);
  }

  /// The same, failing with `reason` where it fails.
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
