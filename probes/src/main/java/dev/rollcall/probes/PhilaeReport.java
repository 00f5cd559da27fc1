package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.ProbeResult;
import dev.rollcall.probe.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// The `/_health` report of another service.
///
/// @param healthy whether it reports itself as healthy
/// @param dependencies one result per probe, in its order, at most 1,000; a duration is zero if
///   none was reported
public record PhilaeReport(boolean healthy, List<ProbeResult> dependencies) {
  private static final int MOST = 1000;
  private static final int NAMED = 10;

  /// Keeps a copy of the list.
  public PhilaeReport {
    dependencies = List.copyOf(dependencies);
  }

  /// Reads the JSON of a `/_health`, of Rollcall's or of go-philae's, whose `error` is a text, an
  /// error of Go's as an object ([GoError]), or `{}`, where the `comment` has to do.
  static PhilaeReport parse(String body) throws ProbeFailure {
    JsonNode report = JsonAnswer.object(body);
    if (!report.path("healthy").isBoolean()) {
      throw ProbeFailure.answered("body is no health report: it does not say \"healthy\"");
    }
    List<ProbeResult> dependencies = new ArrayList<>();
    for (JsonNode probe : report.path("probes").values()) {
      if (dependencies.size() < MOST) {
        dependencies.add(dependency(probe));
      }
    }
    return new PhilaeReport(report.path("healthy").booleanValue(), dependencies);
  }

  private static Status status(JsonNode probe) {
    if (!probe.path("healthy").asBoolean(false)) {
      return Status.DOWN;
    }
    return probe.path("status").asString("").equals("degraded") ? Status.DEGRADED : Status.OK;
  }

  private static ProbeResult dependency(JsonNode probe) {
    Status status = status(probe);
    return new ProbeResult(
        Quoted.of(probe.path("name").asString("")),
        status,
        status == Status.OK ? Optional.empty() : Optional.of(reason(probe)),
        Duration.ofNanos(Math.max(0, probe.path("duration").asLong(0))),
        Map.of());
  }

  private static String reason(JsonNode probe) {
    String text = GoError.text(probe.path("error"));
    if (text.isEmpty()) {
      text = probe.path("comment").asString("");
    }
    return Quoted.of(text.replaceFirst("^(?:probe check failed|degraded): ", ""));
  }

  /// What is down, in one line, the first ten by name: `redis is down (timeout: ...), mail is down
  /// (...)`.
  String reason() {
    return named(Status.DOWN).orElse("it calls itself unhealthy, and names nothing that is down");
  }

  /// What is degraded, in one line, if anything is.
  Optional<String> degraded() {
    return named(Status.DEGRADED);
  }

  private Optional<String> named(Status status) {
    List<ProbeResult> these = dependencies.stream().filter(one -> one.status() == status).toList();
    if (these.isEmpty()) {
      return Optional.empty();
    }
    String word = status == Status.DOWN ? " is down" : " is degraded";
    String named =
        these.stream()
            .limit(NAMED)
            .map(
                one ->
                    one.name()
                        + word
                        + one.reason()
                            .filter(why -> !why.isEmpty())
                            .map(" (%s)"::formatted)
                            .orElse(""))
            .collect(Collectors.joining(", "));
    return Optional.of(
        these.size() > NAMED ? named + ", and %d more".formatted(these.size() - NAMED) : named);
  }
}
