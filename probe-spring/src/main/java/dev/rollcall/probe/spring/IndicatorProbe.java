package dev.rollcall.probe.spring;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A health indicator, asked as a probe. `DOWN` and `OUT_OF_SERVICE` are failures, as they are for
/// Actuator's own status codes; `DEGRADED` is what it is called for probes too, and any other
/// status is well.
///
/// The reason is the indicator's detail `error`, which `Health.down(exception)` sets, else its
/// status with the description.
record IndicatorProbe(String name, Supplier<@Nullable Found> indicator) implements Probe {
  private static final String REASON = "error";

  @Override
  public void check(Attempt attempt) throws ProbeFailure {
    Found found = indicator.get();
    if (found == null) {
      throw new ProbeFailure("the health indicator gave no answer");
    }
    found
        .details()
        .forEach(
            (detail, value) -> {
              if (!detail.equals(REASON)) {
                attempt.detail(detail, String.valueOf(value));
              }
            });
    switch (found.status()) {
      case "DOWN", "OUT_OF_SERVICE" -> throw new ProbeFailure(reason(found));
      case "DEGRADED" -> attempt.degraded(reason(found));
      default -> {}
    }
  }

  private static String reason(Found found) {
    Object error = found.details().get(REASON);
    if (error != null) {
      return error.toString();
    }
    String status = "status " + found.status();
    return found.description().isBlank() ? status : status + ": " + found.description();
  }
}
