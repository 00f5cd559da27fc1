package dev.rollcall.server.http;

import java.util.List;
import org.eclipse.jetty.http.HttpStatus;
import tools.jackson.core.JsonGenerator;

/// The answers of seed 001: `{"status":200,"status_desc":"OK","data":{...}}`.
public final class Envelope {
  private Envelope() {}

  /// 200 without data: `{"status":200,"status_desc":"OK"}`.
  public static Answer ok() {
    return Answer.json(200, json -> head(json, 200).writeEndObject());
  }

  /// 200 around `data`, which writes one JSON value.
  public static Answer ok(Json.Body data) {
    return of(200, data);
  }

  /// Any other success around `data`, which writes one JSON value.
  public static Answer of(int status, Json.Body data) {
    return Answer.json(
        status,
        json -> {
          head(json, status).writeName("data");
          data.write(json);
          json.writeEndObject();
        });
  }

  static void error(JsonGenerator json, int status, List<String> errors) {
    head(json, status).writeName("errors").writeStartArray();
    errors.forEach(json::writeString);
    json.writeEndArray().writeEndObject();
  }

  private static JsonGenerator head(JsonGenerator json, int status) {
    return json.writeStartObject()
        .writeNumberProperty("status", status)
        .writeStringProperty("status_desc", HttpStatus.getMessage(status));
  }
}
