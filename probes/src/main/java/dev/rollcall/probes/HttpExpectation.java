package dev.rollcall.probes;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What an HTTP answer has to be.
///
/// @param statuses the answer's status has to be in one of these
/// @param text what the body has to contain, letter for letter
/// @param json what the body has to hold as JSON
/// @param check looks at the answer itself, after all of the above
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
  /// @param path a JSON path such as `$.status`; one that can match several values is met if one of
  ///   them is right
  /// @param value the value as text (`ok`, `3`, `true`, `null`, or compact JSON); empty if it is
  ///   enough that the path exists
  public record JsonExpectation(String path, Optional<String> value) {}

  /// Checks that some status is expected, and that the JSON path is one.
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

  /// The same, with these statuses expected instead.
  public HttpExpectation statuses(List<StatusRange> expected) {
    return new HttpExpectation(expected, text, json, check);
  }

  /// The same, with `part` expected in the body.
  public HttpExpectation text(String part) {
    return new HttpExpectation(statuses, Optional.of(part), json, check);
  }

  /// The same, with `value` expected in the body.
  public HttpExpectation json(JsonExpectation value) {
    return new HttpExpectation(statuses, text, Optional.of(value), check);
  }

  /// The same, with this status alone expected.
  public HttpExpectation status(int expected) {
    return statuses(List.of(new StatusRange(expected, expected)));
  }

  /// The same, with `look` taken at the answer.
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
