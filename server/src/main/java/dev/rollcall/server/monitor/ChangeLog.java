package dev.rollcall.server.monitor;

import dev.rollcall.server.monitor.Evaluator.Transition;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Says in the log that services went down or are up again: a line a change, and one for all of
/// them where many change at once. Called by one thread at a time.
final class ChangeLog {
  private static final Logger LOG = System.getLogger(ChangeLog.class.getName());

  /// More changes than this in one group of outcomes are counted, and this many named.
  private static final int NAMED = 10;

  /// What was told to be down: a first uptime is no news.
  private final Set<Long> down = new HashSet<>();

  /// One change that has been written.
  record Change(String service, Outcome outcome) {}

  void tell(List<Change> changes) {
    lines(changes).forEach(line -> LOG.log(Level.INFO, line));
  }

  List<String> lines(List<Change> changes) {
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
    return lines.size() <= NAMED
        ? lines
        : List.of(
            "%d services are down and %d up again: %s and %d more"
                .formatted(
                    gone,
                    lines.size() - gone,
                    String.join(", ", names.subList(0, NAMED)),
                    names.size() - NAMED));
  }
}
