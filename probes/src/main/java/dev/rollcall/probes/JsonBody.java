package dev.rollcall.probes;

import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.Option;
import com.jayway.jsonpath.PathNotFoundException;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.HttpExpectation.JsonExpectation;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Looks into a JSON body. With [JsonEffort] the only class that needs json-path, which is
/// optional, as is Jackson.
final class JsonBody {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  /// The functions in a path as [JsonPath#getPath()] has it, where names stand in quotation marks.
  private static final Pattern FUNCTION = Pattern.compile("\\.([A-Za-z]+)\\((?:\\.\\.\\.)?\\)");

  /// Texts and names in a path, which may hold anything.
  private static final Pattern QUOTED =
      Pattern.compile("'(?:[^'\\\\]++|\\\\.)*+'|\"(?:[^\"\\\\]++|\\\\.)*+\"");

  /// Lists compared with lists, each value with each.
  private static final Pattern LISTS =
      Pattern.compile("\\b(?:subsetof|anyof|noneof)\\s*[$@]", Pattern.CASE_INSENSITIVE);

  /// So many `..` may be in a path: each goes through all that is below everything that the one
  /// before has found.
  private static final int MOST_SCANS = 2;

  private static final int LONGEST_PATH = 1_000;
  private static final int SHOWN = 100;

  private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

  private JsonBody() {}

  /// Checks that the path is one, also what json-path finds out only when it uses it, such as a
  /// function that there is not.
  static void validate(JsonExpectation expectation) {
    refuseEndless(expectation);
    refuseUnclosed(expectation);
    JsonPath path;
    try {
      path = JsonPath.compile(expectation.path());
    } catch (RuntimeException e) {
      throw noPath(expectation, e);
    }
    Matcher functions = FUNCTION.matcher(path.getPath());
    while (functions.find()) {
      try {
        JsonPath.compile("$." + functions.group(1) + "()")
            .read(NOTHING, new JsonEffort("", NOTHING, MAPPER).configuration());
      } catch (RuntimeException e) {
        if (Failures.message(e).startsWith("Function with name")) {
          throw noPath(expectation, e);
        }
      }
    }
  }

  /// Refuses paths that an answer could keep busy for hours: nothing ends them.
  private static void refuseEndless(JsonExpectation expectation) {
    if (expectation.path().length() > LONGEST_PATH) {
      throw new IllegalArgumentException(
          "the path has more than %d characters: name the way".formatted(LONGEST_PATH));
    }
    String bare = QUOTED.matcher(expectation.path()).replaceAll("''");
    if (bare.contains("concat(")) {
      throw new IllegalArgumentException(
          "\"%s\" puts texts together, which large answers would fill the memory with: compare one of them"
              .formatted(expectation.path()));
    }
    if (LISTS.matcher(bare).find()) {
      throw new IllegalArgumentException(
          "\"%s\" compares lists of the answer with each other, which large answers would keep busy for hours: write one of them out"
              .formatted(expectation.path()));
    }
    if (bare.contains("=~")) {
      throw new IllegalArgumentException(
          "\"%s\" has a regular expression, which some answers would keep busy for ever: compare with ==, in or contains"
              .formatted(expectation.path()));
    }
    if (bare.split("\\.\\.", -1).length - 1 > MOST_SCANS) {
      throw new IllegalArgumentException(
          "\"%s\" looks everywhere (..) more than twice, which large answers would keep busy for hours: name the way"
              .formatted(expectation.path()));
    }
  }

  /// What json-path takes for a part of a name.
  private static void refuseUnclosed(JsonExpectation expectation) {
    String bare = QUOTED.matcher(expectation.path()).replaceAll("''");
    if (count(bare, '[') != count(bare, ']') || count(bare, '(') != count(bare, ')')) {
      throw new IllegalArgumentException(
          "\"%s\" is no JSON path: a bracket is opened and not closed, or the other way round; a name with one in it is written as $['a[']"
              .formatted(expectation.path()));
    }
  }

  private static long count(String text, char one) {
    return text.chars().filter(c -> c == one).count();
  }

