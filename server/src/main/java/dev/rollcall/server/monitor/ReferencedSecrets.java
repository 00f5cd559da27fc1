package dev.rollcall.server.monitor;

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

/// What references (`${NAME}`, `${file:/path}`) brought into a service's definition. It may be a
/// secret wherever it stands, so nobody is ever shown it; it is kept with the definition, as the
/// checks of other processes have to hide it too.
///
/// @param texts what they brought
/// @param shown the values it stands in, with `***` in its place, as they lie in the definition
record ReferencedSecrets(List<String> texts, ObjectNode shown) {
  /// Where it is kept within a definition.
  static final String KEY = "brought";

  static final ReferencedSecrets NOTHING =
      new ReferencedSecrets(List.of(), JsonNodeFactory.instance.objectNode());

  /// No secret stands there: a name that everybody is shown, a time, a flag, a number.
  private static final Set<String> NEVER_SECRET =
      Set.of("name", "interval", "timeout", "status", "redirects", "keep-alive");

  private static final Set<String> NEVER_SECRET_OF_TLS = Set.of("verify");

  private static final int SHORTEST_PART = 4;

  /// Keeps a copy of the list.
  ReferencedSecrets {
    texts = List.copyOf(texts);
  }

  /// Of a service as it was read from the file.
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

  /// Of a definition as it is kept.
  static ReferencedSecrets kept(JsonNode definition) {
    return definition.path(KEY).path("shown") instanceof ObjectNode shown
        ? new ReferencedSecrets(
            definition.path(KEY).path("texts").valueStream().map(JsonNode::asString).toList(),
            shown)
        : NOTHING;
  }

  /// A kept definition as it may be looked at: with `***` for what was brought.
  static ObjectNode hidden(ObjectNode definition) {
    ObjectNode hidden = definition.deepCopy();
    hidden.remove(KEY);
    lay(kept(definition).shown(), hidden);
    return hidden;
  }

  private static void lay(ObjectNode over, ObjectNode definition) {
    for (Map.Entry<String, JsonNode> field : over.properties()) {
      if (field.getValue() instanceof ObjectNode inner
          && definition.get(field.getKey()) instanceof ObjectNode beneath) {
        lay(inner, beneath);
      } else {
        definition.set(field.getKey(), field.getValue());
      }
    }
  }

  /// As it is kept.
  void write(JsonGenerator json) {
    json.writeStartObject().writeName("texts").writeStartArray();
    texts.forEach(json::writeString);
    json.writeEndArray().writeName("shown");
    Json.node(json, shown);
    json.writeEndObject();
  }

  boolean isNothing() {
    return texts.isEmpty();
  }

  /// The URL, as it may be shown.
  String url(String url) {
    return shown.path("url").asString(url);
  }

  /// Mistakes hide it from now on.
  void hideIn(Mistakes mistakes) {
    texts.forEach(text -> mistakes.hide(text, "***"));
  }

  /// What no reason may show: what was brought, and, as reasons name the parts of a URL alone, each
  /// part of what was brought into one.
  Secrets secrets() {
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
