package dev.rollcall.server.monitor.definition;

import dev.rollcall.probes.Probes;
import dev.rollcall.probes.Secrets;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.TextWithReferences;
import dev.rollcall.server.http.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The values that references (`${NAME}`, `${file:/path}`) put into a definition. They may be
/// secret wherever they are, so they are never shown. They are stored with the definition, as other
/// processes that run its checks have to hide them too.
///
/// @param texts the values of the references
/// @param shown the fields that contain them, with `***` in their place, as an overlay of the
///   definition
public record ReferencedSecrets(List<String> texts, ObjectNode shown) {
  /// The key of this within a stored definition.
  static final String KEY = "brought";

  /// Of a definition without references.
  public static final ReferencedSecrets NOTHING =
      new ReferencedSecrets(List.of(), JsonNodeFactory.instance.objectNode());

  /// Keys whose values are never secret: a name that everybody sees, a time, a flag, a number.
  private static final Set<String> NEVER_SECRET =
      Set.of(
          "name",
          "interval",
          "timeout",
          "slow",
          "certificate-warning",
          "status",
          "redirects",
          "keep-alive");

  private static final Set<String> NEVER_SECRET_OF_TLS = Set.of("verify");

  private static final int SHORTEST_PART = 4;

  /// Copies the list.
  public ReferencedSecrets {
    texts = List.copyOf(texts);
  }

  /// The values in a service as it was read from the file.
  static ReferencedSecrets of(JsonNode service) {
    Set<String> texts = new LinkedHashSet<>();
    ObjectNode shown = JsonNodeFactory.instance.objectNode();
    collect(service, NEVER_SECRET, texts, shown);
    return texts.isEmpty() ? NOTHING : new ReferencedSecrets(List.copyOf(texts), shown);
  }

  private static void collect(
      JsonNode from, Set<String> neverSecret, Set<String> texts, ObjectNode shown) {
    for (Map.Entry<String, JsonNode> field : from.properties()) {
      String key = field.getKey();
      if (neverSecret.contains(key)) {
        continue;
      }
      if (field.getValue() instanceof TextWithReferences text) {
        texts.addAll(text.brought());
        shown.put(key, text.shown());
      } else if (field.getValue().isObject()) {
        ObjectNode inner = JsonNodeFactory.instance.objectNode();
        collect(field.getValue(), key.equals("tls") ? NEVER_SECRET_OF_TLS : Set.of(), texts, inner);
        if (!inner.isEmpty()) {
          shown.set(key, inner);
        }
      }
    }
  }

  /// The values in a stored definition.
  static ReferencedSecrets stored(JsonNode definition) {
    return definition.path(KEY).path("shown") instanceof ObjectNode shown
        ? new ReferencedSecrets(
            definition.path(KEY).path("texts").valueStream().map(JsonNode::asString).toList(),
            shown)
        : NOTHING;
  }

  /// A stored definition that may be shown: with `***` for the values of references.
  public static ObjectNode hidden(ObjectNode definition) {
    ObjectNode hidden = definition.deepCopy();
    hidden.remove(KEY);
    overlay(stored(definition).shown(), hidden);
    return hidden;
  }

  private static void overlay(ObjectNode over, ObjectNode definition) {
    for (Map.Entry<String, JsonNode> field : over.properties()) {
      if (field.getValue() instanceof ObjectNode inner
          && definition.get(field.getKey()) instanceof ObjectNode beneath) {
        overlay(inner, beneath);
      } else {
        definition.set(field.getKey(), field.getValue());
      }
    }
  }

  /// Writes the form that is stored.
  void write(JsonGenerator json) {
    json.writeStartObject().writeName("texts").writeStartArray();
    texts.forEach(json::writeString);
    json.writeEndArray().writeName("shown");
    Json.node(json, shown);
    json.writeEndObject();
  }

  /// Whether the definition has no references with values.
  public boolean isNothing() {
    return texts.isEmpty();
  }

  /// The URL that may be shown.
  String url(String url) {
    return shown.path("url").asString(url);
  }

  /// Hides the values in mistakes that are added from now on.
  void hideIn(Mistakes mistakes) {
    texts.forEach(text -> mistakes.hide(text, "***"));
  }

  /// The texts that no reason may contain: the values of references; and the parts of a value in a
  /// URL, since reasons may contain a part of the URL.
  public Secrets secrets() {
    Stream<String> parts =
        shown.has("url")
            ? texts.stream()
                .flatMap(text -> Stream.of(text.split("[/?#&=:@,;]+")))
                .filter(part -> part.length() >= SHORTEST_PART && !isScheme(part))
            : Stream.empty();
    return Secrets.of(
        Stream.concat(texts.stream(), parts)
            .flatMap(text -> Stream.of(text, text.toLowerCase(Locale.ROOT), decoded(text)))
            .distinct()
            .toList());
  }

  private static boolean isScheme(String part) {
    return Probes.schemes().contains(part.toLowerCase(Locale.ROOT));
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
