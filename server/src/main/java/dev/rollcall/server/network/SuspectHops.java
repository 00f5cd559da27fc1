package dev.rollcall.server.network;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The hops that are suspect on the routes of what is lost, by how many addresses are lost behind
/// them. What is behind a hop that was named is taken out, and only the hops on these routes are
/// counted anew: a thousand places may be broken at once, each with its own.
final class SuspectHops {
  /// What the search needs to know of one that is lost.
  ///
  /// @param destination its own address
  /// @param suspects the hops that may be broken, the nearest first
  record Suspicion(InetAddress destination, List<InetAddress> suspects) {}

  static final Comparator<InetAddress> BY_BYTES =
      Comparator.comparing(InetAddress::getAddress, Arrays::compareUnsigned);

  /// A hop with enough behind it to be named.
  ///
  /// @param addresses how many are lost behind it
  /// @param place the furthest one among the suspects of a route
  private record Ranked(InetAddress hop, int addresses, int place) {}

  private final List<Suspicion> all;
  private final int least;

  /// The places in [#all] of what is behind each hop, and left.
  private final Map<InetAddress, Set<Integer>> behind = new HashMap<>();

  private final Map<InetAddress, Ranked> ranks = new HashMap<>();
  private final SortedSet<Ranked> ranked =
      new TreeSet<>(
          Comparator.comparingInt((Ranked one) -> -one.addresses())
              .thenComparing(Ranked::place)
              .thenComparing(Ranked::hop, BY_BYTES));

  /// @param least how many addresses have to be lost behind a hop that is named
  SuspectHops(List<Suspicion> all, int least) {
    this.all = List.copyOf(all);
    this.least = least;
    for (int i = 0; i < all.size(); i++) {
      for (InetAddress hop : all.get(i).suspects()) {
        behind.computeIfAbsent(hop, _ -> new LinkedHashSet<>()).add(i);
      }
    }
    behind.keySet().forEach(this::rank);
  }

  /// The hop with the most addresses behind it, and of those the nearest.
  Optional<InetAddress> mostLost() {
    return ranked.isEmpty() ? Optional.empty() : Optional.of(ranked.getFirst().hop());
  }

  /// Takes out what is behind a hop.
  ///
  /// @return the places of these in the list of all, in its order
  List<Integer> take(InetAddress hop) {
    List<Integer> taken = List.copyOf(behind.getOrDefault(hop, Set.of()));
    Set<InetAddress> changed = new HashSet<>();
    for (int one : taken) {
      for (InetAddress suspect : all.get(one).suspects()) {
        behind.getOrDefault(suspect, Set.of()).remove(one);
        changed.add(suspect);
      }
    }
    changed.forEach(this::rank);
    return taken;
  }

  private void rank(InetAddress hop) {
    Ranked before = ranks.remove(hop);
    if (before != null) {
      ranked.remove(before);
    }
    Set<Integer> left = behind.getOrDefault(hop, Set.of());
    Set<InetAddress> addresses = new HashSet<>();
    int place = 0;
    for (int one : left) {
      addresses.add(all.get(one).destination());
      place = Math.max(place, all.get(one).suspects().indexOf(hop));
    }
    if (addresses.size() >= least) {
      Ranked now = new Ranked(hop, addresses.size(), place);
      ranks.put(hop, now);
      ranked.add(now);
    }
  }
}