  private static IllegalArgumentException noPath(JsonExpectation expectation, Exception e) {
    return new IllegalArgumentException(
        "\"%s\" is no JSON path: %s".formatted(expectation.path(), Failures.message(e)), e);
  }

  /// Checks `body` against `expectation`.
  static void check(HttpBody body, JsonExpectation expectation) throws ProbeFailure {
    JsonNode read = read(body);
    try {
      check(read, expectation, new JsonEffort(expectation.path(), read, MAPPER));
    } catch (JsonEffort.Exhausted e) {
      throw ProbeFailure.answered(
          "body holds too much to look for %s in it: name the way".formatted(expectation.path()));
    }
  }

  private static void check(JsonNode body, JsonExpectation expectation, JsonEffort effort)
      throws ProbeFailure {
    List<JsonNode> found = found(body, expectation, effort);
    if (found.isEmpty()) {
      throw ProbeFailure.answered("body has no " + expectation.path());
    }
    if (expectation.value().isEmpty()) {
      return;
    }
    JsonValue wanted = new JsonValue(expectation.value().get(), MAPPER);
    for (JsonNode node : found) {
      effort.look(node.isContainer() ? 1 + wanted.text().length() : 1);
      if (wanted.is(node)) {
        return;
      }
    }
    throw ProbeFailure.answered(
        "body has %s at %s, expected %s".formatted(text(found), expectation.path(), wanted.text()));
  }

  private static JsonNode read(HttpBody body) throws ProbeFailure {
    JsonNode read;
    try {
      read = MAPPER.readTree(body.json());
    } catch (NumberFormatException | ArithmeticException e) {
      throw ProbeFailure.answered("body has a number that is too large or too small to be read");
    } catch (StreamConstraintsException e) {
      throw ProbeFailure.answered(
          "body is JSON beyond all bounds: " + Failures.message(e).replaceFirst("(?s) \\(.*", ""));
    } catch (JacksonException e) {
      throw ProbeFailure.answered(
          body.cut()
              ? "body is longer than %s, too long to be read as JSON"
                  .formatted(HttpBody.size(body.limit()))
              : "body is no JSON" + body.packed());
    }
    if (read.isMissingNode()) {
      throw ProbeFailure.answered("body is empty, and so no JSON");
    }
    return read;
  }

  /// What is at `path`. Its filters and functions throw what they like at values that they were not
  /// made for (a sum of texts, of nothing): then there is nothing at the path either.
  private static List<JsonNode> found(JsonNode body, JsonExpectation expectation, JsonEffort effort)
      throws ProbeFailure {
    JsonPath path = JsonPath.compile(expectation.path());
    @Nullable Object found;
    try {
      found =
          path.read(
              body,
              path.isDefinite()
                  ? effort.configuration(Option.REQUIRE_PROPERTIES) // of $['a','b'] both
                  : effort.configuration());
    } catch (PathNotFoundException e) {
      return List.of();
    } catch (JsonEffort.Exhausted e) {
      throw e;
    } catch (RuntimeException e) {
      throw ProbeFailure.answered(
          "body has no %s: %s".formatted(expectation.path(), Failures.message(e)));
    }
    return switch (found) {
      case null -> List.of();
      case JsonNode node when node.isMissingNode() -> List.of();
      case JsonNode node when path.isDefinite() -> List.of(node);
      case JsonNode node -> node.valueStream().toList();
      default -> List.of(MAPPER.valueToTree(found)); // A function's result.
    };
  }

  /// The beginning of what is there.
  private static String text(List<JsonNode> found) {
    StringBuilder text = new StringBuilder();
    if (found.size() == 1) {
      text.append(JsonValue.text(found.getFirst()));
    } else {
      text.append('[');
      for (int i = 0; i < found.size() && text.length() <= SHOWN; i++) {
        text.append(i == 0 ? "" : ",").append(found.get(i));
      }
      text.append(']');
    }
    return text.length() <= SHOWN ? text.toString() : text.substring(0, SHOWN) + "...";
  }
}
