package dev.rollcall.probe.spring;

import dev.rollcall.probe.ProbeResult;
import dev.rollcall.probe.Prober;
import dev.rollcall.probe.UnknownProbeException;
import java.util.LinkedHashMap;
import java.util.Map;

/// A probe as a health indicator shows it: asked within the prober's timeout, and sharing a check
/// that is under way.
///
/// @param status as Actuator names it; one it does not know, `DEGRADED`, does not make it answer
///   503
record Shown(String status, Map<String, Object> details) {
  static Shown of(Prober prober, String name) {
    try {
      return of(prober.check(name));
    } catch (UnknownProbeException e) { // the application has a prober of its own
      return new Shown("UNKNOWN", Map.of("error", "the application's Prober has no such probe"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Shown("UNKNOWN", Map.of("error", "interrupted"));
    }
  }

  private static Shown of(ProbeResult result) {
    String status =
        switch (result.status()) {
          case OK -> "UP";
          case DEGRADED -> "DEGRADED";
          case DOWN -> "DOWN";
        };
    Map<String, Object> details = new LinkedHashMap<>();
    result.reason().ifPresent(why -> details.put(result.healthy() ? "degraded" : "error", why));
    details.put("duration", result.duration().toMillis() + " ms");
    result.details().forEach(details::putIfAbsent);
    return new Shown(status, details);
  }
}
