package dev.rollcall.server.heartbeat;

import dev.rollcall.server.heartbeat.Change.Beat;
import dev.rollcall.server.heartbeat.Heartbeat.Counts;
import dev.rollcall.server.heartbeat.Heartbeat.Moments;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What follows for a heartbeat when something happens to it: pure functions.
final class Course {
  /// Calls that state no moment reach the writer in another order than they came, by moments.
  private static final Duration CROSSING = Duration.ofSeconds(2);

  /// What follows.
  ///
  /// @param after the heartbeat from now on; empty: there is none
  /// @param done what its caller learns
  /// @param notice what somebody is to be told
  record Step(Optional<Heartbeat> after, Done done, Optional<Notice.Kind> notice) {
    /// Whether the call was taken.
    boolean recorded() {
      return done instanceof Done.Recorded;
    }
  }

  private Course() {}

  /// A job calls in.
  ///
  /// @param id of the row, where there is no heartbeat yet
  /// @param now the server's clock
  /// @param tolerance how far a job's clock may be ahead of it
  static Step beat(
      Optional<Heartbeat> before, long id, Beat beat, Instant now, Duration tolerance) {
    if (before.isEmpty()) {
      return beat.terms()
          .map(terms -> first(id, terms, beat, now))
          .orElseGet(() -> unchanged(before, new Done.NoTerms()));
    }
    Heartbeat old = before.get();
    if (beat.signal() instanceof Signal.Start) {
      return started(old, beat, now);
    }
    Optional<Instant> moment = moment(old, beat, now, tolerance);
    return moment
        .map(at -> ended(old, beat, at, now))
        .orElseGet(() -> unchanged(before, new Done.Stale(old.lastKnown())));
  }

  private static Step first(long id, Terms terms, Beat beat, Instant now) {
    boolean start = beat.signal() instanceof Signal.Start;
    Instant at = beat.moment().orElse(now);
    Instant next = terms.next(at, Optional.empty());
    Moments moments =
        new Moments(
            start ? at : earlier(at, now),
            start ? Optional.empty() : Optional.of(at),
            next,
            Optional.empty(),
            Optional.of(terms.deadline(next)));
    State state = start ? State.NEW : reached(beat);
    Heartbeat after =
        new Heartbeat(
            id, beat.name(), terms, state, moments, new Counts(start ? 0 : 1, 0, 0), Recent.NONE);
    return new Step(
        Optional.of(after),
        new Done.Recorded(next, false),
        state == State.FAILED ? Optional.of(Notice.Kind.FAILED) : Optional.empty());
  }

  /// A start says that a run begins, perhaps on new terms; the one that is expected is its end.
  private static Step started(Heartbeat old, Beat beat, Instant now) {
    Terms terms = beat.terms().orElse(old.terms());
    Moments was = old.moments();
    Instant next =
        was.last().isEmpty() && beat.terms().isPresent()
            ? terms.next(beat.moment().orElse(now), Optional.empty())
            : was.next();
    Heartbeat after = with(old, terms, old.state(), was.last(), next, old.counts().calls());
    return new Step(
        Optional.of(after), new Done.Recorded(next, old.state() == State.PAUSED), Optional.empty());
  }

  private static Step ended(Heartbeat old, Beat beat, Instant at, Instant now) {
    Terms terms = beat.terms().orElse(old.terms());
    Instant next = terms.next(at, awaited(old, terms));
    boolean paused = old.state() == State.PAUSED;
    State state = paused ? State.PAUSED : reached(beat);
    Instant last =
        old.moments()
            .last()
            .filter(before -> before.isAfter(at) && !before.isAfter(now))
            .orElse(at);
    Heartbeat after = with(old, terms, state, Optional.of(last), next, old.counts().calls() + 1);
    return new Step(
        Optional.of(after), new Done.Recorded(next, paused), notice(old.state(), state));
  }

  private static Optional<Instant> awaited(Heartbeat old, Terms terms) {
    return terms.plan().equals(old.terms().plan())
        ? Optional.of(old.moments().next())
        : Optional.empty();
  }

  private static State reached(Beat beat) {
    return beat.signal() instanceof Signal.Failure ? State.FAILED : State.UP;
  }

  private static Optional<Notice.Kind> notice(State from, State to) {
    if (to == State.FAILED) {
      return from == State.FAILED ? Optional.empty() : Optional.of(Notice.Kind.FAILED);
    }
    boolean wasWrong = from == State.LATE || from == State.FAILED;
    return wasWrong && to == State.UP ? Optional.of(Notice.Kind.RECOVERED) : Optional.empty();
  }

  /// The moment of a call; empty where it is older than what stands. Times are compared in whole
  /// seconds, as jobs state them. What lies further ahead than any job may state is from before the
  /// clock was set back, and stands in nobody's way; what lies ahead at all, in no failure's, as
  /// nobody would be told of that.
  private static Optional<Instant> moment(
      Heartbeat old, Beat beat, Instant now, Duration tolerance) {
    Instant at = beat.moment().orElse(now);
    Optional<Instant> last = old.moments().last();
    if (last.isEmpty() || last.get().isAfter(now.plus(tolerance))) {
      return Optional.of(at);
    }
    boolean fails = beat.signal() instanceof Signal.Failure;
    Instant stands = fails ? earlier(last.get(), now) : last.get();
    if (beat.moment().isPresent()) {
      return at.getEpochSecond() < stands.getEpochSecond() ? Optional.empty() : Optional.of(at);
    }
    if (at.isBefore(stands)) {
      return stands.isBefore(at.plus(CROSSING)) ? last : Optional.empty();
    }
    return Optional.of(at);
  }

