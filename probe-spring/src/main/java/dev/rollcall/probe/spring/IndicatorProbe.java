package dev.rollcall.probe.spring;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/// A health indicator, asked as a probe. `DOWN` and `OUT_OF_SERVICE` are failures, as they are for
/// Actuator's own status codes; any other status is well.
///
/// The reason is the indicator's detail `error`, which `Health.down(exception)` sets, else its
/// status with the description.
record IndicatorProbe(String name, HealthIndicator indicator) implements Probe {
  @Override
  public void check(Attempt attempt) throws ProbeFailure {
    Health health = indicator.health();
    if (health == null) {
      throw new ProbeFailure("the health indicator gave no answer");
    }
    Status status = health.getStatus();
    if (status.equals(Status.DOWN) || status.equals(Status.OUT_OF_SERVICE)) {
      throw new ProbeFailure(reason(health));
    }
  }

  private static String reason(Health health) {
    Object error = health.getDetails().get("error");
    if (error != null) {
      return error.toString();
    }
    Status status = health.getStatus();
    String description = status.getDescription();
    return description.isBlank() ? "status " + status : "status " + status + ": " + description;
  }
}
