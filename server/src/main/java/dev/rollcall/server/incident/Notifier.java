package dev.rollcall.server.incident;

import dev.rollcall.server.incident.IncidentChannels.Due;
import dev.rollcall.server.incident.IncidentChannels.Next;
import dev.rollcall.server.incident.IncidentChannels.Phase;
import dev.rollcall.server.incident.IncidentChannels.Row;
import dev.rollcall.server.incident.maintenance.CurrentMaintenance;
import dev.rollcall.server.outbox.Notification;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.outbox.RoutedChannel;
import dev.rollcall.server.outbox.Withdrawal;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Tells channels of incidents when it is time: writes what is due to the outbox.
///
/// The first message of a channel goes out at once. What opens or ends within the next seconds is
/// told together in one message; so is what happens until that message has arrived. Receivers that
/// keep incidents themselves get each by itself, and at once.
final class Notifier implements AutoCloseable {
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  /// How soon it looks again for a channel that is not there, or has not sent the last message yet.
  private static final Duration AGAIN = Duration.ofSeconds(1);

  /// How long something waits for a channel that is not there.
  private static final Duration WITHOUT_CHANNEL = Duration.ofHours(1);

  /// How soon it looks again at what waits for the end of maintenance: somebody may end it.
  private static final Duration IN_MAINTENANCE = Duration.ofSeconds(10);

  /// How many incidents one message tells of, and how many are told one by one in a transaction, so
  /// that other channels do not wait for long.
  private static final int MOST_TOGETHER = 5_000;

  private static final int MOST_SINGLE = 500;

  /// How long before a message about several incidents is sent again it is looked at once more.
  private static final Duration SOON = Duration.ofSeconds(2);

  private final Database database;
  private final GroupCommit commits;
  private final Outbox outbox;
  private final IncidentNotifications notifications;
  private final Function<Handle, CurrentMaintenance> maintenance;
  private final CatchUp catchUp;
  private final Duration together;
  private final Duration look;
  private final Clock clock;
  private final Batch<Turn, Boolean> telling =
      (tx, turns) -> turns.stream().map(turn -> tell(tx, turn)).toList();
  private final BackgroundLoop loop =
      new BackgroundLoop("notifier", "the telling of incidents", AFTER_FAILURE, this::round);

  /// A channel that may be told something.
  ///
  /// @param quiet whether it was told something just now, so that it is told more only if that has
  ///   not arrived and can be taken back
  /// @param behind the types of subjects about which something is still to be written
  private record Turn(String channel, boolean quiet, Set<Subject.Type> behind) {}

  /// @param catchUp of what nobody is told anything yet
  /// @param together what happens within this time after a message is told together
  Notifier(
      Database database,
      GroupCommit commits,
      Outbox outbox,
      IncidentNotifications notifications,
      Function<Handle, CurrentMaintenance> maintenance,
      CatchUp catchUp,
      Duration together,
      Clock clock) {
    this.notifications = notifications;
    this.maintenance = maintenance;
    this.catchUp = catchUp;
    this.database = database;
    this.commits = commits;
    this.outbox = outbox;
    this.together = together;
    this.look = database.location().lookEvery();
    this.clock = clock;
  }

  void start() {
    loop.start();
  }

  /// Looks at once.
  void wake() {
    loop.wake();
  }

  /// Tells what is due.
  ///
  /// @return how long nothing more will be due
  Duration round() {
    Duration wait = look;
    List<Next> all = database.read(IncidentChannels::next);
    Set<Subject.Type> behind = catchUp.look(database.trouble().isEmpty());
    for (Next next : all) {
      Instant now = clock.wall();
      Duration left = Duration.between(now, moment(next));
      boolean quiet = left.isPositive();
      if (!quiet || (!next.due().isAfter(now) && isPending(next.channel()))) {
        Turn turn = new Turn(next.channel(), quiet, behind);
        left = commits.write(telling, turn) ? Duration.ZERO : AGAIN;
      }
      wait = left.compareTo(wait) < 0 ? left : wait;
    }
    return wait;
  }

