package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.net.URI;
import tools.jackson.databind.JsonNode;

/// Reads a status page of Atlassian Statuspage. Its `indicator` must be `none`. Needs
/// `tools.jackson.core:jackson-databind`.
///
/// The answer is that of the page's `/api/v2/status.json`, which every such page documents at
/// `/api`.
///
/// @param http how to send the request
public record StatuspageProbe(HttpProbe http) implements Probe {
  /// Checks that the JSON library is present.
  public StatuspageProbe {
    Driver.JACKSON.need(StatuspageProbe.class);
  }

  /// A probe of the page at `page`, such as `https://www.githubstatus.com`.
  public static StatuspageProbe of(String name, String page) {
    return new StatuspageProbe(
        HttpProbe.of(name, HttpQuestion.of(address(HttpQuestion.uri(page)))));
  }

  /// The status URL of the page `page`.
  static URI address(URI page) {
    return page.resolve("/api/v2/status.json");
  }

  @Override
  public String name() {
    return http.name();
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    http.judging(attempt, StatuspageProbe::judge);
  }

  private static void judge(HttpAnswer answer) throws ProbeFailure {
    JsonNode status = JsonAnswer.object(answer.body()).path("status");
    String indicator = status.path("indicator").asString("");
    if (indicator.isEmpty()) {
      throw ProbeFailure.answered("body has no status.indicator");
    }
    if (!indicator.equals("none")) {
      String words = Quoted.of(status.path("description").asString(""));
      throw ProbeFailure.answered(
          "the status page reports %s%s"
              .formatted(Quoted.of(indicator), words.isEmpty() ? "" : ": " + words));
    }
  }
}
