package dev.rollcall.probe;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// How a report is written as JSON (RFC 8259, in UTF-8).
///
/// What is [Status#DEGRADED] is healthy and has `"status":"degraded"` besides; details of a probe's
/// own stand in `details`. Neither key is there where there is nothing to say. Who sees whether all
/// is well alone does not see that something is degraded: Actuator, which would say `UP`, does not
/// tell it either.
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

  /// As [#PHILAE] for clients that are written in Go with [go-philae][1], which can read an error
  /// only where it is null: every `error` is null, a probe's `comment` is why it is not well (they
  /// show it), and the error's text stands in `reason`, where there is one.
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

  /// The shape of Spring Boot's Actuator: `{"status":"UP","components":{"redis":
  /// {"status":"UP","details":{"duration":"1.2ms"}}}}`; `DOWN` has `error` among its details, and
  /// `DEGRADED`, which Actuator answers with 200 as any status it does not know, has `degraded`.
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

  /// The report in this form, on one line, with all there is to see.
  public String json(Report report) {
    return json(report, View.DETAILS);
  }

  String json(Report report, View view) {
    JsonWriter json = new JsonWriter(64 + 128 * report.probes().size());
    write(report, view, json);
    return json.toString();
  }
}
