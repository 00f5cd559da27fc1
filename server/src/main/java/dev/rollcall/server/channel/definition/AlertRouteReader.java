package dev.rollcall.server.channel.definition;

import dev.rollcall.server.config.Fields;
import dev.rollcall.server.outbox.AlertRoute;
import dev.rollcall.server.outbox.ChannelHours;
import dev.rollcall.server.signal.Severity;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads the key `route` of a channel.
final class AlertRouteReader {
  static final String KEY = "route";

  private static final String TAGS = "tags";
  private static final String GROUPS = "groups";
  private static final String NAMES = "names";
  private static final String SEVERITY = "severity";
  private static final String KINDS = "kinds";
  private static final String HOURS = "hours";
  private static final String ZONE = "tz";
  private static final String AFTER = "after";
  private static final String REMIND = "remind";
  private static final String RESOLVED = "resolved";
  private static final String ABSENCES = "absences";
  private static final List<String> KEYS =
      List.of(TAGS, GROUPS, NAMES, SEVERITY, KINDS, HOURS, ZONE, AFTER, REMIND, RESOLVED, ABSENCES);

  /// What an incident can be, in the words of the API.
  private static final Set<String> KNOWN_KINDS =
      Set.of("down", "late", "failed", "slow", "certificate", "manual");

  private static final Duration SHORTEST_REMINDER = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(30);

  private AlertRouteReader() {}

  /// The route of a channel; everything if there is no such key, or it has a mistake.
  static AlertRoute read(Fields channel) {
    return channel.object(KEY, KEYS).map(AlertRouteReader::route).orElse(AlertRoute.EVERYTHING);
  }

  private static AlertRoute route(Fields route) {
    Set<Severity> severities = new HashSet<>();
    for (String word : route.oneOrMany(SEVERITY)) {
      Severity.CODEC
          .find(word)
          .ifPresentOrElse(
              severities::add,
              () -> route.mistake(SEVERITY, word, "is no severity: give critical or warning"));
    }
    List<String> kinds = route.oneOrMany(KINDS);
    kinds.stream()
        .filter(word -> !KNOWN_KINDS.contains(word))
        .forEach(
            word ->
                route.mistake(
                    KINDS,
                    word,
                    "is no kind: give some of down, late, failed, slow, certificate and manual"));
    return new AlertRoute(
        route.oneOrMany(TAGS),
        route.oneOrMany(GROUPS),
        route.oneOrMany(NAMES),
        severities,
        Set.copyOf(kinds),
        hours(route),
        route.duration(AFTER, Duration.ZERO, LONGEST).orElse(Duration.ZERO),
        route.duration(REMIND, SHORTEST_REMINDER, LONGEST),
        route.bool(RESOLVED).orElse(true),
        route.bool(ABSENCES).orElse(false));
  }

  private static Optional<ChannelHours> hours(Fields route) {
    ZoneId zone = route.text(ZONE).flatMap(name -> zone(route, name)).orElse(ZoneOffset.UTC);
    Optional<String> text = route.text(HOURS);
    if (text.isEmpty() && route.has(ZONE)) {
      route.mistake(ZONE, "has no effect without hours: remove it");
    }
    try {
      return text.map(hours -> ChannelHours.of(hours, zone));
    } catch (IllegalArgumentException e) {
      route.mistake(HOURS, text.orElse(""), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static Optional<ZoneId> zone(Fields route, String name) {
    try {
      return Optional.of(ZoneId.of(name));
    } catch (DateTimeException e) {
      route.mistake(ZONE, name, "is no time zone: write it as Europe/Berlin");
      return Optional.empty();
    }
  }
}