  /// Whether a message about several incidents has not arrived yet.
  private boolean isPending(String channel) {
    return database.read(handle -> Outbox.isPending(handle, channel, IncidentNotifications.LANE));
  }

  private Instant moment(Next next) {
    boolean keeps = outbox.keepsIncidents(next.channel());
    return next.quietUntil()
        .filter(until -> !keeps && until.isAfter(next.due()))
        .filter(until -> until.isBefore(clock.wall().plus(together).plusSeconds(1))) // a set clock
        .orElse(next.due());
  }

  /// Tells a channel what is due.
  ///
  /// @return false if that has to wait
  private boolean tell(Handle tx, Turn turn) {
    String channel = turn.channel();
    IncidentTable.takeTurns(database, tx);
    Optional<RoutedChannel> routed = outbox.channel(channel);
    if (routed.isEmpty()) {
      IncidentChannels.forget(tx, channel, clock.wall().minus(WITHOUT_CHANNEL));
      return false;
    }
    boolean keeps = routed.get().channel().keepsIncidents();
    Instant now = clock.wall();
    boolean pending = !keeps && Outbox.isPending(tx, channel);
    if (pending ? !withdraws(tx, channel, now) : turn.quiet()) {
      return false;
    }
    List<Due> all = IncidentChannels.due(tx, channel, now, keeps ? MOST_SINGLE : MOST_TOGETHER);
    Set<Subject.Type> behind = keeps ? turn.behind() : CatchUp.gathered(turn.behind());
    List<Due> certain = CatchUp.certain(tx, all, behind);
    List<Due> due = notInMaintenance(tx, certain, now);
    List<Due> told = due.stream().filter(one -> isTold(one, routed.get())).toList();
    progress(tx, due, routed.get(), now);
    if (told.isEmpty()) {
      return certain.size() == all.size();
    }
    if (keeps || told.size() == 1) {
      outbox.add(tx, told.stream().map(one -> notifications.single(tx, one)).toList());
    } else {
      String key =
          "incidents:%d:%d".formatted(told.getFirst().row().incident(), now.toEpochMilli());
      Notification notification = notifications.several(tx, channel, key, told, now);
      outbox.add(tx, List.of(notification));
      Outbox.addIncidents(
          tx, channel, notification.key(), told.stream().map(one -> one.incident().id()).toList());
    }
    for (Due one : told) {
      Optional<String> text = Optional.of(routed.get().shownName());
      TimelineEntry entry =
          new TimelineEntry(now, telling(one, routed.get()), Optional.empty(), text);
      IncidentTable.add(tx, one.incident().id(), entry);
    }
    if (!keeps) {
      IncidentChannels.quiet(tx, channel, now.plus(together));
    }
    return true;
  }

  /// Takes out of a message about several incidents, which has not arrived, what is over or became
  /// worse: it would be an alarm for what is no longer so. That is told with the next message. The
  /// key of the message stays: it may have arrived nevertheless, and a receiver that knows keys is
  /// then told nothing twice.
  ///
  /// @return whether nothing was left of it, so that there is none any more; false if there is
  ///   none, if it is being sent, or if it is not sent soon
  private boolean withdraws(Handle tx, String channel, Instant now) {
    Optional<Outbox.Waiting> waiting =
        Outbox.waiting(tx, channel, IncidentNotifications.LANE, now.plus(SOON));
    if (waiting.isEmpty()) {
      return false;
    }
    List<Long> incidents = waiting.get().incidents();
    Map<Long, Row> rows = new HashMap<>();
    IncidentChannels.of(tx, channel, incidents).forEach(row -> rows.put(row.incident(), row));
    if (rows.values().stream().allMatch(Notifier::isAsTold)) {
      return false;
    }
    List<Due> left =
        IncidentTable.find(tx, incidents).stream()
            .flatMap(incident -> left(channel, incident, rows.get(incident.id())).stream())
            .toList();
    if (left.isEmpty()) {
      outbox.add(tx, List.of(new Withdrawal(channel, IncidentNotifications.LANE, Kind.SEVERAL)));
      return true;
    }
    Outbox.replace(
        tx,
        notifications.several(tx, channel, waiting.get().key(), left, now),
        left.stream().map(one -> one.incident().id()).toList());
    return false;
  }

