package dev.rollcall.server.heartbeat.ping;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatDefinition;
import dev.rollcall.server.heartbeat.ping.Heartbeat.Counts;
import dev.rollcall.server.heartbeat.ping.Heartbeat.Moments;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Ping;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The state changes of a heartbeat: pure functions.
public final class HeartbeatTransitions {
  /// Pings without a stated time may reach the writer in another order than they came. Their times
  /// then differ by less than this.
  static final Duration CROSSING = Duration.ofSeconds(2);

  /// The result of a change.
  ///
  /// @param after the heartbeat after it; empty: there is none
  /// @param pingOutcome what the caller gets to know
  /// @param reminds whether the state goes on, and somebody should be reminded of that
  public record Step(Optional<Heartbeat> after, PingOutcome pingOutcome, boolean reminds) {
    Step(Optional<Heartbeat> after, PingOutcome pingOutcome) {
      this(after, pingOutcome, false);
    }

    /// Whether a ping was recorded.
    public boolean recorded() {
      return pingOutcome instanceof PingOutcome.Recorded;
    }
  }

  private HeartbeatTransitions() {}

  /// A ping.
  ///
  /// @param id of the row, if there is no heartbeat yet
  /// @param now the server's clock
  /// @param tolerance how far the clock of a job may be ahead of it
  public static Step ping(
      Optional<Heartbeat> before, long id, Ping ping, Instant now, Duration tolerance) {
    if (before.isEmpty()) {
      return ping.terms()
          .map(expectation -> first(id, expectation, ping, now))
          .orElseGet(() -> unchanged(before, new PingOutcome.NoTerms()));
    }
    Heartbeat old = before.get();
    if (ping.signal() instanceof PingSignal.Start) {
      return started(old, ping, now);
    }
    Optional<Instant> moment = moment(old, ping, now, tolerance);
    return moment
        .map(at -> ended(old, ping, at, now))
        .orElseGet(() -> unchanged(before, new PingOutcome.Stale(old.lastKnown())));
  }

  private static Step first(long id, Expectation expectation, Ping ping, Instant now) {
    boolean start = ping.signal() instanceof PingSignal.Start;
    Instant at = ping.moment().orElse(now);
    Instant next = expectation.next(at, Optional.empty());
    Moments moments =
        new Moments(
            start ? at : earlier(at, now),
            start ? Optional.empty() : Optional.of(at),
            next,
            Optional.empty(),
            Optional.of(expectation.deadline(next)));
    State state = start ? State.NEW : reached(ping);
    Heartbeat after =
        new Heartbeat(
            id,
            ping.key(),
            expectation,
            state,
            moments,
            new Counts(start ? 0 : 1, 0, 0),
            RecentRuns.NONE,
            Heartbeat.Origin.PING);
    return new Step(Optional.of(after), new PingOutcome.Recorded(next, false));
  }

  /// A ping that a run begins. It may change the terms. The ping that is expected is the end of the
  /// run.
  private static Step started(Heartbeat old, Ping ping, Instant now) {
    Optional<Expectation> terms = terms(old, ping);
    Expectation expectation = terms.orElse(old.expectation());
    Moments was = old.moments();
    Instant next =
        was.last().isEmpty() && terms.isPresent()
            ? expectation.next(ping.moment().orElse(now), Optional.empty())
            : was.next();
    Heartbeat after = with(old, expectation, old.state(), was.last(), next, old.counts().calls());
    return new Step(
        Optional.of(after), new PingOutcome.Recorded(next, old.state() == State.PAUSED));
  }

  /// What a ping states of its times. If the configuration file does so, that counts.
  private static Optional<Expectation> terms(Heartbeat old, Ping ping) {
    return old.isDeclared() ? Optional.empty() : ping.terms();
  }

  private static Step ended(Heartbeat old, Ping ping, Instant at, Instant now) {
    Expectation expectation = terms(old, ping).orElse(old.expectation());
    Instant next = expectation.next(at, awaited(old, expectation));
    boolean paused = old.state() == State.PAUSED;
    State state = paused ? State.PAUSED : reached(ping);
    Instant last =
        old.moments()
            .last()
            .filter(before -> before.isAfter(at) && !before.isAfter(now))
            .orElse(at);
    Heartbeat after =
        with(old, expectation, state, Optional.of(last), next, old.counts().calls() + 1);
    return new Step(Optional.of(after), new PingOutcome.Recorded(next, paused));
  }

