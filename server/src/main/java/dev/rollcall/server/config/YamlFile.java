package dev.rollcall.server.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/// A parsed configuration file: its tree, and the line of each path.
///
/// Scalars of settings keep their text (`token: 007` is `007`); within [#SECTIONS], numbers and
/// booleans are typed. Values of [References] are text. A file has at most 8 MiB, one document and
/// 32 levels. It must not contain a key twice in a map, nor aliases (`*name`): their values would
/// need limits and places too.
record YamlFile(String name, ObjectNode root, Map<String, Integer> lines) {
  /// The sections that [Sources#section] returns unread: they hold lists of definitions, not
  /// settings.
  static final Set<String> SECTIONS =
      Set.of("services", "heartbeats", "groups", "channels", "maintenance", "accounts.sso");

  static final int LARGEST = 8 * 1024 * 1024;

  /// `title: {{name}}`, which YAML reads as a map that is a key.
  private static final Pattern BARE_TEMPLATE = Pattern.compile("(?:^|[:,\\[{-])\\s*\\{\\{");

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final YAMLFactory YAML =
      YAMLFactory.builder()
          .loadSettings(LoadSettings.builder().setCodePointLimit(LARGEST).build())
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(32)
                  .maxDocumentLength(LARGEST)
                  .maxStringLength(1024 * 1024)
                  .build())
          .disable(
              StreamReadFeature.STRICT_DUPLICATE_DETECTION) // checked below, to report both lines
          .build();

  /// A file without content.
  static YamlFile empty(String name) {
    return new YamlFile(name, NODES.objectNode(), Map.of());
  }

  /// Parses the file, with the values of its references. What cannot be read is left out, and added
  /// to the mistakes.
  static YamlFile read(String name, String text, References references, Mistakes mistakes) {
    if (text.length() > LARGEST) {
      mistakes.within(path -> name).add("file", "is larger than 8 MiB: make it smaller");
      return empty(name);
    }
    Reader reader = new Reader(name, references, mistakes);
    try (YAMLParser parser = (YAMLParser) YAML.createParser(ObjectReadContext.empty(), text)) {
      return reader.document(parser);
    } catch (StreamConstraintsException e) {
      mistakes.within(path -> name).add("file", "is nested too deeply: at most 32 levels");
    } catch (JacksonException e) {
      mistakes
          .within(path -> name + place(e))
          .add("file", "is not YAML: " + problem(e) + hint(e, text));
    }
    return empty(name);
  }

  /// Line and column of a problem (`:2:17`): according to the YAML reader, otherwise according to
  /// Jackson.
  private static String place(JacksonException e) {
    Optional<Mark> mark = mark(e);
    if (mark.isPresent()) {
      return ":" + (mark.get().getLine() + 1) + ":" + (mark.get().getColumn() + 1);
    }
    TokenStreamLocation at = e.getLocation();
    return at == null || at.getLineNr() < 1 ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
  }

  private static Optional<Mark> mark(JacksonException e) {
    return e.getCause() instanceof MarkedYamlEngineException marked
        ? marked.getProblemMark()
        : Optional.empty();
  }

  /// The line of a problem, from 1.
  private static int line(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    return mark(e).map(one -> one.getLine() + 1).orElse(at == null ? 1 : at.getLineNr());
  }

  /// The remedy if a line of a problem contains a reference within `{ }` and `[ ]`, where braces
  /// belong to YAML, or a template that is not in quotes.
  private static String hint(JacksonException e, String text) {
    int line = line(e);
    List<String> lines = text.lines().skip(Math.max(0, line - 2)).limit(line < 2 ? 1 : 2).toList();
    if (lines.stream().anyMatch(one -> BARE_TEMPLATE.matcher(one).find())) {
      return "; a text that begins with {{ needs quotes: '{{name}}'";
    }
    return !lines.isEmpty() && lines.getLast().contains("${")
        ? "; within { } and [ ], write \"${NAME}\" in quotes"
        : "";
  }

  /// The place of a path, or of the nearest path that contains it: `rollcall.yaml:7`.
  String where(String path) {
    for (String at = path; !at.isEmpty(); at = parent(at)) {
      Integer line = lines.get(at);
      if (line != null) {
        return name + ":" + line;
      }
    }
    return name;
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
  }

  /// The problem only: the message of the library continues with excerpts and positions on more
  /// lines.
  private static String problem(JacksonException e) {
    return Optional.ofNullable(e.getOriginalMessage())
        .orElse("cannot be read")
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith(" ") && !line.startsWith("in reader"))
        .map(String::strip)
        .map(line -> line.replaceFirst("^Expected a field name .*", "a key is no single word"))
        .collect(Collectors.joining(", "));
  }

  /// Reads one file.
  private static final class Reader {
    private final String name;
    private final References references;
    private final Mistakes mistakes;
    private final Map<String, Integer> lines = new HashMap<>();

    Reader(String name, References references, Mistakes mistakes) {
      this.name = name;
      this.references = references;
      this.mistakes = mistakes.within(path -> name + ":" + this.lines.get(path));
    }

    YamlFile document(YAMLParser parser) {
      JsonToken first = parser.nextToken();
      if (first == null || first == JsonToken.VALUE_NULL) {
        return empty(name);
      }
      lines.put("file", line(parser));
      if (first != JsonToken.START_OBJECT) {
        mistakes.add("file", "holds no keys: write it as key: value");
        return empty(name);
      }
      ObjectNode root = object(parser, "");
      if (parser.nextToken() != null) {
        lines.put("file", line(parser));
        mistakes.add("file", "holds a second document: remove the --- and what follows");
      }
      lines.remove("file");
      return new YamlFile(name, root, lines);
    }

    private JsonNode node(YAMLParser parser, String path) {
      return switch (parser.currentToken()) {
        case START_OBJECT -> object(parser, path);
        case START_ARRAY -> array(parser, path);
        case VALUE_NULL -> NODES.nullNode();
        default -> scalar(parser, path);
      };
    }

    private ObjectNode object(YAMLParser parser, String path) {
      ObjectNode object = NODES.objectNode();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        String at = path.isEmpty() ? key : path + "." + key;
        int line = line(parser);
        Integer before = lines.put(at, line);
        if (before != null) {
          mistakes.add(at, "is given twice, first on line " + before + ": remove one of them");
        }
        parser.nextToken();
        JsonNode value = node(parser, at);
        if (!value.isMissingNode()) {
          object.set(key, value);
        }
      }
      return object;
    }

    private ArrayNode array(YAMLParser parser, String path) {
      ArrayNode array = NODES.arrayNode();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        String at = path + "[" + array.size() + "]";
        lines.put(at, line(parser));
        JsonNode value = node(parser, at);
        array.add(value.isMissingNode() ? NODES.nullNode() : value);
      }
      return array;
    }

    private JsonNode scalar(YAMLParser parser, String path) {
      String text = parser.getString();
      if (parser.isCurrentAlias()) {
        mistakes.add(
            path, "*" + text, "is an alias, which is not read: write out what it stands for");
        return NODES.missingNode();
      }
      if (text.contains("${")) {
        return references
            .expanded(text, path, mistakes)
            .<JsonNode>map(
                expanded ->
                    expanded.brought().isEmpty()
                        ? NODES.stringNode(expanded.text())
                        : new TextWithReferences(expanded))
            .orElseGet(NODES::missingNode);
      }
      if (SECTIONS.stream().noneMatch(path::startsWith)) {
        return NODES.stringNode(text);
      }
      return switch (parser.currentToken()) {
        case VALUE_TRUE -> NODES.booleanNode(true);
        case VALUE_FALSE -> NODES.booleanNode(false);
        case VALUE_NUMBER_INT ->
            switch (parser.getNumberType()) {
              case INT -> NODES.numberNode(parser.getIntValue());
              case LONG -> NODES.numberNode(parser.getLongValue());
              default -> NODES.numberNode(parser.getBigIntegerValue());
            };
        case VALUE_NUMBER_FLOAT -> number(parser, text);
        default -> NODES.stringNode(text);
      };
    }

    /// Keeps every digit; `.nan` and `.inf` become texts.
    private static JsonNode number(YAMLParser parser, String text) {
      return parser.isNaN() ? NODES.stringNode(text) : NODES.numberNode(parser.getDecimalValue());
    }

    private static int line(YAMLParser parser) {
      return parser.currentTokenLocation().getLineNr();
    }
  }
}
