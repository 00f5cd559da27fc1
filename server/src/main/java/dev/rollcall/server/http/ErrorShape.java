package dev.rollcall.server.http;

import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// How the errors of a group of routes are written: as JSON, unless [#pages] is used.
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

  /// As `others`, or as a page for clients that ask for one, as browsers do.
  static ErrorShape pages(ErrorPage page, ErrorShape others) {
    return new PagesForBrowsers(page, others);
  }

  /// The shape for a request with `Accept: accept`.
  default ErrorShape asked(String accept) {
    return this;
  }

  /// Whether this shape is a page.
  default boolean isPage() {
    return false;
  }

  /// Writes one JSON value.
  void write(JsonGenerator json, int status, List<String> errors);

  /// An error that one parameter of the query caused.
  default Answer answer(int status, List<String> errors, Optional<String> parameter) {
    return answer(status, errors);
  }

  /// An error.
  default Answer answer(int status, List<String> errors) {
    return Answer.json(status, json -> write(json, status, errors));
  }
}
