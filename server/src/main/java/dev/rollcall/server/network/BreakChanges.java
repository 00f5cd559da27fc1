package dev.rollcall.server.network;

import dev.rollcall.server.signal.Subject;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What follows from how the watched subjects stand: a pure function of them and the open breaks.
///
/// A break that is open stays until its hop is well, or nothing behind it is lost any more; whether
/// it would be found anew does not matter, so a trace that misses an answer ends none. What is lost
/// later and may be behind it, is.
///
/// A break begins when it is found, one of the subjects behind it is confirmed to be lost, and the
/// hop before it is known to be well since then ([WellEvidence]). Before a subject counts as lost
/// by itself, those that are well as of before and would pass what is suspect on its route are
/// observed once more.
///
/// @param ended the hops of the breaks that are over
/// @param begun the breaks that are new
/// @param found all that are found now: those that are new, and those that may be soon
/// @param placed the lost subjects of which something else is known now
/// @param observe the subjects to observe at once
/// @param waits whether it is not decided yet what some of the lost ones are behind
record BreakChanges(
    List<InetAddress> ended,
    List<NetworkBreak> begun,
    List<NetworkBreak> found,
    List<WatchedSubject> placed,
    List<Subject> observe,
    boolean waits) {
  /// How long the route of a subject that is well again is no evidence: it may be another route by
  /// now, which is traced meanwhile.
  static final Duration RETRACED = Duration.ofSeconds(30);

  /// How long it waits for observations. Some subjects may not be observed at all.
  static final Duration LONGEST = Duration.ofSeconds(30);

  /// How many subjects are observed at once.
  private static final int MOST_OBSERVED = 1_000;

  /// Whether there is something to write.
  boolean isNew() {
    return !(ended.isEmpty() && begun.isEmpty() && placed.isEmpty() && observe.isEmpty());
  }

  /// What follows.
  ///
  /// @param open the hops of the breaks that are open
  static BreakChanges of(
      List<WatchedSubject> lost, List<WatchedSubject> well, Set<InetAddress> open, Instant now) {
    Set<InetAddress> ended = new HashSet<>(open);
    ended.removeAll(stillBroken(lost, well, open, now));
    Set<InetAddress> goOn = new HashSet<>(open);
    goOn.removeAll(ended);

    List<WatchedRoute> routes =
        Stream.concat(lost.stream(), well.stream()).map(WatchedSubject::route).toList();
    Map<String, List<InetAddress>> suspects = NetworkBreaks.suspects(routes);
    Map<String, InetAddress> behind = new HashMap<>();
    for (WatchedSubject one : lost) {
      one.behind()
          .filter(goOn::contains)
          .or(
              () ->
                  suspects.getOrDefault(one.name(), List.of()).stream()
                      .filter(goOn::contains)
                      .findFirst())
          .ifPresent(hop -> behind.put(one.name(), hop));
    }

    Set<String> confirmed =
        lost.stream()
            .filter(WatchedSubject::confirmed)
            .map(WatchedSubject::name)
            .collect(Collectors.toSet());
    WellEvidence evidence = new WellEvidence(lost, well, routes);
    List<NetworkBreak> found = NetworkBreaks.find(routes);
    List<NetworkBreak> beginning =
        found.stream()
            .filter(one -> !goOn.contains(one.hop()))
            .filter(one -> !behind.keySet().containsAll(one.behind()))
            .toList();
    List<NetworkBreak> begun =
        beginning.stream()
            .filter(one -> !Collections.disjoint(confirmed, one.behind()))
            .filter(one -> evidence.isNew(one.behind()))
            .toList();
    begun.forEach(one -> one.behind().forEach(name -> behind.putIfAbsent(name, one.hop())));

    Set<String> perhapsBehind = new HashSet<>(behind.keySet());
    found.forEach(one -> perhapsBehind.addAll(one.behind()));
    Undecided undecided = new Undecided(lost, well, perhapsBehind, now);
    beginning.forEach(one -> undecided.waitFor(one.behind(), evidence, now));
    List<WatchedSubject> placed =
        lost.stream()
            .filter(one -> !undecided.placed(one, behind).equals(one))
            .map(one -> undecided.placed(one, behind))
            .toList();
    return new BreakChanges(
        List.copyOf(ended),
        begun,
        found,
        placed,
        Stream.concat(undecided.missing.stream(), notAskedAgain(lost, well, behind, now).stream())
            .distinct()
            .limit(MOST_OBSERVED)
            .toList(),
        !undecided.names.isEmpty());
  }

  /// The hops of open breaks that are not well for certain, and have something lost behind them.
  private static Set<InetAddress> stillBroken(
      List<WatchedSubject> lost, List<WatchedSubject> well, Set<InetAddress> open, Instant now) {
    Set<InetAddress> proven =
        NetworkBreaks.well(
            Stream.concat(lost.stream(), well.stream().filter(one -> !isBackSince(one, now)))
                .map(WatchedSubject::route)
                .toList());
    return lost.stream()
        .flatMap(one -> one.behind().stream())
        .filter(hop -> open.contains(hop) && !proven.contains(hop))
        .collect(Collectors.toSet());
  }

  /// Whether a subject that is well is so for a few moments only.
  private static boolean isBackSince(WatchedSubject well, Instant now) {
    return well.since().isAfter(now.minus(RETRACED));
  }

  /// What is lost behind a break, and was observed before another subject came back that passed it.
  private static List<Subject> notAskedAgain(
      List<WatchedSubject> lost,
      List<WatchedSubject> well,
      Map<String, InetAddress> behind,
      Instant now) {
    Map<InetAddress, Instant> back = new HashMap<>();
    well.stream()
        .filter(one -> isBackSince(one, now))
        .forEach(
            one ->
                hops(one.route().good())
                    .forEach(hop -> back.merge(hop, one.since(), (a, b) -> a.isAfter(b) ? a : b)));
    return lost.stream()
        .filter(
            one ->
                Optional.ofNullable(behind.get(one.name()))
                    .map(back::get)
                    .filter(one.observed()::isBefore)
                    .isPresent())
        .map(WatchedSubject::subject)
        .toList();
  }

  private static Stream<InetAddress> hops(List<Set<InetAddress>> route) {
    return route.stream().flatMap(Collection::stream);
  }

  /// The lost subjects of which it is not known yet whether they are lost by themselves.
  private static final class Undecided {
    final Set<String> names = new HashSet<>();

    /// What has to be observed until that is known.
    final Set<Subject> missing = new LinkedHashSet<>();

    private final Set<String> perhapsBehind;

    Undecided(
        List<WatchedSubject> lost,
        List<WatchedSubject> well,
        Set<String> perhapsBehind,
        Instant now) {
      this.perhapsBehind = perhapsBehind;
      List<WatchedSubject> open =
          lost.stream()
              .filter(one -> !one.decided() && !perhapsBehind.contains(one.name()))
              .filter(one -> one.since().isAfter(now.minus(LONGEST)))
              .toList();
      if (open.isEmpty()) {
        return;
      }
      Map<String, List<InetAddress>> suspects =
          NetworkBreaks.suspects(lost.stream().map(WatchedSubject::route).toList());
      Map<InetAddress, List<WatchedSubject>> passing = passing(well, suspects);
      Map<InetAddress, Instant> latest = new LinkedHashMap<>();
      for (WatchedSubject one : open) {
        for (InetAddress hop : suspects.getOrDefault(one.name(), List.of())) {
          if (isAnyOlder(passing.getOrDefault(hop, List.of()), one.since())) {
            names.add(one.name());
            latest.merge(hop, one.since(), (a, b) -> a.isAfter(b) ? a : b);
          }
        }
      }
      // For each hop once: thousands may be lost behind one that thousands pass.
      latest.forEach(
          (hop, since) ->
              passing.getOrDefault(hop, List.of()).stream()
                  .takeWhile(other -> other.observed().isBefore(since))
                  .limit(MOST_OBSERVED)
                  .map(WatchedSubject::subject)
                  .forEach(missing::add));
    }

    /// What is well, by the suspects that it passes; what was observed longest ago comes first.
    private static Map<InetAddress, List<WatchedSubject>> passing(
        List<WatchedSubject> well, Map<String, List<InetAddress>> suspects) {
      Set<InetAddress> all =
          suspects.values().stream().flatMap(List::stream).collect(Collectors.toSet());
      Map<InetAddress, List<WatchedSubject>> passing = new HashMap<>();
      for (WatchedSubject one : well) {
        hops(one.route().good())
            .filter(all::contains)
            .forEach(hop -> passing.computeIfAbsent(hop, _ -> new ArrayList<>()).add(one));
      }
      passing.values().forEach(some -> some.sort(Comparator.comparing(WatchedSubject::observed)));
      return passing;
    }

    private static boolean isAnyOlder(List<WatchedSubject> sorted, Instant since) {
      return !sorted.isEmpty() && sorted.getFirst().observed().isBefore(since);
    }

    /// What is lost is not decided while it is not known how far the way to it is well.
    final void waitFor(Set<String> together, WellEvidence evidence, Instant now) {
      if (evidence.since(together).isAfter(now.minus(LONGEST)) && !evidence.isNew(together)) {
        names.addAll(together);
        missing.addAll(evidence.missing(together));
      }
    }

    /// A lost subject with what is known of it now.
    WatchedSubject placed(WatchedSubject one, Map<String, InetAddress> behind) {
      if (behind.containsKey(one.name())) {
        return one.placed(behind.get(one.name()));
      }
      boolean open = perhapsBehind.contains(one.name()) || names.contains(one.name());
      return open ? one.undecided() : one.byItself();
    }
  }
}
