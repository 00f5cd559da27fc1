package dev.rollcall.probes;

import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import com.jayway.jsonpath.spi.json.Jackson3JsonNodeJsonProvider;
import com.jayway.jsonpath.spi.mapper.Jackson3MappingProvider;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.HttpExpectation.JsonExpectation;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Looks into a JSON body. The only class that needs json-path and Jackson, which are optional.
final class JsonBody {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final Configuration CONFIGURATION =
      Configuration.builder()
          .jsonProvider(new Jackson3JsonNodeJsonProvider(MAPPER))
          .mappingProvider(new Jackson3MappingProvider(MAPPER))
          .build();

  private JsonBody() {}

  /// Checks that the path is one.
  static void validate(JsonExpectation expectation) {
    try {
      JsonPath.compile(expectation.path());
    } catch (InvalidPathException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\"%s\" is no JSON path: %s".formatted(expectation.path(), e.getMessage()), e);
    }
  }

  /// Checks `body` against `expectation`.
  static void check(String body, JsonExpectation expectation) throws ProbeFailure {
    JsonPath path = JsonPath.compile(expectation.path());
    JsonNode found;
    try {
      found = path.read(MAPPER.readTree(body), CONFIGURATION);
    } catch (JacksonException e) {
      throw ProbeFailure.answered("body is no JSON");
    } catch (PathNotFoundException e) {
      throw ProbeFailure.answered("body has no " + expectation.path());
    }
    boolean several = !path.isDefinite();
    if (several && found.isEmpty()) {
      throw ProbeFailure.answered("body has no " + expectation.path());
    }
    if (expectation.value().isEmpty()) {
      return;
    }
    String wanted = expectation.value().get();
    if (several
        ? found.valueStream().noneMatch(node -> text(node).equals(wanted))
        : !text(found).equals(wanted)) {
      throw ProbeFailure.answered(
          "body has %s at %s, expected %s"
              .formatted(shortened(text(found)), expectation.path(), wanted));
    }
  }

  private static String text(JsonNode node) {
    return node.isString() ? node.stringValue() : node.toString();
  }

  private static String shortened(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }
}
