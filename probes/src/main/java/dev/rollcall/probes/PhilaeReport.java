package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// What another service's `/_health` says of the things it depends on.
///
/// @param healthy whether it calls itself well
/// @param dependencies one a probe, in its order, 1,000 at most
public record PhilaeReport(boolean healthy, List<Dependency> dependencies) {
  private static final int MOST = 1000;
  private static final int NAMED = 10;

  /// One thing that the other service depends on.
  ///
  /// @param name what it is called there
  /// @param healthy whether it answers
  /// @param reason why not; empty when it does
  /// @param took how long asking it took; zero where that was not said
  public record Dependency(String name, boolean healthy, String reason, Duration took) {}

  /// Keeps a copy of the list.
  public PhilaeReport {
    dependencies = List.copyOf(dependencies);
  }

  /// Reads the JSON of a `/_health`, of Rollcall's or of go-philae's: there, a failure's text is in
  /// `comment`, as its `error` is always `null` or `{}`.
  static PhilaeReport parse(String body) throws ProbeFailure {
    JsonNode report = JsonAnswer.object(body);
    if (!report.path("healthy").isBoolean()) {
      throw ProbeFailure.answered("body is no health report: it does not say \"healthy\"");
    }
    List<Dependency> dependencies = new ArrayList<>();
    for (JsonNode probe : report.path("probes").values()) {
      if (dependencies.size() < MOST) {
        dependencies.add(dependency(probe));
      }
    }
    return new PhilaeReport(report.path("healthy").booleanValue(), dependencies);
  }

  private static Dependency dependency(JsonNode probe) {
    boolean healthy = probe.path("healthy").asBoolean(false);
    return new Dependency(
        Quoted.of(probe.path("name").asString("")),
        healthy,
        healthy ? "" : reason(probe),
        Duration.ofNanos(Math.max(0, probe.path("duration").asLong(0))));
  }

  private static String reason(JsonNode probe) {
    JsonNode error = probe.path("error");
    String text = error.isString() ? error.stringValue() : probe.path("comment").asString("");
    return Quoted.of(text.replaceFirst("^probe check failed: ", ""));
  }

  /// What is down there, in one line, the first ten by name: `redis is down (timeout: ...), mail is
  /// down (...)`.
  String reason() {
    List<Dependency> down = dependencies.stream().filter(one -> !one.healthy()).toList();
    if (down.isEmpty()) {
      return "it calls itself unhealthy, and names nothing that is down";
    }
    String named =
        down.stream()
            .limit(NAMED)
            .map(
                one ->
                    one.name()
                        + " is down"
                        + (one.reason().isEmpty() ? "" : " (" + one.reason() + ")"))
            .collect(Collectors.joining(", "));
    return down.size() > NAMED ? named + ", and %d more".formatted(down.size() - NAMED) : named;
  }
}
