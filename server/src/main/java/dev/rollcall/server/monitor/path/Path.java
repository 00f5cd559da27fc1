package dev.rollcall.server.monitor.path;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The path through the network to a host: for each TTL, from 1 on, the addresses that answered.
/// There are several where routers spread packets over links of equal cost (ECMP), and none where a
/// router is silent. The last TTL has an answer.
///
/// @param hops for each TTL the addresses as text, sorted, at most [#MOST_ADDRESSES]; the last one
///   is not empty
/// @param reached whether the last hop is the host itself
public record Path(List<Set<String>> hops, boolean reached) {
  /// The most addresses of one TTL that are kept.
  public static final int MOST_ADDRESSES = 16;

  /// The largest TTL.
  public static final int MOST_HOPS = 64;

  /// Copies the hops, bounds them, and leaves out silent ones at the end.
  public Path {
    List<Set<String>> copy = new ArrayList<>();
    for (Set<String> addresses : hops.subList(0, Math.min(MOST_HOPS, hops.size()))) {
      SortedSet<String> sorted =
          addresses.stream()
              .sorted()
              .limit(MOST_ADDRESSES)
              .collect(Collectors.toCollection(TreeSet::new));
      copy.add(Collections.unmodifiableSet(sorted));
    }
    while (!copy.isEmpty() && copy.getLast().isEmpty()) {
      copy.removeLast();
    }
    hops = List.copyOf(copy);
  }

  /// Whether nobody answered.
  public boolean isEmpty() {
    return hops.isEmpty();
  }

  /// The addresses at a TTL; none if it is silent, or beyond the end.
  public Set<String> at(int ttl) {
    return ttl <= hops.size() ? hops.get(ttl - 1) : Set.of();
  }

  /// The first TTL at which a trace shows that the path is another one by now; 0 if none does.
  ///
  /// It is the same while both have an address in common at each TTL. Where one of them is silent,
  /// that says nothing, unless it is where the trace reached the host.
  public int differsFrom(Path traced) {
    for (int ttl = 1; ttl <= traced.hops.size(); ttl++) {
      boolean silent = at(ttl).isEmpty() || traced.at(ttl).isEmpty();
      boolean end = reached && traced.reached && ttl == traced.hops.size();
      if ((!silent || end) && Collections.disjoint(at(ttl), traced.at(ttl))) {
        return ttl;
      }
    }
    return 0;
  }

  /// All addresses of both, as of a path over several links.
  public Path and(Path other) {
    List<Set<String>> both = new ArrayList<>();
    for (int ttl = 1; ttl <= Math.max(hops.size(), other.hops.size()); ttl++) {
      both.add(Stream.concat(at(ttl).stream(), other.at(ttl).stream()).collect(Collectors.toSet()));
    }
    return new Path(both, reached || other.reached);
  }

  /// The hop at a TTL for people: `10.0.0.1`, `10.0.0.1 or 10.0.0.2`, `*` for a silent one.
  public String words(int ttl) {
    return at(ttl).isEmpty() ? "*" : String.join(" or ", at(ttl));
  }
}
