package dev.rollcall.server.collector;

import dev.rollcall.server.address.Address;
import dev.rollcall.server.http.Characters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads and checks the values in the JSON of one request. An invalid value is recorded and left
/// out, so that all mistakes are reported at once; `null` counts as absent.
final class ResultTokens {
  /// The largest number of recorded mistakes.
  static final int MOST_INVALID = 100;

  private static final int LONGEST_ERROR = 64 * 1024;
  private static final int SHOWN = 40;

  private final JsonParser parser;
  private final List<InvalidElement> invalid = new ArrayList<>();
  private int index;
  private String place = "";
  private int hop = -1;

  ResultTokens(JsonParser parser) {
    this.parser = parser;
  }

  /// The mistakes so far.
  List<InvalidElement> invalid() {
    return invalid;
  }

  /// The following fields belong to the result with this index.
  void result(int at) {
    index = at;
    outside();
  }

  /// The following fields belong to its traceroute.
  void traceroute() {
    place = "traceroute.";
    hop = -1;
  }

  /// The following fields belong to one of its hops.
  void hop(int at) {
    place = "";
    hop = at;
  }

  /// The following fields belong to the result itself again.
  void outside() {
    place = "";
    hop = -1;
  }

  JsonToken next() {
    return parser.nextToken();
  }

  JsonToken current() {
    return parser.currentToken();
  }

  String name() {
    return parser.currentName();
  }

  /// Skips the current value.
  void skip() {
    parser.skipChildren();
  }

  void wrong(String field, String reason) {
    if (invalid.size() < MOST_INVALID) {
      String within = hop < 0 ? place : "traceroute.hops[" + hop + "].";
      invalid.add(new InvalidElement(index, within + field, reason));
    }
  }

  /// Records that the current text is longer than the parser accepts.
  void tooLong() {
    String name = parser.currentName();
    wrong(
        name == null ? "text" : name, "is too long: give " + LONGEST_ERROR + " characters at most");
  }

  /// A whole number from `least` to `most`.
  OptionalLong whole(String field, long least, long most) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NUMBER_INT) {
      if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
        long value = parser.getLongValue();
        if (value >= least && value <= most) {
          return OptionalLong.of(value);
        }
      }
      wrong(field, "is " + shown() + ": " + range(least, most));
    } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
      wrong(field, "is " + shown() + ": " + range(least, most));
    } else if (token != JsonToken.VALUE_NULL) {
      wrong(field, kind() + ": " + range(least, most));
    }
    return OptionalLong.empty();
  }

  private static String range(long least, long most) {
    return most == Long.MAX_VALUE
        ? "give a whole number from " + least + " on"
        : "give a whole number from " + least + " to " + most;
  }

  /// A number from `least` to `most`, with or without a fraction.
  OptionalDouble fraction(String field, double least, double most) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
      double value = parser.getDoubleValue();
      if (value >= least && value <= most) {
        return OptionalDouble.of(value + 0.0); // -0 becomes 0
      }
      wrong(field, "is " + shown() + ": give " + (int) least + " to " + (int) most);
    } else if (token != JsonToken.VALUE_NULL) {
      wrong(field, kind() + ": give a number from " + (int) least + " to " + (int) most);
    }
    return OptionalDouble.empty();
  }

  boolean truth(String field) {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE, VALUE_NULL -> false;
      default -> {
        wrong(field, kind() + ": give true or false");
        yield false;
      }
    };
  }

  /// A text; an empty one counts as absent.
  Optional<String> text(String field) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_STRING) {
      String text = parser.getString();
      Optional<String> fault = Characters.fault(text);
      if (fault.isPresent()) {
        wrong(field, fault.get());
        return Optional.empty();
      }
      if (text.length() <= LONGEST_ERROR) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
      }
      wrong(field, "has " + text.length() + " characters: give " + LONGEST_ERROR + " at most");
    } else if (token != JsonToken.VALUE_NULL) {
      wrong(field, kind() + ": give a text");
    }
    return Optional.empty();
  }

  /// An address; an empty text counts as absent.
  Optional<Address> address(String field) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_STRING) {
      int length = parser.getStringLength();
      Optional<Address> address =
          Address.parse(parser.getStringCharacters(), parser.getStringOffset(), length);
      if (address.isEmpty() && length > 0) {
        wrong(field, "is '" + shown() + "': give an IPv4 or IPv6 address");
      }
      return address;
    }
    if (token != JsonToken.VALUE_NULL) {
      wrong(field, kind() + ": give an IPv4 or IPv6 address as a text");
    }
    return Optional.empty();
  }

  Optional<Instant> timestamp(String field) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_STRING) {
      int length = parser.getStringLength();
      Optional<Instant> at =
          Timestamps.rfc3339(parser.getStringCharacters(), parser.getStringOffset(), length);
      if (at.isEmpty()) {
        wrong(
            field,
            "is '" + shown() + "': give RFC 3339 with an offset, as in 2026-01-07T22:30:00Z");
      }
      return at;
    }
    if (token != JsonToken.VALUE_NULL) {
      wrong(field, kind() + ": give a text, as in 2026-01-07T22:30:00Z");
    }
    return Optional.empty();
  }

  Optional<Result.Method> method(String field) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_STRING) {
      String text = parser.getString();
      for (Result.Method method : Result.Method.values()) {
        if (method.text.equals(text)) {
          return Optional.of(method);
        }
      }
      wrong(field, "is '" + shown() + "': give icmp, udp or tcp");
    } else if (token != JsonToken.VALUE_NULL) {
      wrong(field, kind() + ": give icmp, udp or tcp");
    }
    return Optional.empty();
  }

  /// The value as it was given, shortened.
  private String shown() {
    String text = parser.getString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }

  /// The kind of the value, such as `is a text`; the content of an object or array is skipped.
  String kind() {
    JsonToken token = parser.currentToken();
    skip();
    return switch (token) {
      case START_OBJECT -> "is an object";
      case START_ARRAY -> "is an array";
      case VALUE_STRING -> "is a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "is a number";
      case VALUE_TRUE, VALUE_FALSE -> "is true or false";
      default -> "is nothing";
    };
  }
}
