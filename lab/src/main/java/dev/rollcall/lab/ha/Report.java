package dev.rollcall.lab.ha;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What one scenario cost.
///
/// @param requests all requests of the clients
/// @param failures those that failed, or got no answer
/// @param missed checks that were due and not run
/// @param twice checks that ran twice
/// @param takenOver how long it took from the fault until each service had been checked again
/// @param lost what was acknowledged and is not stored: `heartbeat h-12`
/// @param alerts what is wrong about the alerts
/// @param repeated messages that came again with the same id, as their answer was lost
/// @param trouble what did not work again, or empty
public record Report(
    String name,
    Duration took,
    List<Load.Done> requests,
    List<Load.Done> failures,
    int missed,
    int twice,
    Duration takenOver,
    List<String> lost,
    List<String> alerts,
    long repeated,
    Optional<String> trouble) {
  private static final long MILLIS = 1_000_000;
  private static final long APART = 1_000 * MILLIS;

  public Report {
    requests = List.copyOf(requests);
    failures = List.copyOf(failures);
    lost = List.copyOf(lost);
    alerts = List.copyOf(alerts);
  }

  /// How many checks are missing, how many were too many, and when all had been checked again.
  record Checks(int missed, int twice, Duration takenOver) {
    /// Counts them.
    ///
    /// @param checks when each service was checked
    /// @param interval between two checks of a service
    /// @param fault when it went wrong
    static Checks of(Map<String, List<Long>> checks, Duration interval, long fault) {
      int missed = 0;
      int twice = 0;
      long latest = 0;
      double every = interval.toNanos();
      for (List<Long> times : checks.values()) {
        List<Long> sorted = times.stream().sorted().toList();
        for (int i = 1; i < sorted.size(); i++) {
          double gap = (sorted.get(i) - sorted.get(i - 1)) / every;
          missed += Math.max(0, (int) Math.round(gap) - 1);
          twice += gap < 0.3 ? 1 : 0;
        }
        long next = sorted.stream().filter(at -> at - fault > 0).findFirst().orElse(Long.MAX_VALUE);
        latest = Math.max(latest, next == Long.MAX_VALUE ? next : next - fault);
      }
      return new Checks(missed, twice, Duration.ofNanos(latest));
    }
  }

  /// From the beginning of the first request that failed to the end of the last one. Where all were
  /// well for a second in between, as between the failure and its repair, the longest of such
  /// spans.
  Duration failing() {
    long longest = 0;
    long begun = 0;
    long ended = 0;
    for (Load.Done one :
        failures.stream().sorted(Comparator.comparingLong(Load.Done::began)).toList()) {
      if (ended == 0 || one.began() - ended > APART) {
        begun = one.began();
        ended = one.ended();
      }
      ended = Math.max(ended, one.ended());
      longest = Math.max(longest, ended - begun);
    }
    return Duration.ofNanos(longest);
  }

  /// The longest that a client waited for a good answer.
  Duration longest() {
    return Duration.ofNanos(
        requests.stream()
            .filter(Load.Done::isGood)
            .mapToLong(one -> one.ended() - one.began())
            .max()
            .orElse(0));
  }

  /// Whether nothing was lost or doubled, and everything works again.
  public boolean isGood() {
    return lost.isEmpty() && alerts.isEmpty() && trouble.isEmpty();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-66s failed %d of %d in %s, longest %s; checks missed %d, twice %d, all again after"
                + " %s; lost %d; alerts wrong %d, repeated %d; took %s",
            name,
            failures.size(),
            requests.size(),
            seconds(failing()),
            seconds(longest()),
            missed,
            twice,
            seconds(takenOver),
            lost.size(),
            alerts.size(),
            repeated,
            seconds(took)));
    failures.stream()
        .map(one -> one.kind() + ": " + first(one.why()))
        .distinct()
        .limit(4)
        .forEach(why -> text.append("\n    failed ").append(why));
    lost.stream().limit(5).forEach(one -> text.append("\n    LOST ").append(one));
    alerts.stream().limit(5).forEach(one -> text.append("\n    ALERT ").append(one));
    trouble.ifPresent(one -> text.append("\n    TROUBLE ").append(one));
    return text.toString();
  }

  private static String first(String why) {
    String line = why.replaceAll("\\s+", " ");
    return line.substring(0, Math.min(120, line.length()));
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }
}
