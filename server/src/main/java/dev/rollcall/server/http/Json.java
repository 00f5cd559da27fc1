package dev.rollcall.server.http;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.NumericNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON of requests and answers: written as a stream, read strictly.
public final class Json {
  /// Writes one JSON value.
  @FunctionalInterface
  public interface Body {
    void write(JsonGenerator json);
  }

  private static final int LONGEST_NUMBER = 100;
  private static final int DEEPEST = 64;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNumberLength(LONGEST_NUMBER)
                  .maxStringLength(Route.LARGEST_BODY)
                  .maxNameLength(1024)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Json() {}

  /// Loaded with the first body that is read, because loading databind makes a start slower.
  private static final class Trees {
    private static final JsonMapper MAPPER =
        JsonMapper.builder(FACTORY)
            // checked below, with a message for the caller
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
  }

  /// For JSON of our own: without the limits for requests.
  private static final class Stored {
    private static final JsonMapper MAPPER =
        JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
  }

  /// One value in UTF-8.
  public static byte[] bytes(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = generator(bytes)) {
      body.write(json);
    }
    return bytes.toByteArray();
  }

  static JsonGenerator generator(OutputStream out) {
    return FACTORY.createGenerator(ObjectWriteContext.empty(), out);
  }

  /// Writes an instant as whole seconds since 1970, or `null` if there is none.
  public static void seconds(JsonGenerator json, String name, Optional<Instant> instant) {
    if (instant.isPresent()) {
      json.writeNumberProperty(name, instant.get().getEpochSecond());
    } else {
      json.writeNullProperty(name);
    }
  }

  /// Writes a duration in milliseconds, with its whole microseconds behind the point.
  public static void millis(JsonGenerator json, String name, Duration duration) {
    long micros = duration.toNanos() / 1000;
    json.writeName(name);
    number(json, micros / 1000.0);
  }

  /// The JSON that `body` writes.
  public static String text(Body body) {
    return new String(bytes(body), StandardCharsets.UTF_8);
  }

  /// Writes a tree, without the mappers of databind.
  public static void node(JsonGenerator json, JsonNode node) {
    switch (node) {
      case ObjectNode object -> {
        json.writeStartObject();
        for (Map.Entry<String, JsonNode> property : object.properties()) {
          json.writeName(property.getKey());
          node(json, property.getValue());
        }
        json.writeEndObject();
      }
      case ArrayNode array -> {
        json.writeStartArray();
        array.values().forEach(each -> node(json, each));
        json.writeEndArray();
      }
      case NullNode _ -> json.writeNull();
      case BooleanNode flag -> json.writeBoolean(flag.booleanValue());
      case NumericNode number -> json.writeNumber(number.asString());
      default -> json.writeString(node.asString());
    }
  }

  /// Reads an object that this program has stored.
  ///
  /// @throws IllegalStateException if it is no object
  public static ObjectNode stored(String text) {
    try {
      return (ObjectNode) Stored.MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw new IllegalStateException("a text in the database is not valid JSON", e);
    }
  }

  /// Reads one value: at most 64 levels deep, no key twice in an object, no [Characters] that
  /// cannot be stored.
  ///
  /// @throws Refusal (400) with line and column of the mistake, or with the field
  static JsonNode tree(InputStream text) {
    try (JsonParser parser = Trees.MAPPER.createParser(text)) {
      if (parser.nextToken() == null) {
        throw Refusal.badRequest("the body is empty: a JSON value is required");
      }
      JsonNode tree = Trees.MAPPER.readTree(parser);
      if (parser.nextToken() != null) {
        throw malformed(parser.currentTokenLocation(), "nothing may follow the JSON value");
      }
      Characters.in(tree)
          .ifPresent(
              fault -> {
                throw Refusal.badRequest(
                    (fault.where().isEmpty() ? "the body" : "field '" + fault.where() + "'")
                        + " "
                        + fault.what());
              });
      return tree;
    } catch (StreamConstraintsException e) {
      throw malformed(
          e.getLocation(),
          "too deep (over " + DEEPEST + " levels) or with too long a name or number");
    } catch (JacksonException e) {
      throw malformed(e.getLocation(), reason(e));
    }
  }

  /// What is wrong with a text that is no JSON, in one line, without what the parser says of
  /// itself.
  public static String reason(JacksonException e) {
    String first = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    return first.replaceFirst(" *\\(?(start marker )?at \\[Source:.*", "");
  }

  private static Refusal malformed(TokenStreamLocation at, String why) {
    String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    return Refusal.badRequest("malformed JSON" + where + ": " + why);
  }

  /// Writes a number as Go does, because clients of go-service-healthcheck compare with that:
  /// `100`, not `100.0`; `54.52497556578949`; with an exponent below 1e-6 and from 1e21 on.
  ///
  /// Source: `encoding/json`, `floatEncoder`. Both write the shortest digits that are read back as
  /// the same number.
  ///
  /// @throws IllegalArgumentException for NaN and infinities, which JSON does not have
  public static void number(JsonGenerator json, double value) {
    json.writeNumber(number(value));
  }

  static String number(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(value + " is no JSON number");
    }
    double size = Math.abs(value);
    if (size == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (size >= 1e-6 && size < 1e21) {
      return digits.toPlainString();
    }
    int exponent = digits.precision() - digits.scale() - 1;
    return digits.scaleByPowerOfTen(-exponent).toPlainString()
        + (exponent < 0 ? "e" : "e+")
        + exponent;
  }
}
