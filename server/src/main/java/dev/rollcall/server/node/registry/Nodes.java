package dev.rollcall.server.node.registry;

import dev.rollcall.server.http.Route;
import dev.rollcall.server.node.NodeStatus;
import dev.rollcall.server.node.registry.KnownNode.State;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.ClockWatch;
import dev.rollcall.server.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The entry point of the package for the composition root: the nodes that report here.
///
/// A registered node that falls silent is an incident, which ends with its next report. A node that
/// is not registered, since it showed no token, is forgotten after a day of silence, or when its
/// place is needed; one that is, after thirty.
public final class Nodes implements AutoCloseable {
  /// The scripts that create the table of this package.
  public static final List<String> MIGRATIONS = List.of("db/migration/V50__node.sql");

  /// The largest number of nodes.
  static final int MOST = 1_000;

  private static final Duration LOOK = Duration.ofSeconds(5);

  /// A clock that was set by less makes no node silent.
  private static final Duration CLOCK_SET = Duration.ofSeconds(10);

  private static final Duration FORGET = Duration.ofDays(1);
  private static final Duration FORGET_REGISTERED = Duration.ofDays(30);

  /// The states of a node in signals: those of a service.
  private static final String UP = Member.State.UP.word();

  private static final String DOWN = Member.State.DOWN.word();
  private static final String REMOVED = "removed";

  /// The result of a report.
  enum Accepted {
    LISTED,
    /// A registered node has this name, and the report came without a token.
    OF_ANOTHER,
    TOO_MANY
  }

  private record Report(String name, NodeStatus status, boolean registered) {}

  private final Database database;
  private final GroupCommit commits;
  private final RegistrySettings settings;
  private final SignalWriter signals;
  private final Clock clock;
  private final NodeRoutes routes = new NodeRoutes(this);
  private final Batch<Report, Accepted> reporting = this::reportAll;
  private final Batch<String, Boolean> removing = this::removeAll;
  private final Batch<Instant, Boolean> silencing = this::silenceAll;
  private final BackgroundLoop loop =
      new BackgroundLoop("nodes", "the search for silent nodes", LOOK, this::round);

  private final ClockWatch clockWatch;

  // Used by the thread of the loop only: since when nodes could report here.
  private Duration listeningSince;

  /// @param signals gets the changes of state
  public Nodes(
      Database database,
      GroupCommit commits,
      RegistrySettings settings,
      SignalWriter signals,
      Clock clock) {
    this.database = database;
    this.commits = commits;
    this.settings = settings;
    this.signals = signals;
    this.clock = clock;
    this.clockWatch = new ClockWatch(clock, CLOCK_SET);
    this.listeningSince = clock.monotonic();
  }

  /// Nodes as the subjects of incidents.
  public static Subjects subjects() {
    return new NodeSubjects();
  }

  /// The routes of the API.
  public List<Route> routes() {
    return routes.routes();
  }

  /// Starts to look for silent nodes.
  public void start() {
    listeningSince = clock.monotonic();
    clockWatch.rest(Duration.ZERO);
    loop.start();
  }

  @Override
  public void close() {
    loop.close();
  }

  /// The number of nodes.
  ///
  /// @throws dev.rollcall.server.sql.StorageException if the database fails
  public int count() {
    return (int) (long) database.read(NodeTable::count);
  }

  /// The nodes that somebody sees, by their names: they are the operator's. One that was not heard
  /// from for too long is silent, whether a runner has found it so far or not.
  List<KnownNode> all(Scope scope) {
    if (!scope.includes(Scope.OPERATOR)) {
      return List.of();
    }
    Instant now = clock.wall();
    return database.read(NodeTable::all).stream()
        .map(
            node ->
                isSilent(node, now)
                    ? node.silentSince(node.lastSeen().plus(settings.silentAfter()))
                    : node)
        .toList();
  }

  Instant now() {
    return clock.wall();
  }

  /// A node of this process reports: it needs no token.
  ///
  /// @return the time of the report
  public Instant report(String name, NodeStatus status) {
    report(name, status, true);
    return now();
  }

  /// Writes what a node reports.
  ///
  /// @param registered whether it came with a token
  Accepted report(String name, NodeStatus status, boolean registered) {
    return commits.write(reporting, new Report(name, status, registered));
  }

  private List<Accepted> reportAll(Handle tx, List<Report> reports) {
    database.takeTurns(tx, "node");
    return reports.stream().map(report -> report(tx, report)).toList();
  }

