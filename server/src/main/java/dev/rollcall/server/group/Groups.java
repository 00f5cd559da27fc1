package dev.rollcall.server.group;

import dev.rollcall.server.http.Route;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.signal.UptimeSpans;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/// The entry point of the package for the composition root: the groups of the configuration file
/// that have a rule, and what follows for them when their members change.
///
/// They are looked at after each change of a subject, and now and then, because not each change is
/// a signal. A change of a group is written together with its signal, so it is one exactly once.
public final class Groups implements AutoCloseable {
  /// The scripts that create the tables of this package.
  public static final List<String> MIGRATIONS = List.of("db/migration/V43__group.sql");

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofSeconds(10);

  /// How soon it looks again while a group is unknown. A member that is found up for the first time
  /// is no signal.
  private static final Duration LOOK_SOON = Duration.ofSeconds(1);

  /// The state in the signal of a group that is gone.
  private static final String REMOVED = "removed";

  private final Database database;
  private final GroupCommit commits;
  private final Subjects subjects;
  private final Function<Handle, Predicate<Subject>> unreachable;
  private final SignalWriter signals;
  private final UptimeSpans spans;
  private final Clock clock;
  private final GroupRoutes routes;
  private final Batch<List<GroupDefinition>, Boolean> declaring = this::declareAll;
  private final Batch<Boolean, Boolean> evaluating = this::evaluateAll;
  private final BackgroundLoop loop =
      new BackgroundLoop("groups", "the evaluation of groups", AFTER_FAILURE, this::round);

  /// Those of the file, until they are written.
  private Optional<List<GroupDefinition>> wanted = Optional.empty();

  /// @param subjects those of all types
  /// @param unreachable finds which subjects are down, but only behind something that they depend
  ///   on, or perhaps so
  /// @param spans in which the uptime of groups is counted in another way
  public Groups(
      Database database,
      GroupCommit commits,
      Subjects subjects,
      Function<Handle, Predicate<Subject>> unreachable,
      SignalWriter signals,
      UptimeSpans spans,
      Clock clock) {
    this.database = database;
    this.commits = commits;
    this.subjects = subjects;
    this.unreachable = unreachable;
    this.signals = signals;
    this.spans = spans;
    this.clock = clock;
    this.routes = new GroupRoutes(this::reports);
  }

  /// Groups as the subjects of incidents.
  ///
  /// @param all the subjects of all types
  public static Subjects subjects(Subjects all) {
    return new GroupSubjects(all);
  }

  /// The routes of the API.
  public List<Route> routes() {
    return routes.routes();
  }

  /// Has exactly these groups from now on. They are written as soon as the database is available.
  public synchronized void apply(List<GroupDefinition> groups) {
    wanted = Optional.of(List.copyOf(groups));
    loop.wake();
  }

  /// Looks at all groups again: a subject has changed.
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

  private Duration round() {
    declareWanted();
    return evaluate() ? LOOK_SOON : LOOK;
  }

  private synchronized void declareWanted() {
    wanted.ifPresent(this::declare);
    wanted = Optional.empty();
  }

  /// Has exactly these groups: adds, changes and forgets.
  void declare(List<GroupDefinition> groups) {
    commits.write(declaring, groups);
  }

  /// Looks at all groups, and writes what is new.
  ///
  /// @return whether a group is unknown
  boolean evaluate() {
    List<Evaluation> found = database.read(this::evaluations);
    if (found.stream().anyMatch(Evaluation::isNew)) {
      commits.write(evaluating, true);
    }
    return found.stream().anyMatch(one -> one.state() == Member.State.UNKNOWN);
  }

  private List<Boolean> declareAll(Handle tx, List<List<GroupDefinition>> files) {
    database.takeTurns(tx, "group");
    return files.stream().map(file -> declare(tx, file)).toList();
  }

  private boolean declare(Handle tx, List<GroupDefinition> file) {
    Instant now = clock.wall();
    Map<String, Group> before = new HashMap<>();
    GroupTable.all(tx).forEach(group -> before.put(group.name(), group));
    for (GroupDefinition definition : file) {
      Group old = before.remove(definition.name());
      if (old == null || !old.definition().equals(definition)) {
        GroupTable.declare(tx, definition, now);
      }
    }
    for (Group gone : before.values()) {
      if (gone.confirmed().equals(Optional.of(Member.State.DOWN))) {
        signals.write(tx, List.of(signal(gone, REMOVED, Optional.empty(), now)));
      }
      GroupTable.remove(tx, gone.id());
    }
    return true;
  }

  /// How the groups stand that somebody sees, by their names.
  List<GroupReport> reports(Scope scope) {
    Instant now = clock.wall();
    return scope.includes(Scope.OPERATOR)
        ? database.read(this::evaluations).stream()
            .map(evaluation -> GroupReport.of(evaluation, events(evaluation, now), spans, now))
            .toList()
        : List.of();
  }

  private List<GroupTable.Event> events(Evaluation evaluation, Instant now) {
    return database.read(
        handle -> GroupTable.events(handle, evaluation.group().id(), GroupReport.earliest(now)));
  }

  /// How all groups stand, by their names.
  private List<Evaluation> evaluations(Handle handle) {
    List<Group> groups = GroupTable.all(handle);
    Predicate<Subject> excused = groups.isEmpty() ? _ -> false : unreachable.apply(handle);
    return groups.stream().map(group -> evaluate(handle, group, excused)).toList();
  }

  private Evaluation evaluate(Handle handle, Group group, Predicate<Subject> excused) {
    List<Member> members = subjects.members(handle, Scope.OPERATOR, group.name());
    return Evaluation.of(group, members, excused);
  }

  /// Members come before the group in which they lie, so that it sees their new state.
  private List<Boolean> evaluateAll(Handle tx, List<Boolean> times) {
    database.takeTurns(tx, "group");
    Predicate<Subject> excused = unreachable.apply(tx);
    innermostFirst(GroupTable.all(tx)).stream()
        .map(group -> evaluate(tx, group, excused))
        .filter(Evaluation::isNew)
        .forEach(evaluation -> write(tx, evaluation));
    return times;
  }

  private void write(Handle tx, Evaluation evaluation) {
    Instant now = clock.wall();
    GroupTable.set(tx, evaluation.group(), evaluation.state(), now);
    if (evaluation.isSignal()) {
      Optional<String> cause = Optional.of(evaluation.cause());
      String to = evaluation.state().word();
      signals.write(tx, List.of(signal(evaluation.group(), to, cause, now)));
    }
  }

  private static Signal signal(Group group, String to, Optional<String> cause, Instant now) {
    return new Signal(
        group.subject(),
        group.confirmed().map(Member.State::word).orElse("new"),
        to,
        cause,
        now,
        now,
        now);
  }

  private static List<Group> innermostFirst(List<Group> groups) {
    Map<String, Group> named = new HashMap<>();
    groups.forEach(group -> named.put(group.name(), group));
    return groups.stream()
        .sorted(Comparator.comparingInt((Group group) -> depth(group, named)).reversed())
        .toList();
  }

  private static int depth(Group group, Map<String, Group> named) {
    int depth = 0;
    Optional<Group> outer = Optional.of(group);
    while (outer.isPresent() && depth <= GroupReader.DEEPEST) {
      outer = outer.get().definition().keys().group().map(named::get);
      depth++;
    }
    return depth;
  }
}
