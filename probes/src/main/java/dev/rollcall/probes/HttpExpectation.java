package dev.rollcall.probes;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The conditions for an HTTP response.
///
/// @param statuses the status must be in one of these ranges
/// @param text exact text that the body must contain
/// @param json value that the JSON body must contain
/// @param check checks the response itself, after all of the above
public record HttpExpectation(
    List<StatusRange> statuses,
    Optional<String> text,
    Optional<JsonExpectation> json,
    Optional<HttpCheck> check) {
  /// Any status below 400, any body.
  public static final HttpExpectation DEFAULT =
      new HttpExpectation(
          List.of(new StatusRange(100, 399)), Optional.empty(), Optional.empty(), Optional.empty());

  /// A value inside a JSON body.
  ///
  /// @param path a JSON path such as `$.status`. If it can match several values, one of them must
  ///   be right
  /// @param value the value as text (`ok`, `3`, `true`, `null`, or compact JSON); empty if it is
  ///   enough that the path exists
  public record JsonExpectation(String path, Optional<String> value) {}

  /// Validates that a status is expected and that the JSON path is valid.
  public HttpExpectation {
    statuses = List.copyOf(statuses);
    if (statuses.isEmpty()) {
      throw new IllegalArgumentException("no expected status; leave it out for any below 400");
    }
    if (json.isPresent()) {
      validate(json.get());
    }
  }

  private static void validate(JsonExpectation json) {
    try {
      JsonBody.validate(json);
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "looking into JSON needs com.jayway.jsonpath:json-path and"
              + " tools.jackson.core:jackson-databind on the class path",
          e);
    }
  }

  /// A copy that expects these statuses instead.
  public HttpExpectation statuses(List<StatusRange> expected) {
    return new HttpExpectation(expected, text, json, check);
  }

  /// A copy that expects `part` in the body.
  public HttpExpectation text(String part) {
    return new HttpExpectation(statuses, Optional.of(part), json, check);
  }

  /// A copy that expects `value` in the body.
  public HttpExpectation json(JsonExpectation value) {
    return new HttpExpectation(statuses, text, Optional.of(value), check);
  }

  /// A copy that expects only this status.
  public HttpExpectation status(int expected) {
    return statuses(List.of(new StatusRange(expected, expected)));
  }

  /// A copy that also checks the answer with `look`.
  public HttpExpectation check(HttpCheck look) {
    return new HttpExpectation(statuses, text, json, Optional.of(look));
  }

  boolean wantsBody() {
    return text.isPresent() || json.isPresent() || check.isPresent();
  }

  boolean accepts(int status) {
    for (StatusRange range : statuses) {
      if (range.contains(status)) {
        return true;
      }
    }
    return false;
  }

  String statusWords() {
    return statuses.stream().map(StatusRange::toString).collect(Collectors.joining(" or "));
  }
}
