package dev.rollcall.server.cluster;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Claimant;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DueRows;
import dev.rollcall.server.sql.Durability;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.time.SharedClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

/// This process among those that share the database: it gives a sign of life once a second, and
/// takes over what processes had claimed that gave none for five seconds.
///
/// For one thread, besides [#members] and the counts.
final class Membership {
  /// So long after a sign of life, this process may be sure that nobody takes it for dead. It is
  /// shorter than [Silences#DEAD], which others count from when they first saw that sign.
  private static final Duration BELIEVED = Duration.ofSeconds(4);

  /// If the process that took another one for dead has not released its rows after this time,
  /// others do.
  private static final Duration UNDONE = Duration.ofSeconds(2);

  /// More outcomes than this wait only if the database was away: as many are written at once.
  private static final int MANY = 2_000;

  /// After an outage, what waited in the memory of another process is written when no more than
  /// this waits. Where it finds as many in a moment, those who wait for it do so as long as they
  /// may: for some seconds.
  private static final int FEW = 200;

  private static final Duration REMEMBERED = Duration.ofDays(1);

  private static final Logger LOG = System.getLogger(Membership.class.getName());

  /// @param joins whether the process has no row yet
  private record Sign(long id, boolean joins, Self self, Work work, Duration ahead) {}

  /// @param alive false: others took this process for dead
  private record View(boolean alive, List<Member> members, Instant now) {}

  private record Silent(Member member, String by) {}

  private record Taken(long id, int rows, boolean done) {}

  private final Database database;
  private final GroupCommit commits;
  private final Claimant claimant;
  private final SharedClock clock;
  private final Silences silences = new Silences();
  private final Batch<Sign, View> signs = new Signs();
  private final Batch<Silent, Boolean> burials =
      (tx, all) -> all.stream().map(one -> MemberTable.bury(tx, one.member(), one.by())).toList();
  private final Batch<Taken, Boolean> takings =
      (tx, all) ->
          all.stream()
              .map(
                  one -> {
                    MemberTable.taken(tx, one.id(), one.rows(), one.done());
                    return true;
                  })
              .toList();
  private final Batch<Duration, Long> endings =
      (tx, all) -> all.stream().map(idle -> MemberTable.endIdleTransactions(tx, idle)).toList();
  private final Batch<Duration, Boolean> forgetting =
      (tx, all) ->
          all.stream()
              .map(
                  age -> {
                    MemberTable.forget(tx, age);
                    return true;
                  })
              .toList();
  private final AtomicLong takeovers = new AtomicLong();
  private final AtomicLong takenRows = new AtomicLong();

  /// Whom this process has taken for dead, and not yet released completely.
  private final Set<Long> buried = new HashSet<>();

  private boolean namesakeTold;
  private volatile List<Member> members = List.of();
  private boolean joined;
  private boolean othersBehind;

  Membership(Database database, GroupCommit commits, SharedClock clock) {
    this.database = database;
    this.commits = commits;
    this.claimant = database.claimant();
    this.clock = clock;
  }

  /// Gives a sign of life, and looks after the others.
  void round(Self self, Supplier<Work> work) {
    Duration asked = clock.monotonic();
    Sign sign = new Sign(claimant.id(), !joined, self, work.get(), clock.ownAhead());
    View view = commits.write(signs, sign);
    if (!view.alive()) {
      LOG.log(
          Level.WARNING,
          "the other processes took this one for dead, and have taken over what it was checking and"
              + " sending: it goes on as a new one");
      claimant.another();
      joined = false;
      round(self, work);
      return;
    }
    joined = true;
    claimant.share(share(view.members()));
    claimant.aliveUntil(asked.plus(BELIEVED));
    members = view.members();
    List<Member> others =
        view.members().stream()
            .filter(other -> other.isThere() && other.id() != claimant.id())
            .toList();
    List<Member> dead = silences.look(others, clock.monotonic());
    tellNamesake(others, self);
    othersBehind =
        silences.isAnyUnheard()
            || others.stream().anyMatch(other -> other.work().waiting() > most(othersBehind));
    claimant.othersBehind(othersBehind);
    dead.forEach(silent -> bury(silent, self));
    view.members().stream().filter(other -> isForUs(other, view.now())).forEach(this::release);
  }

  /// How many outcomes may wait in another process that has written what it found in an outage.
  private static int most(boolean wasBehind) {
    return wasBehind ? FEW : MANY;
  }