  static Step remove(Optional<Heartbeat> before) {
    if (before.isEmpty()) {
      return unchanged(before, new Done.Unknown());
    }
    return new Step(Optional.empty(), new Done.Changed(), dismissed(before.get()));
  }

  private static Optional<Notice.Kind> dismissed(Heartbeat old) {
    return old.state() == State.LATE ? Optional.of(Notice.Kind.DISMISSED) : Optional.empty();
  }

  static Step pause(Optional<Heartbeat> before) {
    if (before.isEmpty()) {
      return unchanged(before, new Done.Unknown());
    }
    Heartbeat old = before.get();
    Heartbeat after =
        with(
            old,
            old.terms(),
            State.PAUSED,
            old.moments().last(),
            old.moments().next(),
            old.counts().calls());
    return new Step(Optional.of(after), new Done.Changed(), dismissed(old));
  }

  /// The next is expected as if one had just come.
  static Step resume(Optional<Heartbeat> before, Instant now) {
    if (before.isEmpty()) {
      return unchanged(before, new Done.Unknown());
    }
    Heartbeat old = before.get();
    if (old.state() != State.PAUSED) {
      return unchanged(before, new Done.Changed());
    }
    Heartbeat after =
        with(
            old,
            old.terms(),
            old.moments().last().isPresent() ? State.UP : State.NEW,
            old.moments().last(),
            old.terms().plan().next(now),
            old.counts().calls());
    return new Step(Optional.of(after), new Done.Changed(), Optional.empty());
  }

  /// Its moment to be looked at has come.
  ///
  /// @param realert how long after one alert the next is owed
  static Step look(Heartbeat old, Instant now, Duration realert) {
    Done nothing = new Done.Changed();
    return switch (old.state()) {
      case PAUSED -> new Step(Optional.of(due(old, Optional.empty())), nothing, Optional.empty());
      case LATE ->
          new Step(
              Optional.of(due(old, Optional.of(now.plus(realert)))),
              nothing,
              Optional.of(Notice.Kind.STILL_LATE));
      case NEW, UP, FAILED -> {
        Instant deadline = old.deadline();
        if (deadline.isAfter(now)) {
          yield new Step(Optional.of(due(old, Optional.of(deadline))), nothing, Optional.empty());
        }
        Moments was = old.moments();
        Heartbeat late =
            new Heartbeat(
                old.id(),
                old.name(),
                old.terms(),
                State.LATE,
                new Moments(
                    was.created(),
                    was.last(),
                    was.next(),
                    Optional.of(deadline),
                    Optional.of(now.plus(realert))),
                old.counts(),
                old.recent());
        yield new Step(Optional.of(late), nothing, Optional.of(Notice.Kind.LATE));
      }
    };
  }

  /// One that is not late after all.
  static Heartbeat takenBack(Heartbeat late) {
    Moments moments = late.moments();
    return with(
        late, late.terms(), before(late), moments.last(), moments.next(), late.counts().calls());
  }

  /// How it stood before it was late, as its last run tells.
  private static State before(Heartbeat late) {
    if (late.moments().last().isEmpty()) {
      return State.NEW;
    }
    List<Run> runs = late.recent().runs(late.counts().runs());
    return !runs.isEmpty() && runs.getLast().result() == Run.Result.FAILED
        ? State.FAILED
        : State.UP;
  }

  /// The same, and the next is expected then.
  static Heartbeat expected(Heartbeat old, Instant next) {
    return with(old, old.terms(), old.state(), old.moments().last(), next, old.counts().calls());
  }

  private static Heartbeat due(Heartbeat old, Optional<Instant> due) {
    Moments was = old.moments();
    return new Heartbeat(
        old.id(),
        old.name(),
        old.terms(),
        old.state(),
        new Moments(was.created(), was.last(), was.next(), was.lateSince(), due),
        old.counts(),
        old.recent());
  }

  private static Heartbeat with(
      Heartbeat old, Terms terms, State state, Optional<Instant> last, Instant next, long calls) {
    Moments was = old.moments();
    Instant deadline = terms.deadline(next);
    Optional<Instant> due =
        switch (state) {
          case PAUSED -> Optional.empty();
          case LATE -> was.due();
          case NEW, UP, FAILED ->
              Optional.of(was.due().filter(at -> !at.isAfter(deadline)).orElse(deadline));
        };
    return new Heartbeat(
        old.id(),
        old.name(),
        terms,
        state,
        new Moments(
            was.created(),
            last,
            next,
            state == State.LATE ? was.lateSince() : Optional.empty(),
            due),
        new Counts(calls, old.counts().runs(), old.counts().open()),
        old.recent());
  }

  private static Step unchanged(Optional<Heartbeat> before, Done done) {
    return new Step(before, done, Optional.empty());
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
