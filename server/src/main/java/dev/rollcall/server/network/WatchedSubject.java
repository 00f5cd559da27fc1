package dev.rollcall.server.network;

import dev.rollcall.server.signal.Subject;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;

/// A subject whose route is watched.
///
/// @param since when it was lost, or well again
/// @param observed when it was observed last
/// @param confirmed whether it is confirmed that it is lost
/// @param behind the hop of the break that it is lost behind, if that is known
/// @param decided whether it is certain that it is lost by itself
public record WatchedSubject(
    Subject subject,
    WatchedRoute route,
    Instant since,
    Instant observed,
    boolean confirmed,
    Optional<InetAddress> behind,
    boolean decided) {
  /// The same, lost behind a break.
  WatchedSubject placed(InetAddress hop) {
    return new WatchedSubject(subject, route, since, observed, confirmed, Optional.of(hop), false);
  }

  /// The same, of which nothing is decided.
  WatchedSubject undecided() {
    return new WatchedSubject(subject, route, since, observed, confirmed, Optional.empty(), false);
  }

  /// The same, lost by itself.
  WatchedSubject byItself() {
    return new WatchedSubject(subject, route, since, observed, confirmed, Optional.empty(), true);
  }

  /// Its name, which its route has too.
  String name() {
    return subject.name();
  }
}
