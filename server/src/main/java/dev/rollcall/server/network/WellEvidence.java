package dev.rollcall.server.network;

import dev.rollcall.server.signal.Subject;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// How new it is what is known of hops that are well. What is well as of before a loss may be lost
/// by now as well: then the hop that it passes is the broken one, and not what comes after it.
final class WellEvidence {
  /// A trace of what was lost so long before says nothing: it may be older than the loss.
  private static final Duration TRACED = Duration.ofSeconds(30);

  /// How many subjects are observed for one hop: one that is well suffices.
  private static final int MOST = 20;

  private final Map<String, WatchedSubject> lost = new HashMap<>();
  private final Map<InetAddress, List<WatchedSubject>> passing = new HashMap<>();
  private final Map<String, InetAddress> lastWell;

  /// When a hop was seen well last: something that passes it was observed, or something that is
  /// lost was traced as far as to it.
  private final Map<InetAddress, Instant> seen = new HashMap<>();

  WellEvidence(List<WatchedSubject> lost, List<WatchedSubject> well, List<WatchedRoute> routes) {
    this.lastWell = NetworkBreaks.lastWell(routes);
    for (WatchedSubject one : lost) {
      this.lost.put(one.name(), one);
      one.route().now().stream()
          .flatMap(List::stream)
          .flatMap(Set::stream)
          .forEach(hop -> see(hop, one.since().plus(TRACED)));
    }
    for (WatchedSubject one : well) {
      one.route().good().stream()
          .filter(hop -> hop.size() == 1)
          .flatMap(Set::stream)
          .forEach(
              hop -> {
                passing.computeIfAbsent(hop, _ -> new ArrayList<>()).add(one);
                see(hop, one.observed());
              });
    }
  }

  private void see(InetAddress hop, Instant at) {
    seen.merge(hop, at, (one, other) -> one.isAfter(other) ? one : other);
  }

  /// What has to be observed until it is known, as of the loss, how far the ways to these are well.
  List<Subject> missing(Collection<String> names) {
    Instant since = since(names);
    return unknown(names, since)
        .flatMap(hop -> passing.getOrDefault(hop, List.of()).stream().limit(MOST))
        .map(WatchedSubject::subject)
        .distinct()
        .toList();
  }

  /// Whether that is known.
  boolean isNew(Collection<String> names) {
    return unknown(names, since(names)).findAny().isEmpty();
  }

  /// When the last of these was lost.
  Instant since(Collection<String> names) {
    return names.stream()
        .flatMap(name -> Optional.ofNullable(lost.get(name)).stream())
        .map(WatchedSubject::since)
        .max(Comparator.naturalOrder())
        .orElse(Instant.MIN);
  }

  private Stream<InetAddress> unknown(Collection<String> names, Instant since) {
    return names.stream()
        .flatMap(name -> Optional.ofNullable(lastWell.get(name)).stream())
        .distinct()
        .filter(hop -> seen.getOrDefault(hop, Instant.MIN).isBefore(since));
  }
}
