package dev.rollcall.server.incident;

import dev.rollcall.server.incident.IncidentChannels.Due;
import dev.rollcall.server.incident.IncidentChannels.Phase;
import dev.rollcall.server.signal.Signals;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/// Knows about which subjects the database does not have all yet that was found: after it was away,
/// what waited is written in its order, so what it says is wrong may have been over for a minute.
///
/// Each process asks what waits in its memory and in Redis, which is the same for all; after that,
/// whether other processes are back and have written what waited in theirs. What waits for too long
/// is not waited for: whoever writes it may be gone.
///
/// For one thread, but for [#ask].
final class CatchUp {
  /// What has waited for less than this is being written.
  private static final Duration BEHIND = Duration.ofSeconds(2);

  /// Up to this it goes on, once it has begun.
  private static final Duration WRITTEN = Duration.ofSeconds(1);

  /// After the last is written: groups and the network are looked at again, and other processes may
  /// have found something too.
  private static final Duration SETTLING = Duration.ofSeconds(1);

  /// How long nobody is told because of it.
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final BooleanSupplier othersBehind;
  private final Clock clock;
  private final Map<Subject.Type, Span> spans = new EnumMap<>(Subject.Type.class);
  private volatile Function<Subject.Type, Duration> lag = _ -> Duration.ZERO;

  /// A time in which the database is behind, on the monotonic clock.
  ///
  /// @param last when it was seen to be so
  private record Span(Duration from, Duration last) {}

  /// @param othersBehind whether other processes may still have something to write
  CatchUp(BooleanSupplier othersBehind, Clock clock) {
    this.othersBehind = othersBehind;
    this.clock = clock;
  }

  /// Asks this from now on.
  ///
  /// @param now what was found about subjects of this type longer ago than that is written
  void ask(Function<Subject.Type, Duration> now) {
    lag = now;
  }

  /// The types of subjects of which nobody should be told anything yet.
  ///
  /// @param writes whether the database takes writes: else, nothing is caught up with, and the time
  ///   for that has not begun
  Set<Subject.Type> look(boolean writes) {
    Set<Subject.Type> behind = EnumSet.noneOf(Subject.Type.class);
    for (Subject.Type type : Subject.Type.values()) {
      Optional<Span> span = span(type, writes);
      span.ifPresentOrElse(one -> spans.put(type, one), () -> spans.remove(type));
      if (span.filter(this::counts).isPresent()) {
        behind.add(type);
      }
    }
    return behind;
  }

  /// What a message about several waits for, as it begins the time in which what else there is to
  /// say is gathered: for all types if some are [behind][#look].
  static Set<Subject.Type> gathered(Set<Subject.Type> behind) {
    return behind.isEmpty() ? behind : EnumSet.allOf(Subject.Type.class);
  }

  /// What can be told: not what may be over, as something about it is found and not written yet, or
  /// is a signal that nobody has consumed. What a person has opened has no such subject.
  ///
  /// @param behind what [#look] has returned before the transaction began
  static List<Due> certain(Handle tx, List<Due> due, Set<Subject.Type> behind) {
    if (due.isEmpty()) {
      return due;
    }
    Predicate<Subject> changes = Signals.pending(tx);
    return due.stream().filter(one -> isCertain(one, behind, changes)).toList();
  }

  private static boolean isCertain(Due due, Set<Subject.Type> behind, Predicate<Subject> changes) {
    boolean open = due.row().phase() != Phase.ENDED;
    return due.incident()
        .subject()
        .filter(one -> behind.contains(one.type()) || (open && changes.test(one)))
        .isEmpty();
  }

  private Optional<Span> span(Subject.Type type, boolean writes) {
    Duration now = clock.monotonic();
    Duration age = lag.apply(type);
    Optional<Span> known = Optional.ofNullable(spans.get(type));
    if (known.isEmpty()) {
      return Optional.of(new Span(now, now)).filter(_ -> age.compareTo(BEHIND) >= 0);
    }
    Span before = known.get();
    Duration from = writes ? before.from() : now;
    return age.compareTo(WRITTEN) >= 0 || othersBehind.getAsBoolean()
        ? Optional.of(new Span(from, now))
        : Optional.of(new Span(from, before.last()))
            .filter(one -> now.minus(one.last()).compareTo(SETTLING) < 0);
  }

  private boolean counts(Span span) {
    return clock.monotonic().minus(span.from()).compareTo(LONGEST) < 0;
  }
}
