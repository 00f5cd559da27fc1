package dev.rollcall.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `bench/run [NAME...] [--short | --hours N]`: runs the named benchmarks, or all, one after the
/// other.
final class Bench {
  private static final List<Benchmark> ALL =
      List.of(
          new Start(),
          new ServicesApi(),
          new ChecksNew(),
          new EverySecond(),
          new TenThousand(),
          new Cluster(),
          new Viewers(),
          new Attacks(),
          new Heartbeats(),
          new RedisPings(),
          new Accounts(),
          new Incidents(),
          new TargetPool(),
          new CollectorIngest(),
          new IcmpPing(),
          new IcmpTrace(),
          new Health(),
          new Soak());

  private Bench() {}

  /// Exits with 2 for a wrong argument, and with 1 if a program is missing or a run failed.
  public static void main(String[] arguments) throws InterruptedException {
    List<String> names = new ArrayList<>(List.of(arguments));
    Length length = names.remove("--short") ? Length.SHORT : hours(names).orElse(Length.FULL);
    for (String name : names) {
      if (ALL.stream().noneMatch(benchmark -> benchmark.name().equals(name))) {
        System.err.println(
            "bench: there is no " + name + ": give some of " + known() + ", or none for all");
        System.exit(2);
      }
    }
    try {
      for (Benchmark benchmark : ALL) {
        if (names.contains(benchmark.name()) || (names.isEmpty() && !benchmark.onlyByName())) {
          run(benchmark, length);
        }
      }
    } catch (IOException | IllegalStateException e) {
      System.err.println("bench: " + (e.getMessage() == null ? e : e.getMessage()));
      System.exit(1);
    }
    System.exit(0); // do not wait for the threads of the client
  }

  /// `--hours 2` or `--hours 0.5`: how long to measure.
  private static Optional<Length> hours(List<String> arguments) {
    int at = arguments.indexOf("--hours");
    if (at < 0) {
      return Optional.empty();
    }
    try {
      arguments.remove(at);
      long seconds = Math.round(Double.parseDouble(arguments.remove(at)) * 3600);
      return Optional.of(Length.of(Duration.ofSeconds(Math.clamp(seconds, 60, 7 * 86_400))));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      System.err.println("bench: --hours wants a number of hours, as in --hours 2");
      System.exit(2);
      return Optional.empty();
    }
  }

  private static void run(Benchmark benchmark, Length length)
      throws IOException, InterruptedException {
    System.out.printf("%n== %s%n", benchmark.name());
    try (Stage stage = Stage.open()) {
      benchmark.run(stage, length);
    }
  }

  private static String known() {
    return String.join(", ", ALL.stream().map(Benchmark::name).toList());
  }
}