  private Accepted report(Handle tx, Report report) {
    Optional<KnownNode> before = NodeTable.find(tx, report.name());
    if (before.isEmpty() && NodeTable.count(tx) >= MOST && !makesRoom(tx, report)) {
      return Accepted.TOO_MANY;
    }
    if (before.isPresent() && before.get().registered() && !report.registered()) {
      return Accepted.OF_ANOTHER;
    }
    Instant now = clock.wall();
    Duration offset =
        report
            .status()
            .clockOffset()
            .orElseGet(
                () ->
                    ReportReader.bounded(
                        report.status().sentAt().toEpochMilli() - now.toEpochMilli()));
    NodeTable.report(tx, report.name(), report.registered(), report.status(), offset, now);
    before
        .filter(node -> node.state() == State.SILENT && node.registered())
        .ifPresent(node -> signals.write(tx, List.of(signal(node, UP, Optional.empty(), now))));
    return Accepted.LISTED;
  }

  /// Strangers may report any number of names. They take no place from a node with a token.
  private static boolean makesRoom(Handle tx, Report report) {
    Optional<KnownNode> stranger =
        report.registered() ? NodeTable.oldestUnregistered(tx) : Optional.empty();
    stranger.ifPresent(node -> NodeTable.remove(tx, node.id()));
    return stranger.isPresent();
  }

  /// Forgets a node.
  ///
  /// @return false if there is none
  boolean remove(String name) {
    return commits.write(removing, name);
  }

  private List<Boolean> removeAll(Handle tx, List<String> names) {
    database.takeTurns(tx, "node");
    return names.stream()
        .map(
            name -> {
              Optional<KnownNode> node = NodeTable.find(tx, name);
              node.ifPresent(known -> remove(tx, known));
              return node.isPresent();
            })
        .toList();
  }

  private void remove(Handle tx, KnownNode node) {
    if (node.state() == State.SILENT && node.registered()) {
      signals.write(tx, List.of(signal(node, REMOVED, Optional.empty(), clock.wall())));
    }
    NodeTable.remove(tx, node.id());
  }

  /// Looks for silent nodes once. While this process stood still or has just started, nobody could
  /// report, and if the clock was set, nobody knows when they did: then all of them get the whole
  /// time again.
  Duration round() {
    ClockWatch.Change change = clockWatch.look();
    if (!change.set().isZero() || change.stoodStill().compareTo(LOOK.multipliedBy(2)) > 0) {
      listeningSince = change.monotonic();
    }
    clockWatch.seen(change);
    boolean listened =
        change.monotonic().minus(listeningSince).compareTo(settings.silentAfter()) >= 0;
    if (listened
        && database.read(NodeTable::all).stream().anyMatch(node -> changes(node, change.now()))) {
      commits.write(silencing, change.now());
    }
    clockWatch.rest(LOOK);
    return LOOK;
  }

  private boolean changes(KnownNode node, Instant now) {
    return isSilent(node, now) || isForgotten(node, now) || node.lastSeen().isAfter(now);
  }

  private boolean isSilent(KnownNode node, Instant now) {
    return node.state() == State.UP && node.lastSeen().plus(settings.silentAfter()).isBefore(now);
  }

  private static boolean isForgotten(KnownNode node, Instant now) {
    Duration longest = node.registered() ? FORGET_REGISTERED : FORGET;
    return node.state() == State.SILENT && node.lastSeen().plus(longest).isBefore(now);
  }

  private List<Boolean> silenceAll(Handle tx, List<Instant> times) {
    database.takeTurns(tx, "node");
    return times.stream().map(now -> silence(tx, now)).toList();
  }

  /// @param now when it was found that this process has listened for long enough
  private boolean silence(Handle tx, Instant now) {
    // This process may have stood still since then, while nodes reported to another one.
    NodeTable.seenNoLaterThan(tx, clock.wall());
    for (KnownNode node : NodeTable.all(tx)) {
      if (isForgotten(node, now)) {
        remove(tx, node);
      } else if (isSilent(node, now)) {
        NodeTable.silent(tx, node.id(), now);
        if (node.registered()) {
          signals.write(tx, List.of(signal(node, DOWN, Optional.of(cause(node, now)), now)));
        }
      }
    }
    return true;
  }

  private static String cause(KnownNode node, Instant now) {
    return "no report for %s; version %s"
        .formatted(
            Durations.words(Duration.between(node.lastSeen(), now)), node.status().version());
  }

  private static Signal signal(KnownNode node, String to, Optional<String> cause, Instant now) {
    String from = node.state() == State.SILENT ? DOWN : UP;
    return new Signal(node.subject(), from, to, cause, node.lastSeen(), now, now);
  }
}
