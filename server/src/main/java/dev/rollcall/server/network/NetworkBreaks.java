package dev.rollcall.server.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Finds where the network is broken, from the routes of all that is watched. A pure function.
///
/// A hop is well if something that is well is behind it, or if it answered, or one after it did,
/// when a subject that is lost was traced. On the route of each lost subject, what comes after the
/// last hop that is well is suspect. A hop is named if it is suspect on the routes to at least two
/// addresses. If several in a row fit, the first of them is named: whether those behind it are
/// broken too cannot be seen from here.
///
/// It names nothing rather than guess: if nothing at all is well, the network that is broken may be
/// our own; a host of which all services are lost is no network; and nothing behind hops that share
/// the load is suspect while one of them may be broken, since it is not known which of them a
/// request passes.
public final class NetworkBreaks {
  /// How many addresses have to be lost behind a hop before it is named.
  private static final int LOST = 2;

  /// How many have to be lost before that is certain.
  private static final int CERTAIN = 3;

  /// A subject that is lost.
  ///
  /// @param suspects the hops of its route after the last that is well; none if that is not known
  /// @param reached the TTL of the last hop that is well; 0 if none is
  /// @param destination its own address
  private record Lost(
      WatchedRoute route, List<InetAddress> suspects, int reached, InetAddress destination) {}

  private NetworkBreaks() {}

  /// The places at which it is broken, those with the most addresses behind them first.
  public static List<NetworkBreak> find(Collection<WatchedRoute> routes) {
    Set<InetAddress> well = well(routes);
    if (well.isEmpty()) {
      return List.of();
    }
    List<Lost> lost = lost(routes, well);
    SuspectHops hops =
        new SuspectHops(
            lost.stream()
                .map(one -> new SuspectHops.Suspicion(one.destination(), one.suspects()))
                .toList(),
            LOST);
    List<NetworkBreak> found = new ArrayList<>();
    Optional<InetAddress> hop = hops.mostLost();
    while (hop.isPresent()) {
      List<Lost> behind = hops.take(hop.get()).stream().map(lost::get).toList();
      found.add(broken(hop.get(), behind, well));
      hop = hops.mostLost();
    }
    return found;
  }

  /// The hops that may be broken on the route of each subject that is lost, the nearest first, by
  /// the name of the subject. None if it is not known.
  static Map<String, List<InetAddress>> suspects(Collection<WatchedRoute> routes) {
    return lost(routes, well(routes)).stream()
        .collect(Collectors.toMap(one -> one.route().subject(), Lost::suspects));
  }

  /// The last hop that is well on the route of each subject that is lost, by the name of the
  /// subject. None if it is not known.
  static Map<String, InetAddress> lastWell(Collection<WatchedRoute> routes) {
    Set<InetAddress> well = well(routes);
    Map<String, InetAddress> last = new HashMap<>();
    lost(routes, well)
        .forEach(one -> before(one, well).ifPresent(hop -> last.put(one.route().subject(), hop)));
    return last;
  }

  private static List<Lost> lost(Collection<WatchedRoute> routes, Set<InetAddress> well) {
    List<Lost> lost = new ArrayList<>();
    for (WatchedRoute route : routes) {
      if (route.lost() && route.now().isPresent() && !route.good().isEmpty()) {
        lost(route, well).ifPresent(lost::add);
      }
    }
    return lost;
  }

  /// The hops that are well for certain.
  static Set<InetAddress> well(Collection<WatchedRoute> routes) {
    Set<InetAddress> well = new HashSet<>();
    for (WatchedRoute route : routes) {
      if (route.lost()) {
        route.now().orElse(List.of()).forEach(well::addAll);
      } else {
        route.good().stream().filter(hop -> hop.size() == 1).forEach(well::addAll);
      }
    }
    return well;
  }

  private static Optional<Lost> lost(WatchedRoute route, Set<InetAddress> well) {
    List<Set<InetAddress>> good = route.good();
    if (good.getLast().size() != 1) {
      return Optional.empty();
    }
    int reached = good.size();
    while (reached > 0 && good.get(reached - 1).stream().noneMatch(well::contains)) {
      reached--;
    }
    boolean oneMayBeBroken = reached > 0 && !well.containsAll(good.get(reached - 1));
    return Optional.of(
        new Lost(
            route,
            oneMayBeBroken ? List.of() : suspects(good.subList(reached, good.size())),
            reached,
            only(good.getLast())));
  }

  /// The hops until the first that share the load.
  private static List<InetAddress> suspects(List<Set<InetAddress>> hops) {
    return hops.stream()
        .takeWhile(hop -> hop.size() <= 1)
        .filter(hop -> !hop.isEmpty())
        .map(NetworkBreaks::only)
        .distinct()
        .toList();
  }

  private static InetAddress only(Set<InetAddress> hop) {
    return hop.iterator().next();
  }

  private static NetworkBreak broken(InetAddress hop, List<Lost> behind, Set<InetAddress> well) {
    Lost nearest = behind.stream().min(Comparator.comparingInt(one -> between(one, hop))).get();
    Optional<InetAddress> before = before(nearest, well);
    long addresses = behind.stream().map(Lost::destination).distinct().count();
    boolean certain =
        addresses >= CERTAIN && behind.stream().allMatch(one -> before(one, well).isPresent());
    return new NetworkBreak(
        hop,
        before,
        between(nearest, hop),
        behind.stream().map(one -> one.route().subject()).collect(Collectors.toSet()),
        certain ? NetworkBreak.Sure.CERTAIN : NetworkBreak.Sure.LIKELY);
  }

  /// The last hop of the route that is well.
  private static Optional<InetAddress> before(Lost one, Set<InetAddress> well) {
    return one.reached() == 0
        ? Optional.empty()
        : one.route().good().get(one.reached() - 1).stream()
            .filter(well::contains)
            .min(SuspectHops.BY_BYTES);
  }

  /// How many hops lie between the last that is well and `hop`.
  private static int between(Lost one, InetAddress hop) {
    List<Set<InetAddress>> good = one.route().good();
    int at = one.reached();
    while (!good.get(at).contains(hop)) {
      at++;
    }
    return at - one.reached();
  }
}