  private static Optional<Instant> awaited(Heartbeat old, Expectation expectation) {
    return expectation.schedule().equals(old.expectation().schedule())
        ? Optional.of(old.moments().next())
        : Optional.empty();
  }

  private static State reached(Ping ping) {
    return ping.signal() instanceof PingSignal.Failure ? State.FAILED : State.UP;
  }

  /// The time of a ping; empty if it is older than the last one. Times are compared in whole
  /// seconds, as jobs state them.
  ///
  /// A last ping further in the future than a job may state is from before the clock was set back:
  /// it is ignored. A failure is never rejected because of a last ping in the future, since nobody
  /// would be notified of the failure then.
  private static Optional<Instant> moment(
      Heartbeat old, Ping ping, Instant now, Duration tolerance) {
    Instant at = ping.moment().orElse(now);
    Optional<Instant> last = old.moments().last();
    if (last.isEmpty() || last.get().isAfter(now.plus(tolerance))) {
      return Optional.of(at);
    }
    boolean fails = ping.signal() instanceof PingSignal.Failure;
    Instant stands = fails ? earlier(last.get(), now) : last.get();
    if (ping.moment().isPresent()) {
      return at.getEpochSecond() < stands.getEpochSecond() ? Optional.empty() : Optional.of(at);
    }
    if (at.isBefore(stands)) {
      return stands.isBefore(at.plus(CROSSING)) ? last : Optional.empty();
    }
    return Optional.of(at);
  }

  public static Step remove(Optional<Heartbeat> before) {
    if (before.isEmpty()) {
      return unchanged(before, new PingOutcome.Unknown());
    }
    if (before.get().isDeclared()) {
      return unchanged(before, new PingOutcome.Declared());
    }
    return new Step(Optional.empty(), new PingOutcome.Changed());
  }

  /// Somebody gives it keys by the API; [AlertKeys#NONE] takes them away.
  public static Step keys(Optional<Heartbeat> before, AlertKeys keys) {
    if (before.isEmpty()) {
      return unchanged(before, new PingOutcome.Unknown());
    }
    if (before.get().isDeclared()) {
      return unchanged(before, new PingOutcome.Declared());
    }
    Heartbeat.Origin origin =
        keys.equals(AlertKeys.NONE) ? Heartbeat.Origin.PING : Heartbeat.Origin.API;
    return new Step(Optional.of(before.get().origin(origin)), new PingOutcome.Changed());
  }

  /// The configuration file declares it. If it has not called yet, its first ping is expected as if
  /// one had come now. Otherwise its times are those of the file from its last ping on; but they
  /// make it late only after another period, and end a lateness that was by other times.
  ///
  /// @param id of the row, if there is no heartbeat yet
  public static Step declare(
      Optional<Heartbeat> before, long id, HeartbeatDefinition definition, Instant now) {
    Expectation expectation = definition.expectation();
    if (before.isEmpty()) {
      Instant next = expectation.schedule().next(now);
      Moments moments =
          new Moments(
              now,
              Optional.empty(),
              next,
              Optional.empty(),
              Optional.of(expectation.deadline(next)));
      Heartbeat declared =
          new Heartbeat(
              id,
              definition.key(),
              expectation,
              State.NEW,
              moments,
              new Counts(0, 0, 0),
              RecentRuns.NONE,
              Heartbeat.Origin.FILE);
      return new Step(Optional.of(declared), new PingOutcome.Changed());
    }
    Heartbeat old = before.get().origin(Heartbeat.Origin.FILE);
    return new Step(
        Optional.of(old.expectation().equals(expectation) ? old : withTimes(old, expectation, now)),
        new PingOutcome.Changed());
  }

  private static Heartbeat withTimes(Heartbeat old, Expectation expectation, Instant now) {
    JobSchedule schedule = expectation.schedule();
    Instant next =
        schedule.equals(old.expectation().schedule())
            ? old.moments().next()
            : schedule.next(old.lastKnown());
    boolean passed = !expectation.deadline(next).isAfter(now);
    boolean late = old.state() == State.LATE;
    return with(
        old,
        expectation,
        late && !passed ? before(old) : old.state(),
        old.moments().last(),
        passed && !late ? schedule.next(now) : next,
        old.counts().calls());
  }

  /// The configuration file declares it no longer. Its times stay until a ping states others.
  public static Step endDeclaration(Optional<Heartbeat> before) {
    return new Step(
        before.map(old -> old.isDeclared() ? old.origin(Heartbeat.Origin.PING) : old),
        new PingOutcome.Changed());
  }

