package dev.rollcall.probe.spring;

import dev.rollcall.probe.ProbeResult;
import dev.rollcall.probe.Prober;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// A probe, asked as a health indicator: within the prober's timeout, and sharing a check that is
/// under way.
record ProbeIndicator(Prober prober, String name) implements HealthIndicator {
  @Override
  public Health health() {
    try {
      ProbeResult result = prober.check(name);
      Health.Builder health = result.healthy() ? Health.up() : Health.down();
      result.failure().ifPresent(why -> health.withDetail("error", why));
      return health.withDetail("duration", result.duration().toMillis() + " ms").build();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Health.unknown().withDetail("error", "interrupted").build();
    }
  }
}
