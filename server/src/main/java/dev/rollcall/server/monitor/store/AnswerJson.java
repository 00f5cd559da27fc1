package dev.rollcall.server.monitor.store;

import dev.rollcall.probe.AnswerExcerpt;
import dev.rollcall.server.http.Json;

/// What came back instead of what was expected, as JSON for the incident: `{"status":503,"headers":
/// {"Server":"nginx"},"body":"..."}`.
final class AnswerJson {
  /// How many characters of a body are kept.
  private static final int MOST = 2 << 10;

  private static final int LONGEST_HEADER = 200;

  private AnswerJson() {}

  static String of(AnswerExcerpt answer) {
    return Json.text(
        json -> {
          json.writeStartObject()
              .writeNumberProperty("status", answer.status())
              .writeName("headers")
              .writeStartObject();
          answer
              .headers()
              .forEach((name, value) -> json.writeStringProperty(name, cut(value, LONGEST_HEADER)));
          json.writeEndObject().writeStringProperty("body", cut(answer.body(), MOST));
          json.writeEndObject();
        });
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 2)) ? most - 2 : most - 1;
    return text.substring(0, end) + "…";
  }
}
