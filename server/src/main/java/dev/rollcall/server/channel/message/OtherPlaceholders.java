package dev.rollcall.server.channel.message;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The placeholders of other monitors, whose templates people bring along: `$NAME` of healthchecks,
/// `[ENDPOINT_NAME]` of Gatus, `{{hostnameOrURL}}` and `{% if ... %}` of Uptime Kuma.
///
/// Source: the documentation of webhooks of healthchecks, of custom alerts of Gatus, and of custom
/// messages of Uptime Kuma.
final class OtherPlaceholders {
  private static final Map<String, String> HEALTHCHECKS =
      Map.ofEntries(
          Map.entry("NAME", "name"),
          Map.entry("NAME_JSON", "name"),
          Map.entry("SLUG", "name"),
          Map.entry("CODE", "subject"),
          Map.entry("STATUS", "status"),
          Map.entry("NOW", "at"),
          Map.entry("TAGS", "tags"),
          Map.entry("TAG1", "tags"),
          Map.entry("JSON", "json"),
          Map.entry("BODY", "cause"),
          Map.entry("BODY_JSON", "cause"),
          Map.entry("EXITSTATUS", "cause"));

  private static final Map<String, String> GATUS =
      Map.of(
          "ALERT_DESCRIPTION", "text",
          "ALERT_TRIGGERED_OR_RESOLVED", "state",
          "ENDPOINT_NAME", "name",
          "ENDPOINT_GROUP", "group",
          "ENDPOINT_URL", "address",
          "RESULT_ERRORS", "cause",
          "RESULT_CONDITIONS", "cause");

  private static final Map<String, String> UPTIME_KUMA =
      Map.of(
          "msg", "title",
          "hostnameOrURL", "address",
          "monitorJSON", "json",
          "heartbeatJSON", "json");

  private static final Pattern WITH_DOLLAR =
      Pattern.compile("\\$(" + String.join("|", HEALTHCHECKS.keySet()) + ")\\b");
  private static final Pattern IN_BRACKETS =
      Pattern.compile("\\[(" + String.join("|", GATUS.keySet()) + ")]");
  private static final Pattern LIQUID_TAG = Pattern.compile("\\{%[^%]*%}");

  private OtherPlaceholders() {}

  /// Our name for the unknown one in a tag, such as `address` for `hostnameOrURL`; empty if nobody
  /// has it.
  static Optional<String> ours(String name) {
    String bare = name.replaceFirst("[.\\[].*", "");
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(HEALTHCHECKS);
    all.putAll(GATUS);
    all.putAll(UPTIME_KUMA);
    return Optional.ofNullable(all.get(bare));
  }

  /// A line for each placeholder in a text that nothing replaces, where it is first: `line 2: $NAME
  /// is of healthchecks, and stays as it is: write {{name}}`.
  static List<String> hints(String text) {
    List<String> hints = new ArrayList<>();
    placeholders(text, WITH_DOLLAR, "healthchecks", HEALTHCHECKS, hints);
    placeholders(text, IN_BRACKETS, "Gatus", GATUS, hints);
    Matcher tag = LIQUID_TAG.matcher(text);
    if (tag.find()) {
      hints.add(hint(text, tag, "Liquid", "{{#open}}...{{/open}}"));
    }
    return hints;
  }

  private static void placeholders(
      String text, Pattern pattern, String whose, Map<String, String> ours, List<String> hints) {
    Matcher found = pattern.matcher(text);
    Set<String> seen = new HashSet<>();
    while (found.find()) {
      String name = ours.getOrDefault(found.group(1), "");
      if (seen.add(found.group(1))) {
        hints.add(hint(text, found, whose, "{{" + name + "}}"));
      }
    }
  }

  private static String hint(String text, Matcher found, String whose, String instead) {
    return "line %d: %s is of %s, and stays as it is: write %s"
        .formatted(Template.line(text, found.start()), found.group(), whose, instead);
  }
}
