package dev.rollcall.probes;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What an HTTP service answered. Its headers and body may be secret: no text of this record shows
/// them.
///
/// @param status 100 to 599
/// @param headers by their names, of which case does not matter; the first of several of one name
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
