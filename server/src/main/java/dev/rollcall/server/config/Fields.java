package dev.rollcall.server.config;

import dev.rollcall.server.time.Durations;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// The fields of one JSON or YAML object. Every mistake is added with its path. A field that is
/// absent, null or wrong is read as empty.
public final class Fields {
  private final JsonNode node;
  private final String path;
  private final String page;
  private final Mistakes mistakes;
  private final int before;

  /// @param path the path of the object in mistakes; empty for the body of a request
  /// @param page where its keys are explained: `docs/monitor.md`
  public Fields(JsonNode node, String path, String page, Mistakes mistakes) {
    this.node = node;
    this.path = path;
    this.page = page;
    this.mistakes = mistakes;
    this.before = mistakes.count();
  }

  /// Whether this is an object. Adds a mistake for each key that is not in `known`.
  public boolean areOf(Collection<String> known) {
    if (!node.isObject()) {
      mistakes.add(path.isEmpty() ? "body" : path, "is no object: write `key: value` pairs");
      return false;
    }
    for (String key : node.propertyNames()) {
      if (!known.contains(key)) {
        mistake(key, "unknown key" + Mistakes.suggestion(key, known, page));
      }
    }
    return true;
  }

  /// Whether the key is there, and its value is not null.
  public boolean has(String key) {
    return node.hasNonNull(key);
  }

  /// Whether the value is null, for keys that accept null as a value.
  public boolean isNull(String key) {
    return node.path(key).isNull();
  }

  /// Whether a mistake was added since this object was created.
  public boolean wrong() {
    return mistakes.count() > before;
  }

  /// Adds a mistake of `key`.
  ///
  /// @param what a phrase that follows the path
  public void mistake(String key, String what) {
    mistakes.add(at(key), what);
  }

  /// Adds a mistake of `key`, with its value.
  ///
  /// @param what a phrase that follows the value
  public void mistake(String key, String value, String what) {
    mistakes.add(at(key), value, what);
  }

  /// Adds a mistake for each of `keys` that is given.
  public void refuse(Collection<String> keys, String why) {
    keys.stream().filter(this::has).sorted().forEach(key -> mistake(key, why));
  }

  /// A text.
  public Optional<String> text(String key) {
    return value(key, JsonNode::isString, JsonNode::stringValue, "is no text: put it in quotes");
  }

  /// A string, number, boolean or null, as text.
  public Optional<String> scalar(String key) {
    return value(key, JsonNode::isValueNode, JsonNode::asString, "is no single value");
  }

  /// True or false.
  public Optional<Boolean> bool(String key) {
    return value(
        key,
        JsonNode::isBoolean,
        JsonNode::booleanValue,
        "is neither true nor false: write one of them");
  }

  /// A duration such as `15s` or `1m30s`; a number without unit is in seconds.
  public Optional<Duration> duration(String key, Duration least, Duration most) {
    Optional<String> text = scalar(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String written = node.get(key).isIntegralNumber() ? text.get() + "s" : text.get();
    Duration duration;
    try {
      duration = Durations.parse(written);
    } catch (IllegalArgumentException e) {
      mistake(key, text.get(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      mistake(
          key,
          text.get(),
          "is not between " + Durations.text(least) + " and " + Durations.text(most));
      return Optional.empty();
    }
    return Optional.of(duration);
  }

  /// A whole number.
  public OptionalInt whole(String key, int least, int most) {
    Optional<Integer> number =
        value(key, JsonNode::isInt, JsonNode::intValue, "is no whole number");
    if (number.isPresent() && (number.get() < least || number.get() > most)) {
      mistake(key, number.get().toString(), "is not between " + least + " and " + most);
      return OptionalInt.empty();
    }
    return number.map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  /// One value, or a list of values, as texts.
  public List<String> oneOrMany(String key) {
    if (!has(key)) {
      return List.of();
    }
    JsonNode value = node.get(key);
    if (value.isValueNode()) {
      return List.of(value.asString());
    }
    List<String> values = new ArrayList<>();
    if (value.isArray() && !value.isEmpty()) {
      for (JsonNode each : value) {
        if (each.isValueNode()) {
          values.add(each.asString());
        }
      }
    }
    if (values.size() != value.size() || values.isEmpty()) {
      mistake(key, "is neither a value nor a list of values");
    }
    return values;
  }

  /// One text, or a list of texts. YAML reads 007 as 7 and no as false: those are mistakes.
  public List<String> oneOrManyTexts(String key) {
    JsonNode value = node.path(key);
    boolean texts =
        value.isArray() ? value.valueStream().allMatch(JsonNode::isString) : value.isString();
    if (has(key) && !texts) {
      mistake(key, "has a value that is no text: put it in quotes");
      return List.of();
    }
    return oneOrMany(key);
  }

  /// A map of names to single values.
  public Map<String, String> texts(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (!has(key)) {
      return texts;
    }
    if (!node.get(key).isObject()) {
      mistake(key, "is no map: write `Name: value` pairs");
      return texts;
    }
    Fields inner = new Fields(node.get(key), at(key), page, mistakes);
    for (String name : node.get(key).propertyNames()) {
      inner.scalar(name).ifPresent(value -> texts.put(name, value));
    }
    return texts;
  }

  /// An inner object. Its keys are checked.
  public Optional<Fields> object(String key, Collection<String> known) {
    if (!has(key)) {
      return Optional.empty();
    }
    Fields inner = new Fields(node.get(key), at(key), page, mistakes);
    return inner.areOf(known) ? Optional.of(inner) : Optional.empty();
  }

  /// A text that no message shows from now on.
  public Optional<Secret> secret(String key) {
    Optional<String> text = text(key);
    text.filter(value -> !value.isEmpty()).ifPresent(value -> mistakes.hide(value, "***"));
    return text.map(Secret::new);
  }

  /// A text that must be there and not blank, without the spaces around it. If it is missing, that
  /// is a mistake.
  ///
  /// @param what what to give: `the SMTP server that takes the mail`
  public Optional<String> required(String key, String what) {
    Optional<String> text = text(key).map(String::strip).filter(one -> !one.isEmpty());
    if (!has(key) || (text.isEmpty() && node.get(key).isString())) {
      mistake(key, "is missing: give " + what);
    }
    return text;
  }

  /// The path of a file, which need not exist.
  public Optional<Path> file(String key) {
    Optional<String> text = text(key);
    try {
      return text.map(Path::of);
    } catch (InvalidPathException e) {
      mistake(key, text.orElse(""), "is no path: name a file");
      return Optional.empty();
    }
  }

  /// What `maker` makes. If it throws `IllegalArgumentException`, that is a mistake of `key`.
  public <T> Optional<T> built(String key, Supplier<T> maker) {
    try {
      return Optional.of(maker.get());
    } catch (IllegalArgumentException e) {
      Throwable cause = e.getCause();
      // The JDK uses the class and message of a cause as message; the class is of no use to people.
      mistake(
          key,
          String.valueOf(
              cause != null && cause.toString().equals(e.getMessage())
                  ? cause.getMessage()
                  : e.getMessage()));
      return Optional.empty();
    }
  }

  private <T> Optional<T> value(
      String key, Predicate<JsonNode> right, Function<JsonNode, T> read, String what) {
    if (!has(key)) {
      return Optional.empty();
    }
    JsonNode value = node.get(key);
    if (!right.test(value)) {
      mistake(key, what);
      return Optional.empty();
    }
    return Optional.of(read.apply(value));
  }

  private String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
