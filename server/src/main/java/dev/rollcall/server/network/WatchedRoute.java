package dev.rollcall.server.network;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What is known of the way to a subject.
///
/// @param subject its name
/// @param good the last route on which everything was well: for each TTL, from 1, the addresses
///   that answered. More than one share the load; none: the hop was silent. The last one is the
///   destination's own.
/// @param now what answered since the subject is lost, likewise; it may end early. Empty if it was
///   not traced since: such a subject accuses nothing. Of a subject that is well it is not used.
/// @param lost whether the subject does not answer now
public record WatchedRoute(
    String subject,
    List<Set<InetAddress>> good,
    Optional<List<Set<InetAddress>>> now,
    boolean lost) {
  public WatchedRoute {
    good = copy(good);
    now = now.map(WatchedRoute::copy);
  }

  private static List<Set<InetAddress>> copy(List<Set<InetAddress>> hops) {
    return hops.stream().map(Set::copyOf).toList();
  }
}
