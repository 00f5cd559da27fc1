package dev.rollcall.server.monitor.schedule;

import dev.rollcall.server.monitor.check.Evaluator.Transition;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.schedule.OutcomeWriter.Found;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Logs that services went down, are up again, or became unknown: one line for each change, or one
/// line for all if many change at once. Called by one thread at a time.
final class ChangeLog {
  private static final Logger LOG = System.getLogger(ChangeLog.class.getName());

  /// If more services than this change in one group of outcomes, one line contains the number of
  /// changes and this many names.
  private static final int NAMED = 10;

  /// A reason for which services become unknown is logged at most once in this time, for whichever
  /// service: if our own network is down, all services have the same reason.
  private static final Duration REASON_AGAIN = Duration.ofMinutes(10);

  private static final int MOST_REASONS = 1_000;

  /// What was found longer ago than this is told with its time: it has waited for the database.
  private static final Duration LATE = Duration.ofSeconds(10);

  /// Services logged as down. The first time that a service is up is not logged.
  private final Set<Long> down = new HashSet<>();

  /// Services that are unknown, and those of them that were logged.
  private final Set<Long> unknown = new HashSet<>();

  private final Set<Long> loggedUnknown = new HashSet<>();
  private final Map<String, Instant> reasons = new HashMap<>();
  private final Clock clock;

  ChangeLog(Clock clock) {
    this.clock = clock;
  }

  /// Logs what of these outcomes, which have been written, is a change.
  void tell(List<Found> outcomes) {
    lines(outcomes).forEach(line -> LOG.log(Level.INFO, line));
  }

  List<String> lines(List<Found> outcomes) {
    List<String> lines = changed(outcomes);
    lines.addAll(unknown(outcomes));
    return lines;
  }

  private List<String> changed(List<Found> outcomes) {
    List<String> lines = new ArrayList<>();
    List<String> names = new ArrayList<>();
    int gone = 0;
    for (Found found : outcomes) {
      if (found.outcome().transition() instanceof Transition.Begins begins) {
        long id = found.outcome().serviceId();
        boolean isDown = begins.kind() == Event.Kind.DOWNTIME;
        if (isDown ? down.add(id) : down.remove(id)) {
          names.add(found.label());
          gone += isDown ? 1 : 0;
          lines.add(
              isDown
                  ? "%s is down%s: %s"
                      .formatted(
                          found.label(), since(found), begins.cause().orElse("no reason known"))
                  : found.label() + " is up again" + since(found));
        }
      }
    }
    return shortened(
        lines, "%d services are down and %d up again".formatted(gone, lines.size() - gone), names);
  }

  /// When it was found, if that is a while ago.
  private String since(Found found) {
    Observation observation = found.outcome().observation();
    Instant ended = observation.at().plus(observation.response());
    return ended.plus(LATE).isBefore(clock.wall())
        ? " since " + observation.at().truncatedTo(ChronoUnit.SECONDS)
        : "";
  }

  private List<String> unknown(List<Found> outcomes) {
    List<String> lines = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Found found : outcomes) {
      unknown(found)
          .ifPresent(
              line -> {
                lines.add(line);
                names.add(found.label());
              });
    }
    return shortened(
        lines, "%d services changed to or from unknown".formatted(lines.size()), names);
  }

  private Optional<String> unknown(Found found) {
    long id = found.outcome().serviceId();
    Observation observation = found.outcome().observation();
    if (!(observation instanceof Observation.Unknown nothing)) {
      unknown.remove(id);
      return loggedUnknown.remove(id)
          ? Optional.of(
              found.label()
                  + " is no longer unknown: it is "
                  + State.of(observation).word()
                  + since(found))
          : Optional.empty();
    }
    if (!unknown.add(id) || !isNew(nothing)) {
      return Optional.empty();
    }
    loggedUnknown.add(id);
    return Optional.of(found.label() + " is unknown" + since(found) + ": " + nothing.reason());
  }

  /// Whether this reason was not logged recently. The part in brackets at its end is ignored, since
  /// it differs between services.
  private boolean isNew(Observation.Unknown nothing) {
    String reason = nothing.reason().replaceFirst(" \\([^()]*\\)$", "");
    Instant before = reasons.get(reason);
    if (before != null && before.plus(REASON_AGAIN).isAfter(nothing.at())) {
      return false;
    }
    if (reasons.size() >= MOST_REASONS) {
      reasons.clear();
    }
    reasons.put(reason, nothing.at());
    return true;
  }

  private static List<String> shortened(List<String> lines, String counted, List<String> names) {
    return lines.size() <= NAMED
        ? lines
        : new ArrayList<>(
            List.of(
                "%s: %s and %d more"
                    .formatted(
                        counted,
                        String.join(", ", names.subList(0, NAMED)),
                        names.size() - NAMED)));
  }
}
