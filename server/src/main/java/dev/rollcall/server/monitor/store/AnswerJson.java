package dev.rollcall.server.monitor.store;

import dev.rollcall.probe.AnswerExcerpt;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.monitor.path.Path;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// What is known of an observation that confirms a change, as JSON for the incident: what came back
/// instead of what was expected, and the paths to the service, each as a list of addresses for each
/// TTL:
/// `{"status":503,"headers":{"Server":"nginx"},"body":"...","paths":{"good":[["192.0.2.1"],[]],
/// "now":[["192.0.2.1"]]}}`.
final class AnswerJson {
  /// How many characters of a body are kept.
  private static final int MOST = 2 << 10;

  private static final int LONGEST_HEADER = 200;

  private AnswerJson() {}

  /// What is known.
  ///
  /// @param good the last path that reached the service
  /// @param now the present path
  /// @return empty if nothing is known
  static Optional<String> of(
      Optional<AnswerExcerpt> answer, Optional<Path> good, Optional<Path> now) {
    if (answer.isEmpty() && good.isEmpty() && now.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        Json.text(
            json -> {
              json.writeStartObject();
              answer.ifPresent(came -> write(json, came));
              if (good.isPresent() || now.isPresent()) {
                json.writeName("paths").writeStartObject();
                good.ifPresent(path -> PathStore.hops(json.writeName("good"), path));
                now.ifPresent(path -> PathStore.hops(json.writeName("now"), path));
                json.writeEndObject();
              }
              json.writeEndObject();
            }));
  }

  private static void write(JsonGenerator json, AnswerExcerpt answer) {
    json.writeNumberProperty("status", answer.status()).writeName("headers").writeStartObject();
    answer
        .headers()
        .forEach((name, value) -> json.writeStringProperty(name, cut(value, LONGEST_HEADER)));
    json.writeEndObject().writeStringProperty("body", cut(answer.body(), MOST));
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 2)) ? most - 2 : most - 1;
    return text.substring(0, end) + "…";
  }
}
