package dev.rollcall.server.node;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.time.Clock;
import inet.ipaddr.IPAddress;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/// The targets that the settings of a node list. Their names are looked up each time that they are
/// due.
final class OwnTargets implements Assignments {
  private static final System.Logger LOG = System.getLogger(OwnTargets.class.getName());
  private static final Duration LOOKUP = Duration.ofSeconds(5);

  private final List<String> targets;
  private final Duration every;
  private final Predicate<IPAddress> welcome;
  private final Resolver resolver;
  private final Clock clock;
  private final Set<String> unknown = new HashSet<>();
  private Duration dueAt;
  private List<IPAddress> rest = List.of();

  /// @param targets addresses and names
  /// @param every time between the beginnings of two rounds
  /// @param welcome which addresses of a name may be measured
  OwnTargets(
      List<String> targets,
      Duration every,
      Predicate<IPAddress> welcome,
      Resolver resolver,
      Clock clock) {
    this.targets = List.copyOf(targets);
    this.every = every;
    this.welcome = welcome;
    this.resolver = resolver;
    this.clock = clock;
    this.dueAt = clock.monotonic();
  }

  @Override
  public Lease next(int limit) throws InterruptedException {
    Duration now = clock.monotonic();
    if (rest.isEmpty()) {
      if (now.compareTo(dueAt) < 0) {
        return Lease.none(dueAt.minus(now));
      }
      rest = addresses();
      // A round that took longer than the time between two, or a sleep, is not made up for.
      Duration next = dueAt.plus(every);
      dueAt = next.compareTo(now) > 0 ? next : now.plus(every);
    }
    int taken = Math.min(limit, rest.size());
    Lease lease = new Lease(rest.subList(0, taken), Optional.empty(), Duration.ZERO, 0);
    rest = List.copyOf(rest.subList(taken, rest.size()));
    return lease.targets().isEmpty() ? Lease.none(dueAt.minus(now)) : lease;
  }

  private List<IPAddress> addresses() throws InterruptedException {
    List<IPAddress> found = new ArrayList<>();
    for (String target : targets) {
      Optional<IPAddress> address = Addresses.parse(target);
      if (address.isPresent()) {
        found.add(address.get());
      } else {
        found.addAll(named(target));
      }
    }
    return found.stream().distinct().toList();
  }

  /// The first address that may be measured: one name is one target.
  private List<IPAddress> named(String name) throws InterruptedException {
    try {
      List<InetAddress> all = resolver.resolve(name, LOOKUP);
      unknown.remove(name);
      return all.stream()
          .map(InetAddress::getAddress)
          .map(Addresses::of)
          .filter(welcome)
          .limit(1)
          .toList();
    } catch (UnknownHostException | TimeoutException | ProbeFailure e) {
      if (unknown.add(name)) {
        LOG.log(
            Level.WARNING,
            "{0} is not measured while its name is not found ({1})",
            name,
            e instanceof UnknownHostException ? "unknown host" : e.getMessage());
      }
      return List.of();
    }
  }

  @Override
  public void done(Lease lease) {}
}
