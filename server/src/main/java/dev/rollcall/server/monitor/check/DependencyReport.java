package dev.rollcall.server.monitor.check;

import dev.rollcall.probe.ProbeResult;
import dev.rollcall.server.config.OneLine;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a `/_health` reports about the dependencies of its service. For each dependency, there is a
/// derived service called `service/dependency`.
public final class DependencyReport {
  /// The largest number of dependencies that are read.
  static final int MOST = 100;

  /// A derived service is retired after this many reports in a row without its name.
  public static final int PATIENCE = 3;

  private static final int LONGEST_NAME = 255;

  private DependencyReport() {}

  /// Whether a check of `url` reads a `/_health`.
  public static boolean isReadFrom(URI url) {
    return String.valueOf(url.getScheme()).startsWith("philae+");
  }

  /// The name of the service for the dependency `part` of `parent`.
  public static String name(String parent, String part) {
    return cut(parent + "/" + part);
  }

  private static String cut(String name) {
    if (name.length() <= LONGEST_NAME) {
      return name;
    }
    boolean splits = Character.isHighSurrogate(name.charAt(LONGEST_NAME - 1));
    return name.substring(0, splits ? LONGEST_NAME - 1 : LONGEST_NAME);
  }

  /// The results by name, the first of each. Characters in a name that cannot be stored or seen are
  /// escaped, since any program may have written it.
  public static Map<String, ProbeResult> named(List<ProbeResult> report) {
    Map<String, ProbeResult> named = new LinkedHashMap<>();
    for (ProbeResult one : report) {
      if (!one.name().isBlank()) {
        named.putIfAbsent(OneLine.of(one.name()), one);
      }
    }
    return named;
  }

  /// The observation of a derived service.
  ///
  /// @param at when the check of its parent began
  public static Observation observation(Instant at, ProbeResult found) {
    Duration took = found.duration();
    return found.healthy()
        ? new Observation.Up(at, took, Measurements.NOTHING)
        : new Observation.Down(
            at,
            took,
            Measurements.NOTHING,
            found.failure().filter(why -> !why.isBlank()).orElse("its service calls it unhealthy"));
  }
}
