package dev.rollcall.server.network;

import dev.rollcall.server.signal.Subject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Routes in tests, written as `1 2 3|4 - 9`: router 1, router 2, routers 3 and 4 that share the
/// load, a silent one, destination 9.
final class Routes {
  private Routes() {}

  static WatchedRoute well(String subject, String good) {
    return new WatchedRoute(subject, route(good), Optional.empty(), false);
  }

  static WatchedRoute lost(String subject, String good, String now) {
    return new WatchedRoute(subject, route(good), Optional.of(route(now)), true);
  }

  /// A subject with that route, which has been so since a moment, and was observed then.
  static WatchedSubject at(Instant since, WatchedRoute route) {
    return new WatchedSubject(
        new Subject(Subject.Type.SERVICE, route.subject().hashCode(), 0, route.subject()),
        route,
        since,
        since,
        true,
        Optional.empty(),
        false);
  }

  static List<Set<InetAddress>> route(String text) {
    return Stream.of(text.split(" ")).filter(hop -> !hop.isEmpty()).map(Routes::set).toList();
  }

  private static Set<InetAddress> set(String hop) {
    return hop.equals("-")
        ? Set.of()
        : Stream.of(hop.split("\\|"))
            .map(number -> hop(Integer.parseInt(number)))
            .collect(Collectors.toSet());
  }

  static InetAddress hop(int number) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, (byte) (number >> 8), (byte) number});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
