package dev.rollcall.server.monitor;

import dev.rollcall.server.monitor.Evaluator.Transition;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Says in the log that services went down, are up again, or that nothing is known of them any
/// more: a line a change, and one for all of them where many change at once. Called by one thread
/// at a time.
final class ChangeLog {
  private static final Logger LOG = System.getLogger(ChangeLog.class.getName());

  /// More changes than this in one group of outcomes are counted, and this many named.
  private static final int NAMED = 10;

  /// A reason for which services become unknown is told once in so long, whichever service it was:
  /// where our own network is away, it is the reason of all.
  private static final Duration REASON_AGAIN = Duration.ofMinutes(10);

  private static final int MOST_REASONS = 1_000;

  /// What was told to be down: a first uptime is no news.
  private final Set<Long> down = new HashSet<>();

  /// Services of which nothing is known, and those that were told of.
  private final Set<Long> unknown = new HashSet<>();

  private final Set<Long> told = new HashSet<>();
  private final Map<String, Instant> reasons = new HashMap<>();

  /// One change that has been written.
  record Change(String service, Outcome outcome) {}

  void tell(List<Change> changes) {
    lines(changes).forEach(line -> LOG.log(Level.INFO, line));
  }

  List<String> lines(List<Change> changes) {
    List<String> lines = changed(changes);
    lines.addAll(unknown(changes));
    return lines;
  }

  private List<String> changed(List<Change> changes) {
    List<String> lines = new ArrayList<>();
    List<String> names = new ArrayList<>();
    int gone = 0;
    for (Change change : changes) {
      if (change.outcome().transition() instanceof Transition.Begins begins) {
        long id = change.outcome().serviceId();
        boolean isDown = begins.kind() == Event.Kind.DOWNTIME;
        if (isDown ? down.add(id) : down.remove(id)) {
          names.add(change.service());
          gone += isDown ? 1 : 0;
          lines.add(
              isDown
                  ? change.service() + " is down: " + begins.cause().orElse("no reason known")
                  : change.service() + " is up again");
        }
      }
    }
    return shortened(
        lines, "%d services are down and %d up again".formatted(gone, lines.size() - gone), names);
  }

  private List<String> unknown(List<Change> changes) {
    List<String> lines = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Change change : changes) {
      Outcome outcome = change.outcome();
      unknown(change.service(), outcome.serviceId(), outcome.observation())
          .ifPresent(
              line -> {
                lines.add(line);
                names.add(change.service());
              });
    }
    return shortened(
        lines, "%d services changed to or from unknown".formatted(lines.size()), names);
  }

  private Optional<String> unknown(String service, long id, Observation found) {
    if (!(found instanceof Observation.Unknown nothing)) {
      unknown.remove(id);
      return told.remove(id)
          ? Optional.of(service + " is no longer unknown: it is " + State.of(found).word())
          : Optional.empty();
    }
    if (!unknown.add(id) || !isNews(nothing)) {
      return Optional.empty();
    }
    told.add(id);
    return Optional.of(service + " is unknown: " + nothing.reason());
  }

  /// Whether its reason was not told of late. What is in brackets at its end differs from service
  /// to service.
  private boolean isNews(Observation.Unknown nothing) {
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
