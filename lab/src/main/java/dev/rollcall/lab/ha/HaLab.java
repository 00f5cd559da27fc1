package dev.rollcall.lab.ha;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;

/// Everything goes wrong, in the laboratory: `lab/ha/run`.
public final class HaLab {
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final int CALLERS = 4;

  private HaLab() {}

  /// Runs scenarios, and prints what each cost.
  ///
  /// @param arguments the root of the repository; `--minutes N` for a random order of that length,
  ///   otherwise each once; `--seed N` for the order of an earlier run; `--hold N` seconds that
  ///   each lasts (60, or 2 if each is once); `--only TEXT` in the names
  public static void main(String[] arguments) {
    Path root = Path.of(arguments[0]).toAbsolutePath();
    long minutes = number(arguments, "--minutes", 0);
    Duration hold =
        Duration.ofSeconds(number(arguments, "--hold", (minutes > 0 ? LONG : SHORT).toSeconds()));
    List<Scenario> scenarios = new ArrayList<>(Scenarios.all());
    String only = text(arguments, "--only", "");
    scenarios.removeIf(one -> !one.name().contains(only));
    boolean good;
    try (Lab lab = new Lab(root, Map.of(), CALLERS)) {
      good =
          minutes == 0
              ? once(lab, scenarios, hold)
              : random(lab, scenarios, hold, Duration.ofMinutes(minutes), seed(arguments));
    }
    System.exit(good ? 0 : 1);
  }

  /// Each once.
  ///
  /// @return whether nothing was lost or doubled
  private static boolean once(Lab lab, List<Scenario> scenarios, Duration hold) {
    boolean good = true;
    for (Scenario scenario : scenarios) {
      good &= told(lab.run(scenario, hold));
    }
    return good;
  }

  private static boolean random(
      Lab lab, List<Scenario> scenarios, Duration hold, Duration whole, long seed) {
    System.out.println("seed " + seed);
    RandomGenerator order = new Random(seed);
    long end = System.nanoTime() + whole.toNanos();
    boolean good = true;
    while (System.nanoTime() - end < 0) {
      good &= told(lab.run(scenarios.get(order.nextInt(scenarios.size())), hold));
    }
    return good;
  }

  private static boolean told(Report report) {
    System.out.println(report);
    return report.isGood();
  }

  private static long seed(String[] arguments) {
    return number(arguments, "--seed", System.nanoTime() & 0xffff_ffffL);
  }

  private static long number(String[] arguments, String flag, long standard) {
    return Long.parseLong(text(arguments, flag, "" + standard));
  }

  private static String text(String[] arguments, String flag, String standard) {
    for (int i = 1; i + 1 < arguments.length; i++) {
      if (arguments[i].equals(flag)) {
        return arguments[i + 1];
      }
    }
    return standard;
  }
}
