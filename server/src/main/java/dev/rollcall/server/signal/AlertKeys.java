package dev.rollcall.server.signal;

import dev.rollcall.server.config.Fields;
import dev.rollcall.server.config.Mistakes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The keys of a service, heartbeat or group that say who is told when something is wrong with it,
/// and how.
///
/// @param tags words that routes of channels and filters of lists choose by
/// @param group the name of the group that it lies in
/// @param runbook the URL of the page that says what to do
/// @param dependsOn the names of services, heartbeats and groups without which it cannot work
/// @param channels the names of the channels to tell, instead of what their routes would choose;
///   empty: the routes decide
public record AlertKeys(
    List<String> tags,
    Optional<String> group,
    Severity severity,
    Optional<String> runbook,
    List<String> dependsOn,
    List<String> channels) {
  /// Of a subject that has none of the keys.
  public static final AlertKeys NONE =
      new AlertKeys(
          List.of(), Optional.empty(), Severity.CRITICAL, Optional.empty(), List.of(), List.of());

  /// The names of the keys.
  public static final List<String> NAMES =
      List.of("tags", "group", "severity", "runbook", "depends-on", "notify");

  private static final int MOST = 20;
  private static final int LONGEST = 63;
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_URL = 2_000;

  /// Copies the lists.
  public AlertKeys {
    tags = List.copyOf(tags);
    dependsOn = List.copyOf(dependsOn);
    channels = List.copyOf(channels);
  }

  /// Reads them.
  public static AlertKeys of(Fields fields) {
    Optional<String> group = fields.text("group");
    group
        .filter(text -> text.isBlank() || text.length() > LONGEST_NAME)
        .ifPresent(_ -> fields.mistake("group", "must have 1 to 255 characters"));
    Optional<String> runbook = fields.text("runbook");
    runbook
        .filter(url -> !url.matches("(?i)https?://\\S+") || url.length() > LONGEST_URL)
        .ifPresent(_ -> fields.mistake("runbook", "is no URL: write it as https://host/page"));
    return new AlertKeys(
        words(fields, "tags", LONGEST),
        group,
        severity(fields),
        runbook,
        words(fields, "depends-on", LONGEST_NAME),
        words(fields, "notify", LONGEST));
  }

  private static Severity severity(Fields fields) {
    Optional<String> word = fields.text("severity");
    Optional<Severity> severity = word.flatMap(Severity.CODEC::find);
    if (word.isPresent() && severity.isEmpty()) {
      fields.mistake("severity", word.get(), "is no severity: give critical or warning");
    }
    return severity.orElse(Severity.CRITICAL);
  }

  private static List<String> words(Fields fields, String key, int longest) {
    List<String> words = new ArrayList<>();
    for (String word : fields.oneOrMany(key)) {
      if (word.isBlank() || word.length() > longest) {
        fields.mistake(key, "must be words of 1 to " + longest + " characters");
        return List.of();
      }
      words.add(word);
    }
    if (words.size() > MOST) {
      fields.mistake(key, "are too many: " + MOST + " at most");
    }
    return words;
  }

  /// Reads them from where they were stored.
  public static AlertKeys stored(JsonNode json) {
    return of(new Fields(json, "", "", new Mistakes()));
  }

  /// The same of one that depends on something else too, if that is given.
  public AlertKeys dependingOn(Optional<String> name) {
    return name.isEmpty()
        ? this
        : new AlertKeys(
            tags,
            group,
            severity,
            runbook,
            Stream.concat(dependsOn.stream(), name.stream()).toList(),
            channels);
  }

  /// The same with another severity.
  public AlertKeys severity(Severity other) {
    return new AlertKeys(tags, group, other, runbook, dependsOn, channels);
  }

  /// The form in which they are stored, with the names of the keys.
  public String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    list(json, "tags", tags);
    group.ifPresent(name -> json.put("group", name));
    json.put("severity", severity.word());
    runbook.ifPresent(url -> json.put("runbook", url));
    list(json, "depends-on", dependsOn);
    list(json, "notify", channels);
    return json.toString();
  }

  private static void list(ObjectNode json, String key, List<String> words) {
    if (!words.isEmpty()) {
      words.forEach(json.putArray(key)::add);
    }
  }
}
