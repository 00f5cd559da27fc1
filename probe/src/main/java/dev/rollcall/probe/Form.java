package dev.rollcall.probe;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// How a report is written as JSON (RFC 8259, in UTF-8).
///
/// A [Status#DEGRADED] probe is healthy and has `"status":"degraded"`. Details of a probe are in
/// `details`. Both keys are absent if there is nothing to report. Callers who see only whether all
/// is healthy do not see that something is degraded; Actuator, which would answer `UP`, does not
/// show it either.
public enum Form {
  /// `{"healthy":true,"probes":[{"name":"redis","healthy":true,"comment":"took
  /// 1.2ms","error":null,"duration":1200000}],"error":null}`, the duration in whole nanoseconds.
  PHILAE {
    @Override
    void write(Report report, View view, JsonWriter json) {
      json.text("{\"healthy\":").raw(report.healthy()).text(",\"probes\":[");
      String comma = "";
      for (ProbeResult probe : shown(report, view)) {
        json.text(comma);
        head(probe, comment(probe, view), json);
        json.text(",\"error\":").string(error(probe, view));
        tail(probe, view, json);
        json.text("}");
        comma = ",";
      }
      json.text("],\"error\":").string(error(report, view));
      degraded(status(report, view), json);
      json.text("}");
    }
  },

  /// As [#PHILAE], for clients in Go that use [go-philae][1]. They can read an `error` only if it
  /// is null, so every `error` is null. The `comment` of a probe says why it is unhealthy (the
  /// clients show it), and `reason` has the text of the error, if there is one.
  ///
  /// [1]: https://github.com/Scalingo/go-philae/blob/master/philaeprobe/philaeprobe.go
  GO_CLIENTS {
    @Override
    void write(Report report, View view, JsonWriter json) {
      json.text("{\"healthy\":").raw(report.healthy()).text(",\"probes\":[");
      String comma = "";
      for (ProbeResult probe : shown(report, view)) {
        json.text(comma);
        Optional<String> failure = view.details() ? probe.failure() : Optional.empty();
        head(probe, failure.orElseGet(() -> comment(probe, view)), json);
        json.text(",\"error\":null");
        tail(probe, view, json);
        reason(error(probe, view), json);
        json.text("}");
        comma = ",";
      }
      json.text("],\"error\":null");
      reason(error(report, view), json);
      degraded(status(report, view), json);
      json.text("}");
    }

    private void reason(Optional<String> error, JsonWriter json) {
      if (error.isPresent()) {
        json.text(",\"reason\":").string(error);
      }
    }
  },

  /// The form of Spring Boot's Actuator: `{"status":"UP","components":{"redis":
  /// {"status":"UP","details":{"duration":"1.2ms"}}}}`. `DOWN` has the detail `error`. `DEGRADED`
  /// has the detail `degraded`; Actuator answers it with 200, like every status that it does not
  /// know.
  ACTUATOR {
    @Override
    void write(Report report, View view, JsonWriter json) {
      json.text("{\"status\":").text(word(status(report, view)));
      if (view != View.STATUS) {
        json.text(",\"components\":{");
        String comma = "";
        for (ProbeResult probe : report.probes()) {
          json.text(comma).string(probe.name()).text(":{\"status\":").text(word(probe.status()));
          if (view.details()) {
            details(probe, json);
          }
          json.text("}");
          comma = ",";
        }
        json.text("}");
      }
      json.text("}");
    }

    private void details(ProbeResult probe, JsonWriter json) {
      json.text(",\"details\":{\"duration\":\"").text(GoDuration.text(probe.duration())).text("\"");
      String reason = probe.healthy() ? "degraded" : "error";
      if (probe.reason().isPresent()) {
        json.text(",").string(reason).text(":").string(probe.reason());
      }
      probe
          .details()
          .forEach(
              (name, value) -> {
                if (!name.equals("duration") && !name.equals(reason)) {
                  json.text(",").string(name).text(":").string(value);
                }
              });
      json.text("}");
    }

    private String word(Status status) {
      return switch (status) {
        case OK -> "\"UP\"";
        case DEGRADED -> "\"DEGRADED\"";
        case DOWN -> "\"DOWN\"";
      };
    }
  };

  abstract void write(Report report, View view, JsonWriter json);

  private static List<ProbeResult> shown(Report report, View view) {
    return view == View.STATUS ? List.of() : report.probes();
  }

  private static Status status(Report report, View view) {
    return view == View.STATUS && report.healthy() ? Status.OK : report.status();
  }

  private static void head(ProbeResult probe, String comment, JsonWriter json) {
    json.text("{\"name\":").string(probe.name()).text(",\"healthy\":").raw(probe.healthy());
    json.text(",\"comment\":").string(comment);
  }

  private static void tail(ProbeResult probe, View view, JsonWriter json) {
    json.text(",\"duration\":").raw(view.details() ? probe.duration().toNanos() : 0);
    degraded(probe.status(), json);
    if (view.details() && !probe.details().isEmpty()) {
      json.text(",\"details\":{");
      String comma = "";
      for (var detail : probe.details().entrySet()) {
        json.text(comma).string(detail.getKey()).text(":").string(detail.getValue());
        comma = ",";
      }
      json.text("}");
    }
  }

  private static void degraded(Status status, JsonWriter json) {
    if (status == Status.DEGRADED) {
      json.text(",\"status\":\"degraded\"");
    }
  }

  private static String comment(ProbeResult probe, View view) {
    if (view.details()) {
      return probe.comment();
    }
    return switch (probe.status()) {
      case OK -> "ok";
      case DEGRADED -> "degraded";
      case DOWN -> "error";
    };
  }

  private static Optional<String> error(ProbeResult probe, View view) {
    return view.details() ? probe.error() : probe.failure().map(why -> "probe check failed");
  }

  private static Optional<String> error(Report report, View view) {
    return switch (view) {
      case DETAILS -> report.error();
      case PROBES ->
          report.healthy()
              ? Optional.empty()
              : Optional.of(
                  report.probes().stream()
                      .filter(probe -> !probe.healthy())
                      .map(probe -> "probe " + probe.name() + ": probe check failed")
                      .collect(Collectors.joining(", ", "prober error: ", "")));
      case STATUS -> report.healthy() ? Optional.empty() : Optional.of("prober error");
    };
  }

  /// The complete report in this form, on one line.
  public String json(Report report) {
    return json(report, View.DETAILS);
  }

  String json(Report report, View view) {
    JsonWriter json = new JsonWriter(64 + 128 * report.probes().size());
    write(report, view, json);
    return json.toString();
  }
}
