package dev.rollcall.probe;

import java.util.Optional;

/// How a report is written as JSON (RFC 8259, in UTF-8).
public enum Form {
  /// `{"healthy":true,"probes":[{"name":"redis","healthy":true,"comment":"took
  /// 1.2ms","error":null,"duration":1200000}],"error":null}`, the duration in whole nanoseconds.
  PHILAE {
    @Override
    void write(Report report, JsonWriter json) {
      json.text("{\"healthy\":").raw(report.healthy()).text(",\"probes\":[");
      String comma = "";
      for (ProbeResult probe : report.probes()) {
        json.text(comma);
        head(probe, probe.comment(), json);
        json.text(",\"error\":").string(probe.error());
        json.text(",\"duration\":").raw(probe.duration().toNanos()).text("}");
        comma = ",";
      }
      json.text("],\"error\":").string(report.error()).text("}");
    }
  },

  /// As [#PHILAE] for clients that are written in Go with [go-philae][1], which can read an error
  /// only where it is null: every `error` is null, a probe's `comment` is why it is not well (they
  /// show it), and the error's text stands in `reason`, where there is one.
  ///
  /// [1]: https://github.com/Scalingo/go-philae/blob/master/philaeprobe/philaeprobe.go
  GO_CLIENTS {
    @Override
    void write(Report report, JsonWriter json) {
      json.text("{\"healthy\":").raw(report.healthy()).text(",\"probes\":[");
      String comma = "";
      for (ProbeResult probe : report.probes()) {
        json.text(comma);
        head(probe, probe.failure().orElseGet(probe::comment), json);
        json.text(",\"error\":null,\"duration\":").raw(probe.duration().toNanos());
        reason(probe.error(), json);
        comma = ",";
      }
      json.text("],\"error\":null");
      reason(report.error(), json);
    }

    private void reason(Optional<String> error, JsonWriter json) {
      if (error.isPresent()) {
        json.text(",\"reason\":").string(error);
      }
      json.text("}");
    }
  },

  /// The shape of Spring Boot's Actuator: `{"status":"UP","components":{"redis":
  /// {"status":"UP","details":{"duration":"1.2ms"}}}}`; `DOWN` has `error` among its details.
  ACTUATOR {
    @Override
    void write(Report report, JsonWriter json) {
      json.text("{\"status\":").text(status(report.healthy())).text(",\"components\":{");
      String comma = "";
      for (ProbeResult probe : report.probes()) {
        json.text(comma).string(probe.name()).text(":{\"status\":").text(status(probe.healthy()));
        json.text(",\"details\":{\"duration\":\"").text(GoDuration.text(probe.duration()));
        json.text("\"");
        if (probe.failure().isPresent()) {
          json.text(",\"error\":").string(probe.failure());
        }
        json.text("}}");
        comma = ",";
      }
      json.text("}}");
    }

    private String status(boolean healthy) {
      return healthy ? "\"UP\"" : "\"DOWN\"";
    }
  };

  abstract void write(Report report, JsonWriter json);

  private static void head(ProbeResult probe, String comment, JsonWriter json) {
    json.text("{\"name\":").string(probe.name()).text(",\"healthy\":").raw(probe.healthy());
    json.text(",\"comment\":").string(comment);
  }

  /// The report in this form, on one line.
  public String json(Report report) {
    JsonWriter json = new JsonWriter(64 + 128 * report.probes().size());
    write(report, json);
    return json.toString();
  }
}
