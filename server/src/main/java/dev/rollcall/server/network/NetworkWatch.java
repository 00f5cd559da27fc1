package dev.rollcall.server.network;

import static java.util.Objects.requireNonNull;

import dev.rollcall.server.address.ReverseNames;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// The entry point of the package for the composition root: watches where the network is broken.
///
/// It looks when something that is traced is lost, or no longer, and now and then while a break is
/// open. A break is written together with its signal, so it is one exactly once. While nothing is
/// lost it does nothing.
public final class NetworkWatch implements AutoCloseable {
  /// The scripts that create the tables of this package.
  public static final List<String> MIGRATIONS =
      List.of("db/migration/V55__network_break.sql", "db/migration/V64__network_break_name.sql");

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  /// How soon it looks again while a break is open: its hop may be found well by a route that has
  /// changed.
  private static final Duration LOOK = Duration.ofSeconds(10);

  /// How soon it looks again while it waits for observations.
  private static final Duration LOOK_SOON = Duration.ofSeconds(1);

  /// How long it sleeps otherwise: whoever writes that something is lost wakes it.
  private static final Duration IDLE = Duration.ofHours(1);

  /// After a look it rests for so many times as long as that took, and for [#LOOK_SOON] at most:
  /// thousands may be lost one after the other.
  private static final int PAUSE_FACTOR = 4;

  /// How long the names of routers may take, all together, when a break begins. They are looked up
  /// as soon as one is found, which mostly is a confirmation earlier.
  private static final Duration FOR_NAMES = Duration.ofSeconds(1);

  /// How often it looks anew because a break was found between a look and the write.
  private static final int MOST_TURNS = 3;

  /// How many breaks have names at once.
  private static final int MOST_NAMED = 20;

  private final Database database;
  private final GroupCommit commits;
  private final WatchedRoutes routes;
  private final Subjects subjects;
  private final SignalWriter signals;
  private final ReverseNames names;
  private final Clock clock;
  private final Batch<Named, Boolean> changing = this::changeAll;
  private final BackgroundLoop loop =
      new BackgroundLoop(
          "network", "the search for breaks of the network", AFTER_FAILURE, this::round);

  /// Which names of routers are known.
  ///
  /// @param asked the hops that were asked for
  /// @param names by their hops
  /// @param last whether what begins meanwhile begins without a name
  private record Named(Set<InetAddress> asked, Map<InetAddress, String> names, boolean last) {}

  /// How everything stands.
  ///
  /// @param open the breaks that are open, by their hops
  private record Look(
      List<WatchedSubject> lost, Map<InetAddress, Subject> open, BreakChanges changes) {
    private Duration next() {
      if (changes.waits()) {
        return LOOK_SOON;
      }
      return open.isEmpty() && changes.begun().isEmpty() ? IDLE : LOOK;
    }
  }

  /// @param subjects those of all types, to observe them
  /// @param names asked for the hops of breaks alone
  public NetworkWatch(
      Database database,
      GroupCommit commits,
      WatchedRoutes routes,
      Subjects subjects,
      SignalWriter signals,
      ReverseNames names,
      Clock clock) {
    this.database = database;
    this.commits = commits;
    this.routes = routes;
    this.subjects = subjects;
    this.signals = signals;
    this.names = names;
    this.clock = clock;
  }

  /// Breaks as the subjects of incidents.
  public static Subjects subjects() {
    return new BreakSubjects();
  }

  /// Looks at once: something is lost, or no longer.
  public void wake() {
    loop.wake();
  }

  public void start() {
    loop.start();
  }

  @Override
  public void close() {
    loop.close();
  }

  private Duration round() throws InterruptedException {
    Duration began = clock.monotonic();
    Duration next = look();
    Duration rest = clock.monotonic().minus(began).multipliedBy(PAUSE_FACTOR);
    loop.awaitClosing(rest.compareTo(LOOK_SOON) > 0 ? LOOK_SOON : rest);
    return next;
  }

  /// Looks, and writes what is new.
  ///
  /// @return when to look again
  Duration look() throws InterruptedException {
    for (int turn = 1; ; turn++) {
      Look look = database.read(this::lookAt);
      hops(look.changes().found()).forEach(names::expect);
      if (!look.changes().isNew()
          || commits.write(changing, named(look.changes().begun(), turn >= MOST_TURNS))) {
        return look.next();
      }
    }
  }

  /// The hops of which people are told.
  private static List<InetAddress> hops(List<NetworkBreak> breaks) {
    return breaks.stream()
        .limit(MOST_NAMED)
        .flatMap(one -> Stream.concat(Stream.of(one.hop()), one.before().stream()))
        .distinct()
        .toList();
  }

  private Named named(List<NetworkBreak> breaks, boolean last) throws InterruptedException {
    Map<InetAddress, String> named = new HashMap<>();
    List<InetAddress> hops = hops(breaks);
    Duration until = clock.monotonic().plus(FOR_NAMES);
    for (InetAddress hop : hops) {
      Duration left = until.minus(clock.monotonic());
      names
          .name(hop, left.isNegative() ? Duration.ZERO : left)
          .ifPresent(name -> named.put(hop, name));
    }
    return new Named(Set.copyOf(hops), named, last);
  }

  private Look lookAt(Handle handle) {
    List<WatchedSubject> lost = routes.lost(handle);
    Map<InetAddress, Subject> open = BreakTable.open(handle);
    boolean decided = open.isEmpty() && lost.stream().allMatch(WatchedSubject::decided);
    List<WatchedSubject> well = decided ? List.of() : routes.well(handle);
    return new Look(lost, open, BreakChanges.of(lost, well, open.keySet(), clock.wall()));
  }

  /// Changes nothing if a break has been found since, whose names were not asked for.
  private List<Boolean> changeAll(Handle tx, List<Named> all) {
    Map<InetAddress, String> named = new HashMap<>();
    all.forEach(one -> named.putAll(one.names()));
    database.takeTurns(tx, "network");
    Look look = lookAt(tx);
    BreakChanges changes = look.changes();
    Set<InetAddress> asked =
        all.stream().flatMap(one -> one.asked().stream()).collect(Collectors.toSet());
    if (all.stream().noneMatch(Named::last) && !asked.containsAll(hops(changes.begun()))) {
      return all.stream().map(_ -> false).toList();
    }
    Instant now = clock.wall();
    // Who writes observations locks the rows of schedules before those of what is lost, too.
    subjects.observe(tx, changes.observe(), now);
    routes.place(tx, changes.placed());
    for (InetAddress hop : changes.ended()) {
      Subject over = requireNonNull(look.open().get(hop));
      BreakTable.remove(tx, over);
      signals.write(tx, List.of(new Signal(over, "down", "up", Optional.empty(), now, now, now)));
    }
    for (NetworkBreak one : changes.begun()) {
      Instant since = since(one, look.lost());
      Subject begun =
          BreakTable.add(tx, one.hop(), Optional.ofNullable(named.get(one.hop())), since);
      Optional<String> cause = Optional.of(one.words(named));
      signals.write(tx, List.of(new Signal(begun, "up", "down", cause, now, since, now)));
    }
    return all.stream().map(_ -> true).toList();
  }

  /// When the first that is lost behind it was.
  private static Instant since(NetworkBreak one, List<WatchedSubject> lost) {
    return lost.stream()
        .filter(subject -> one.behind().contains(subject.name()))
        .map(WatchedSubject::since)
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }
}
