package dev.rollcall.server.incident;

import dev.rollcall.server.incident.HeldSignals.Held;
import dev.rollcall.server.incident.HeldSignals.Reason;
import dev.rollcall.server.incident.maintenance.CurrentMaintenance;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/// Decides whether somebody is told that a subject is wrong: not during maintenance, and not while
/// something that it depends on is wrong, directly or not.
record HoldRules(Subjects subjects, CurrentMaintenance maintenance) {
  /// How long a subject waits for what it depends on to become certain.
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /// How long it waits until it is known whether it is behind a place where the network is broken.
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(15);

  /// How many subjects it looks at.
  private static final int MOST = 200;

  /// What was decided.
  ///
  /// @param held empty: somebody is told
  /// @param uncertain what should be observed at once
  record Decision(Optional<Held> held, List<Subject> uncertain) {}

  Decision of(Handle tx, Signal signal, AlertKeys keys, Instant now) {
    if (maintenance.end(signal.subject(), keys, now).isPresent()) {
      return held(signal, Reason.MAINTENANCE, Optional.empty(), List.of());
    }
    if (signal.subject().type() == Subject.Type.NETWORK
        && subjects.lostBehind(tx, signal.subject()).isEmpty()) {
      return held(signal, Reason.UNCERTAIN, Optional.empty(), List.of()); // it is about to end
    }
    long owner = signal.subject().owner();
    Set<String> seen = new HashSet<>(List.of(signal.subject().name()));
    Deque<String> names = new ArrayDeque<>(keys.dependsOn());
    List<Subject> uncertain = new ArrayList<>();
    while (!names.isEmpty() && seen.size() < MOST) {
      String name = names.poll();
      if (!seen.add(name)) {
        continue;
      }
      if (IncidentTable.isOpen(tx, owner, name) || HeldSignals.isInMaintenance(tx, owner, name)) {
        return held(signal, Reason.BEHIND, Optional.of(name), List.of());
      }
      Optional<Subject> found = subjects.find(tx, owner, name);
      if (found.isPresent()) {
        if (!subjects.isRight(tx, found.get(), signal.began())) {
          uncertain.add(found.get());
        }
        names.addAll(subjects.keys(tx, found.get()).dependsOn());
      }
    }
    if (!uncertain.isEmpty() && now.isBefore(signal.at().plus(LONGEST_WAIT))) {
      return held(signal, Reason.UNCERTAIN, Optional.of(uncertain.getFirst().name()), uncertain);
    }
    if (now.isBefore(signal.at().plus(LONGEST_LOOK))
        && subjects.isUndecided(tx, signal.subject())) {
      return held(signal, Reason.UNCERTAIN, Optional.empty(), List.of());
    }
    return new Decision(Optional.empty(), List.of());
  }

  private static Decision held(
      Signal signal, Reason reason, Optional<String> behind, List<Subject> uncertain) {
    return new Decision(Optional.of(new Held(signal, reason, behind)), uncertain);
  }
}
