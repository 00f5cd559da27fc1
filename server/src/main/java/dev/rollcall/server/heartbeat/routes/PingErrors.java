package dev.rollcall.server.heartbeat.routes;

import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.ErrorShape;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// The form of errors of the ping routes: `{"status":"error","message":"...","parameter":"..."}`.
/// `parameter` is there if one parameter is wrong.
enum PingErrors implements ErrorShape {
  SHAPE;

  @Override
  public void write(JsonGenerator json, int status, List<String> errors) {
    head(json, errors).writeEndObject();
  }

  @Override
  public Answer answer(int status, List<String> errors, Optional<String> parameter) {
    return Answer.json(
        status,
        json -> {
          head(json, errors);
          parameter.ifPresent(name -> json.writeStringProperty("parameter", name));
          json.writeEndObject();
        });
  }

  private static JsonGenerator head(JsonGenerator json, List<String> errors) {
    return json.writeStartObject()
        .writeStringProperty("status", "error")
        .writeStringProperty("message", String.join("; ", errors));
  }
}
