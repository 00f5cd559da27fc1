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
import dev.rollcall.server.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The entry point of the package for the composition root: the nodes that report here.
///
/// A registered node that falls silent is an incident, which ends with its next report. A node that
/// is not registered, since it showed no token, is forgotten after a day of silence; one that is,
/// after thirty.
public final class Nodes implements AutoCloseable {
  /// The scripts that create the table of this package.
  public static final List<String> MIGRATIONS = List.of("db/migration/V50__node.sql");

  /// The largest number of nodes.
  static final int MOST = 1_000;

  private static final Duration LOOK = Duration.ofSeconds(5);
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

  // Used by the thread of the loop only: since when nodes could report here.
  private Duration lastRound = Duration.ZERO;
  private Duration listeningSince = Duration.ZERO;

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
    lastRound = clock.monotonic();
    listeningSince = lastRound;
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
    if (before.isEmpty() && NodeTable.count(tx) >= MOST) {
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
  /// report: then all of them get the whole time again.
  Duration round() {
    Duration now = clock.monotonic();
    if (now.minus(lastRound).compareTo(LOOK.multipliedBy(3)) > 0) {
      listeningSince = now;
    }
    lastRound = now;
    Instant at = clock.wall();
    boolean listened = now.minus(listeningSince).compareTo(settings.silentAfter()) >= 0;
    if (listened
        && database.read(NodeTable::all).stream()
            .anyMatch(node -> isSilent(node, at) || isForgotten(node, at))) {
      commits.write(silencing, at);
    }
    return LOOK;
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

  private boolean silence(Handle tx, Instant now) {
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
