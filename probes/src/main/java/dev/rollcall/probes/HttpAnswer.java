package dev.rollcall.probes;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The response of an HTTP service. Its headers and body may be secret, so `toString` does not show
/// them.
///
/// @param status 100 to 599
/// @param headers by name, not case-sensitive; the first one if a name occurs several times
/// @param body as text, cut off at the settings' limit
public record HttpAnswer(int status, Map<String, String> headers, String body) {
  /// Copies the headers.
  public HttpAnswer {
    Map<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    copy.putAll(headers);
    headers = Collections.unmodifiableMap(copy);
  }

  /// The header `name`, if there is one.
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /// The status alone.
  @Override
  public String toString() {
    return "status " + status;
  }
}
