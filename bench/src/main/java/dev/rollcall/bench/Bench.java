package dev.rollcall.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// `bench/run [NAME...] [--short]`: runs the benchmarks of those names, or all, one after the
/// other.
final class Bench {
  private static final List<Benchmark> ALL =
      List.of(
          new Start(),
          new ServicesApi(),
          new ChecksNew(),
          new EverySecond(),
          new TenThousand(),
          new Viewers(),
          new Heartbeats(),
          new TargetPool(),
          new CollectorIngest(),
          new Health());

  private Bench() {}

  /// Ends with 2 for a wrong argument, with 1 where a program is missing or a run failed.
  public static void main(String[] arguments) throws InterruptedException {
    List<String> names = new ArrayList<>(List.of(arguments));
    boolean shorter = names.remove("--short");
    for (String name : names) {
      if (ALL.stream().noneMatch(benchmark -> benchmark.name().equals(name))) {
        System.err.println(
            "bench: there is no " + name + ": give some of " + known() + ", or none for all");
        System.exit(2);
      }
    }
    try {
      for (Benchmark benchmark : ALL) {
        if (names.isEmpty() || names.contains(benchmark.name())) {
          run(benchmark, shorter ? Length.SHORT : Length.FULL);
        }
      }
    } catch (IOException | IllegalStateException e) {
      System.err.println("bench: " + (e.getMessage() == null ? e : e.getMessage()));
      System.exit(1);
    }
    System.exit(0); // the client's threads need not be waited for
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
