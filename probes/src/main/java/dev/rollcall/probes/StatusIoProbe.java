package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads a status page of status.io and fails if it reports an incident: an overall status code of
/// 400 (partial disruption) or more. Planned maintenance (200) and degraded performance (300) are
/// not incidents. Needs `tools.jackson.core:jackson-databind`.
///
/// Source: status.io's public status API, <https://kb.status.io/developers/public-status-api/>.
///
/// @param http how to send the request
public record StatusIoProbe(HttpProbe http) implements Probe {
  private static final int INCIDENT = 400;
  private static final int NAMED = 5;

  /// Checks that the JSON library is present.
  public StatusIoProbe {
    Driver.JACKSON.need(StatusIoProbe.class);
  }

  /// A probe of the page with the id `page`, such as `5b36dc6502d06804c08349f7`.
  public static StatusIoProbe of(String name, String page) {
    return new StatusIoProbe(HttpProbe.of(name, HttpQuestion.of(address(page))));
  }

  /// The status URL of the page with the id `page`.
  static URI address(String page) {
    if (!page.matches("[0-9a-zA-Z]{1,64}")) {
      throw new IllegalArgumentException(
          "\"%s\" is no id of a status.io page: letters and digits".formatted(page));
    }
    return URI.create("https://api.status.io/1.0/status/" + page);
  }

  @Override
  public String name() {
    return http.name();
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    http.judging(attempt, StatusIoProbe::judge);
  }

  private static void judge(HttpAnswer answer) throws ProbeFailure {
    JsonNode result = JsonAnswer.object(answer.body()).path("result");
    JsonNode overall = result.path("status_overall");
    if (!overall.path("status_code").isNumber()) {
      throw ProbeFailure.answered("body has no result.status_overall.status_code");
    }
    int code = overall.path("status_code").asInt();
    if (code >= INCIDENT) {
      List<String> where = where(result.path("status"));
      throw ProbeFailure.answered(
          "the status page reports %s (%d)%s"
              .formatted(
                  Quoted.of(overall.path("status").asString("an incident")),
                  code,
                  where.isEmpty() ? "" : ": " + String.join(", ", where)));
    }
  }

  private static List<String> where(JsonNode parts) {
    List<String> where = new ArrayList<>();
    for (JsonNode part : parts.values()) {
      if (part.path("status_code").asInt(0) >= INCIDENT && where.size() < NAMED) {
        where.add(Quoted.of(part.path("name").asString("")));
      }
    }
    return where;
  }
}
