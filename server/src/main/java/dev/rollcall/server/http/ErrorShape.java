package dev.rollcall.server.http;

import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// How a group of routes writes its errors: as JSON, unless [#pages] says otherwise.
@FunctionalInterface
public interface ErrorShape {
  /// go-service-healthcheck: `{"status":404,"status_desc":"Not Found","errors":["..."]}`.
  ErrorShape ENVELOPE = Envelope::error;

  /// output_service: `{"error":"..."}`.
  ErrorShape PLAIN =
      (json, status, errors) ->
          json.writeStartObject()
              .writeStringProperty("error", String.join("; ", errors))
              .writeEndObject();

  /// As `others` writes them, and as pages for those who ask for one, as browsers do.
  static ErrorShape pages(ErrorPage page, ErrorShape others) {
    return new PagesForBrowsers(page, others);
  }

  /// The shape for a request that says `Accept: accept`.
  default ErrorShape asked(String accept) {
    return this;
  }

  /// Whether a browser is shown a page in this shape.
  default boolean isPage() {
    return false;
  }

  /// Writes one JSON value.
  void write(JsonGenerator json, int status, List<String> errors);

  /// An error in this shape that one parameter of the query is to blame for.
  default Answer answer(int status, List<String> errors, Optional<String> parameter) {
    return answer(status, errors);
  }

  /// An error in this shape.
  default Answer answer(int status, List<String> errors) {
    return Answer.json(status, json -> write(json, status, errors));
  }
}