  public static Step pause(Optional<Heartbeat> before) {
    if (before.isEmpty()) {
      return unchanged(before, new PingOutcome.Unknown());
    }
    Heartbeat old = before.get();
    Heartbeat after =
        with(
            old,
            old.expectation(),
            State.PAUSED,
            old.moments().last(),
            old.moments().next(),
            old.counts().calls());
    return new Step(Optional.of(after), new PingOutcome.Changed());
  }

  /// The next ping is expected as if one had come now.
  public static Step resume(Optional<Heartbeat> before, Instant now) {
    if (before.isEmpty()) {
      return unchanged(before, new PingOutcome.Unknown());
    }
    Heartbeat old = before.get();
    if (old.state() != State.PAUSED) {
      return unchanged(before, new PingOutcome.Changed());
    }
    Heartbeat after =
        with(
            old,
            old.expectation(),
            old.moments().last().isPresent() ? State.UP : State.NEW,
            old.moments().last(),
            old.expectation().schedule().next(now),
            old.counts().calls());
    return new Step(Optional.of(after), new PingOutcome.Changed());
  }

  /// The row is due.
  ///
  /// @param realert time between two reminders while the heartbeat stays late
  public static Step look(Heartbeat old, Instant now, Duration realert) {
    PingOutcome nothing = new PingOutcome.Changed();
    return switch (old.state()) {
      case PAUSED -> new Step(Optional.of(due(old, Optional.empty())), nothing);
      case LATE -> new Step(Optional.of(due(old, Optional.of(now.plus(realert)))), nothing, true);
      case NEW, UP, FAILED -> {
        Instant deadline = old.deadline();
        if (deadline.isAfter(now)) {
          yield new Step(Optional.of(due(old, Optional.of(deadline))), nothing);
        }
        Moments was = old.moments();
        Heartbeat late =
            new Heartbeat(
                old.id(),
                old.key(),
                old.expectation(),
                State.LATE,
                new Moments(
                    was.created(),
                    was.last(),
                    was.next(),
                    Optional.of(deadline),
                    Optional.of(now.plus(realert))),
                old.counts(),
                old.recent(),
                old.origin());
        yield new Step(Optional.of(late), nothing);
      }
    };
  }

  /// The heartbeat with its state from before it was late, as it is not late after all.
  public static Heartbeat takenBack(Heartbeat late) {
    Moments moments = late.moments();
    return with(
        late,
        late.expectation(),
        before(late),
        moments.last(),
        moments.next(),
        late.counts().calls());
  }

  /// Its state before it was late, derived from its last run.
  private static State before(Heartbeat late) {
    if (late.moments().last().isEmpty()) {
      return State.NEW;
    }
    List<Run> runs = late.recent().runs(late.counts().runs());
    return !runs.isEmpty() && runs.getLast().result() == Run.Result.FAILED
        ? State.FAILED
        : State.UP;
  }

  /// The same heartbeat with another expected time.
  public static Heartbeat expected(Heartbeat old, Instant next) {
    return with(
        old, old.expectation(), old.state(), old.moments().last(), next, old.counts().calls());
  }

  private static Heartbeat due(Heartbeat old, Optional<Instant> due) {
    Moments was = old.moments();
    return new Heartbeat(
        old.id(),
        old.key(),
        old.expectation(),
        old.state(),
        new Moments(was.created(), was.last(), was.next(), was.lateSince(), due),
        old.counts(),
        old.recent(),
        old.origin());
  }

  private static Heartbeat with(
      Heartbeat old,
      Expectation expectation,
      State state,
      Optional<Instant> last,
      Instant next,
      long calls) {
    Moments was = old.moments();
    Instant deadline = expectation.deadline(next);
    Optional<Instant> due =
        switch (state) {
          case PAUSED -> Optional.empty();
          case LATE -> was.due();
          case NEW, UP, FAILED ->
              Optional.of(was.due().filter(at -> !at.isAfter(deadline)).orElse(deadline));
        };
    return new Heartbeat(
        old.id(),
        old.key(),
        expectation,
        state,
        new Moments(
            was.created(),
            last,
            next,
            state == State.LATE ? was.lateSince() : Optional.empty(),
            due),
        new Counts(calls, old.counts().runs(), old.counts().open()),
        old.recent(),
        old.origin());
  }

  private static Step unchanged(Optional<Heartbeat> before, PingOutcome pingOutcome) {
    return new Step(before, pingOutcome);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