  /// The share of this process among those that are there and check services. Everybody finds the
  /// same order.
  private Claimant.Share share(List<Member> all) {
    List<Long> ids =
        all.stream()
            .filter(each -> each.isThere() && each.runsChecks())
            .map(Member::id)
            .sorted()
            .toList();
    int index =
        IntStream.range(0, ids.size())
            .filter(i -> ids.get(i) == claimant.id())
            .findFirst()
            .orElse(-1);
    return index < 0 ? Claimant.Share.ALL : new Claimant.Share(index, ids.size());
  }

  /// Says so if another process that lives has the name of this one. Nothing but what people see
  /// goes by names, so both go on.
  private void tellNamesake(List<Member> others, Self self) {
    Optional<Member> namesake =
        others.stream()
            .filter(other -> other.name().equals(self.name()) && silences.isHeard(other.id()))
            .findFirst();
    if (namesake.isPresent() && !namesakeTold) {
      LOG.log(
          Level.WARNING,
          "another process, at {0}, has the name of this one, {1}: nobody can tell them apart, and"
              + " the metrics add them up: give each a name of its own with cluster.name"
              + " (--cluster-name, ROLLCALL_CLUSTER_NAME)",
          namesake.get().url(),
          self.name());
    }
    namesakeTold = namesake.isPresent();
  }

  /// By the id, not by the name: another process may have the same.
  private boolean isForUs(Member other, Instant now) {
    return other
        .takenOver()
        .filter(over -> !over.done())
        .filter(over -> buried.contains(other.id()) || over.at().plus(UNDONE).isBefore(now))
        .isPresent();
  }

  private void bury(Member silent, Self self) {
    if (commits.write(burials, new Silent(silent, self.name()))) {
      takeovers.incrementAndGet();
      buried.add(silent.id());
      LOG.log(
          Level.WARNING,
          "process {0} has given no sign of life for {1}: its share is taken over",
          silent.name(),
          Durations.words(Silences.DEAD));
      release(silent);
    }
  }

  /// Rows that are locked are left for the next round: then the sessions that lock them are ended.
  private void release(Member dead) {
    long ended = commits.write(endings, Silences.DEAD);
    int rows = takeOver(dead.id());
    boolean done =
        ended == 0 && database.dueRows().stream().noneMatch(all -> all.isHeld(dead.id()));
    commits.write(takings, new Taken(dead.id(), rows, done));
    if (done) {
      buried.remove(dead.id());
    }
    takenRows.addAndGet(rows);
    if (rows > 0) {
      LOG.log(
          Level.INFO,
          "{0,number,#} checks and deliveries that process {1} had begun are due again",
          rows,
          dead.name());
    }
  }

  private int takeOver(long owner) {
    int rows = 0;
    for (DueRows<?> all : database.dueRows()) {
      rows += all.takeOver(owner);
    }
    return rows;
  }

  /// This process stops: what it had claimed is due at once, and others need not wait for its
  /// silence.
  void leave() {
    if (!joined) {
      return;
    }
    try {
      takeOver(claimant.id());
      Batch<Long, Boolean> leaving =
          (tx, ids) ->
              ids.stream()
                  .map(
                      id -> {
                        MemberTable.leave(tx, id);
                        return true;
                      })
                  .toList();
      commits.write(leaving, claimant.id());
    } catch (StorageException e) {
      // the others notice its silence
    }
  }

  /// Forgets processes that ended a day ago.
  void forget() {
    commits.write(forgetting, REMEMBERED);
  }

  /// The processes at the last sign of life.
  List<Member> members() {
    return members;
  }

  long ownId() {
    return claimant.id();
  }

  /// How far the clock of this machine is ahead of the database's; negative: behind.
  Duration clockAhead() {
    return clock.ownAhead();
  }

  /// How many processes this one has taken over.
  long takeovers() {
    return takeovers.get();
  }

  /// How many rows they had claimed.
  long takenRows() {
    return takenRows.get();
  }

  private static final class Signs implements Batch<Sign, View> {
    @Override
    public List<View> apply(Handle tx, List<Sign> all) {
      MemberTable.withoutSync(tx);
      return all.stream().map(sign -> apply(tx, sign)).toList();
    }

    private View apply(Handle tx, Sign sign) {
      if (sign.joins()) {
        MemberTable.join(tx, sign.id(), sign.self());
      }
      boolean alive = MemberTable.live(tx, sign.id(), sign.work(), sign.ahead());
      return new View(alive, MemberTable.all(tx), MemberTable.now(tx));
    }

    @Override
    public Durability durability() {
      return Durability.PROCESS;
    }
  }
}
