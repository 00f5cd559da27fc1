package dev.rollcall.probes;

import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.Option;
import com.jayway.jsonpath.spi.json.Jackson3JsonNodeJsonProvider;
import com.jayway.jsonpath.spi.mapper.Jackson3MappingProvider;
import java.util.Collection;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// What one path may cost in one body. json-path itself has no limits: a path of ten characters
/// takes hours and gigabytes in a body of one megabyte. All that it looks at it gets from here, so
/// this counts, and ends it with [Exhausted]. For one check: not thread-safe.
final class JsonEffort {
  /// One for each value that is looked at, and for each character that is kept or compared: well
  /// below a second, and some 100 MB at the very most.
  private static final long MOST = 20_000_000;

  /// The path is spelled out for each value that is looked at: so many characters count as one.
  private static final int SPELLED = 64;

  /// What a filter compares is in the path: so many of its characters count as one.
  private static final int COMPARED = 32;

  private final long each;
  private final JsonMapper mapper;
  private long left = MOST;

  /// The path has cost too much.
  static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Exhausted() {
      super("too much to look at", null, false, false);
    }
  }

  JsonEffort(String path, JsonNode body, JsonMapper mapper) {
    this.mapper = mapper;
    this.each = (1 + path.length() / COMPARED) * (1 + longest(body) / SPELLED);
  }

  /// What json-path works with.
  Configuration configuration(Option... options) {
    return Configuration.builder()
        .jsonProvider(new Provider())
        .mappingProvider(new Mapping())
        .options(options)
        .build();
  }

  /// Counts values that are looked at.
  void look(long values) {
    spend(values * each);
  }

  private void spend(long amount) {
    left -= amount;
    if (left < 0) {
      throw new Exhausted();
    }
  }

  /// The characters of the longest way to a value, as json-path spells it: `$['a'][0]`.
  private static long longest(JsonNode node) {
    long longest = 0;
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      longest = Math.max(longest, property.getKey().length() + 4 + longest(property.getValue()));
    }
    int index = 0;
    if (node.isArray()) {
      for (JsonNode element : node) {
        longest = Math.max(longest, 2 + Integer.toString(index++).length() + longest(element));
      }
    }
    return longest;
  }

  /// Counts what is below it.
  private void lookBelow(JsonNode node) {
    look(1 + node.size());
    if (node.isString()) {
      spend(node.stringValue().length());
    }
    for (JsonNode child : node) {
      lookBelow(child);
    }
  }

  /// Arrays are as json-path wants them: its own provider gives null for what is behind the end,
  /// which then counts as found, and copies what is found.
  private final class Provider extends Jackson3JsonNodeJsonProvider {
    Provider() {
      super(mapper);
    }

    @Override
    public Object getArrayIndex(Object array, int index) {
      look(1);
      JsonNode found = ((JsonNode) array).get(index);
      if (index < 0 || found == null) {
        throw new IndexOutOfBoundsException(index);
      }
      return found;
    }

    @Override
    public void setArrayIndex(Object array, int index, Object value) {
      look(1);
      switch (value) {
        case JsonNode node -> ((ArrayNode) array).insert(index, node);
        case String text -> {
          spend(text.length());
          super.setArrayIndex(array, index, text);
        }
        case null, default -> super.setArrayIndex(array, index, value);
      }
    }

    @Override
    public Object unwrap(Object value) {
      look(1);
      Object unwrapped = super.unwrap(value);
      if (unwrapped instanceof String text) {
        spend(text.length());
      }
      return unwrapped;
    }

    @Override
    public Iterable<?> toIterable(Object array) {
      look(((JsonNode) array).size());
      return super.toIterable(array);
    }

    @Override
    public Collection<String> getPropertyKeys(Object map) {
      look(((JsonNode) map).size());
      return super.getPropertyKeys(map);
    }

    @Override
    public Object getMapValue(Object map, String key) {
      look(1);
      return super.getMapValue(map, key);
    }
  }

  /// Filters copy the lists and objects that they compare.
  private final class Mapping extends Jackson3MappingProvider {
    Mapping() {
      super(mapper);
    }

    @Override
    public <T> T map(Object source, Class<T> target, Configuration configuration) {
      if (source instanceof JsonNode node) {
        lookBelow(node);
      }
      return super.map(source, target, configuration);
    }
  }
}
