package dev.rollcall.probe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What came back instead of what was expected: the beginning of an answer of HTTP.
///
/// @param status 100 to 599
/// @param headers those that help to find the cause, in their order; none that may be secret
/// @param body the beginning of the body as text, without the values after names of secrets; it
///   ends with an ellipsis if it was cut
public record AnswerExcerpt(int status, Map<String, String> headers, String body) {
  /// Copies the headers, and hides what has the name of a secret.
  public AnswerExcerpt {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    body = SecretNames.withoutValues(body);
  }
}
