package dev.rollcall.server.app;

import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.monitor.path.Path;
import dev.rollcall.server.monitor.path.TracedService;
import dev.rollcall.server.monitor.store.TracedServices;
import dev.rollcall.server.network.NetworkBreak;
import dev.rollcall.server.network.WatchedRoute;
import dev.rollcall.server.network.WatchedRoutes;
import dev.rollcall.server.network.WatchedSubject;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// The routes to services that are traced, for the search for breaks of the network.
final class TracedRoutes implements WatchedRoutes {
  @Override
  public List<WatchedSubject> lost(Handle handle) {
    return Monitor.lost(handle).stream().map(TracedRoutes::watched).toList();
  }

  @Override
  public List<WatchedSubject> well(Handle handle) {
    return Monitor.well(handle).stream().map(TracedRoutes::watched).toList();
  }

  @Override
  public void place(Handle tx, List<WatchedSubject> lost) {
    Monitor.place(
        tx,
        lost.stream()
            .map(
                one ->
                    new TracedServices.Placed(
                        one.subject().id(), one.behind().map(NetworkBreak::text), one.decided()))
            .toList());
  }

  /// The route of a service that is lost is known only if a trace has reached it: otherwise it is
  /// not known what comes after its last hop.
  private static WatchedSubject watched(TracedService service) {
    boolean lost = service.now().isPresent();
    List<Set<InetAddress>> good =
        service
            .good()
            .filter(path -> !lost || path.reached())
            .map(TracedRoutes::hops)
            .orElse(List.of());
    return new WatchedSubject(
        service.subject(),
        new WatchedRoute(
            service.subject().name(), good, service.now().map(TracedRoutes::hops), lost),
        service.since(),
        service.observed(),
        service.confirmed(),
        service.behind().map(InetAddress::ofLiteral),
        service.decided());
  }

  private static List<Set<InetAddress>> hops(Path path) {
    return path.hops().stream()
        .map(
            hop ->
                hop.stream().flatMap(TracedRoutes::address).collect(Collectors.toUnmodifiableSet()))
        .toList();
  }

  /// None for one of an interface that is gone.
  private static Stream<InetAddress> address(String text) {
    try {
      return Stream.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Stream.empty();
    }
  }
}