  /// Whether an incident still is what the last message said of it; one that became worse is to be
  /// told anew.
  private static boolean isAsTold(Row row) {
    return row.phase() == Phase.TOLD && row.times() > 0;
  }

  /// What a message that has not arrived still says of an incident.
  ///
  /// @param row null if there was nothing more to tell after that message: it said that it is over
  private static Optional<Due> left(String channel, Incident incident, @Nullable Row row) {
    if (row == null) {
      Row over = new Row(incident.id(), channel, Phase.ENDED, Optional.empty(), 1);
      return Optional.of(new Due(over, incident)).filter(_ -> !incident.isOpen());
    }
    Row before = new Row(incident.id(), channel, row.phase(), row.due(), row.times() - 1);
    return Optional.of(new Due(before, incident)).filter(_ -> isAsTold(row));
  }

  /// During maintenance nothing is told of what it covers; what is due waits. What a person has
  /// opened to be told is told.
  private List<Due> notInMaintenance(Handle tx, List<Due> due, Instant now) {
    CurrentMaintenance current = maintenance.apply(tx);
    List<Row> waiting = new ArrayList<>();
    List<Due> left = new ArrayList<>();
    for (Due one : due) {
      Row row = one.row();
      Incident incident = one.incident();
      Optional<Instant> end =
          incident.subject().flatMap(subject -> current.end(subject, incident.keys(), now));
      if (end.isPresent()) {
        Instant again = now.plus(IN_MAINTENANCE);
        Instant next = end.get().isBefore(again) ? end.get() : again;
        waiting.add(
            new Row(row.incident(), row.channel(), row.phase(), Optional.of(next), row.times()));
      } else {
        left.add(one);
      }
    }
    IncidentChannels.set(tx, waiting);
    return left;
  }

  /// Whether there is something to say: an incident that somebody has seen is not told or repeated.
  private static boolean isTold(Due due, RoutedChannel routed) {
    if (due.row().phase() == Phase.ENDED) {
      boolean wanted = routed.route().resolved() || routed.channel().keepsIncidents();
      return wanted && routed.channel().tells(Kind.RECOVERED);
    }
    return due.incident().isOpen() && due.incident().acknowledged().isEmpty();
  }

  private static TimelineEntry.Type telling(Due due, RoutedChannel routed) {
    if (due.row().phase() == Phase.ENDED) {
      return TimelineEntry.Type.TOLD;
    }
    if (due.row().times() > 0) {
      return TimelineEntry.Type.REMINDED;
    }
    return routed.route().after().isZero() ? TimelineEntry.Type.TOLD : TimelineEntry.Type.ESCALATED;
  }

  private static void progress(Handle tx, List<Due> due, RoutedChannel routed, Instant now) {
    List<Row> changed = new ArrayList<>();
    List<Row> done = new ArrayList<>();
    for (Due one : due) {
      Row row = one.row();
      if (row.phase() == Phase.ENDED || !one.incident().isOpen()) {
        done.add(row);
      } else if (one.incident().acknowledged().isPresent()) {
        changed.add(
            new Row(row.incident(), row.channel(), row.phase(), Optional.empty(), row.times()));
      } else {
        int times = row.times() + 1;
        Optional<Instant> again = routed.route().toldAgain(now, times);
        changed.add(new Row(row.incident(), row.channel(), Phase.TOLD, again, times));
      }
    }
    IncidentChannels.set(tx, changed);
    IncidentChannels.delete(tx, done);
  }

  @Override
  public void close() {
    loop.close();
  }
}
