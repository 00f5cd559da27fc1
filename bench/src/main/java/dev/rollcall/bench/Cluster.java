package dev.rollcall.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// One process against two on one PostgreSQL: what the second adds, whether checks run twice, and
/// how long it takes until one goes on with what a killed one was checking.
///
/// All of it shares the processors of one machine. So the first part lets the places for checks be
/// the bound (`--monitor-in-flight`), not the processor: it shows what sharing costs, not what a
/// second machine adds.
final class Cluster implements Benchmark {
  private static final int PLACES = 100;
  private static final Duration ANSWER = Duration.ofMillis(200);
  private static final int DEMAND = 2_000;
  private static final int SERVICES = 10_000;
  private static final Duration INTERVAL = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public String name() {
    return "cluster";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Rollcall.train(stage);
    Table table = new Table();
    double added = throughput(stage, length, table);
    Shared shared = shared(stage, length, table);
    Duration takeover = takeover(stage, length, table);
    table.verdict(
        added >= 0.8
            && shared.twice() == 0
            && shared.lag().toMillis() < 100
            && takeover.toSeconds() < 10,
        "a second process adds %.2f of the first (asked: 0.8), checks run twice %d (asked: 0), lag"
            + " p99 %.1f ms (asked: 100), taken over after %.1f s at most (asked: 10)",
        added,
        shared.twice(),
        Table.millis(shared.lag()),
        takeover.toMillis() / 1000.0);
  }

  private static Rollcall start(
      Stage stage, SoakDatabase database, List<String> services, String... flags)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(database.directFlags());
    all.addAll(List.of(flags));
    return Rollcall.start(stage, new Rollcall.Setup(stage.folder("data"), services, all, ""));
  }

  private static double throughput(Stage stage, Length length, Table table)
      throws IOException, InterruptedException {
    try (SoakDatabase database = SoakDatabase.postgres(stage.folder("database"));
        Arrivals target = new Arrivals(ANSWER)) {
      List<String> services =
          IntStream.range(0, DEMAND)
              .mapToObj(i -> Rollcall.service("s" + i, target.url("/" + i), ", interval: 1s"))
              .toList();
      String places = "--monitor-in-flight=" + PLACES;
      String host = "--monitor-per-host=" + DEMAND;
      Rollcall one = start(stage, database, services, places, host);
      Thread.sleep(length.warm());
      double alone = rate(target, length.steady());
      Duration cpu = one.child().cpu();
      Rollcall other = start(stage, database, services, places, host);
      Thread.sleep(length.warm());
      Duration began = one.child().cpu();
      double both = rate(target, length.steady());
      table.row("checks a second: one process, two", "%.0f, %.0f", alone, both);
      table.row(
          "bound",
          "%d places, %d ms an answer: %.0f a second for a process",
          PLACES,
          ANSWER.toMillis(),
          PLACES * 1000.0 / ANSWER.toMillis());
      table.row(
          "processor time of the first beside the second",
          "%.1f %% of one core (%.1f s so far before it)",
          (one.child().cpu().minus(began).toMillis() * 100.0) / length.steady().toMillis(),
          cpu.toMillis() / 1000.0);
      other.child().stop();
      one.child().stop();
      return (both - alone) / alone;
    }
  }

  private static double rate(Arrivals target, Duration time) throws InterruptedException {
    long before = target.count();
    long began = System.nanoTime();
    Thread.sleep(time);
    return (target.count() - before) * 1e9 / (System.nanoTime() - began);
  }

  private record Shared(long twice, Duration lag) {}

  private static Shared shared(Stage stage, Length length, Table table)
      throws IOException, InterruptedException {
    try (SoakDatabase database = SoakDatabase.postgres(stage.folder("database"));
        Arrivals target = new Arrivals(Duration.ZERO)) {
      List<String> services =
          IntStream.range(0, SERVICES)
              .mapToObj(i -> Rollcall.service("s" + i, target.url("/" + i), ""))
              .toList();
      Rollcall one = start(stage, database, services);
      Rollcall other = start(stage, database, services);
      Thread.sleep(INTERVAL.multipliedBy(2).plus(length.warm()));
      target.forget();
      Lag first = one.lag();
      Lag second = other.lag();
      Duration cpuOne = one.child().cpu();
      Duration cpuOther = other.child().cpu();
      Duration steady = INTERVAL.multipliedBy(length.equals(Length.FULL) ? 8 : 2);
      Thread.sleep(steady);
      first = one.lag().since(first);
      second = other.lag().since(second);
      long asked = target.count();
      long twice = target.sooner(INTERVAL.dividedBy(2));
      double due = (double) SERVICES * steady.toSeconds() / INTERVAL.toSeconds();
      table.row("services", "%d every %d s", SERVICES, INTERVAL.toSeconds());
      table.row("checks of those that were due", "%.2f %%", asked / due * 100);
      table.row("services that were asked", "%d", target.paths());
      table.row("checks run twice in an interval", "%d", twice);
      table.row("share of the first, of the second", "%d, %d", first.count(), second.count());
      table.row(
          "lag p99 of the first, of the second",
          "%.1f ms, %.1f ms",
          Table.millis(first.quantile(0.99)),
          Table.millis(second.quantile(0.99)));
      table.row(
          "processor time of the first, of the second",
          "%.1f %%, %.1f %% of one core",
          one.child().cpu().minus(cpuOne).toMillis() * 100.0 / steady.toMillis(),
          other.child().cpu().minus(cpuOther).toMillis() * 100.0 / steady.toMillis());
      other.child().stop();
      one.child().stop();
      return new Shared(
          twice, Collections.max(List.of(first.quantile(0.99), second.quantile(0.99))));
    }
  }

  private static Duration takeover(Stage stage, Length length, Table table)
      throws IOException, InterruptedException {
    List<Duration> took = new ArrayList<>();
    for (int round = 0; round < length.rounds(); round++) {
      try (SoakDatabase database = SoakDatabase.postgres(stage.folder("database"));
          Arrivals target = new Arrivals(Duration.ZERO)) {
        List<String> services =
            List.of(
                Rollcall.service("hanging", target.url("/hang"), ", interval: 1s, timeout: 60s"));
        Rollcall one = start(stage, database, services);
        Wait.until("it is asked", PATIENCE, one.child(), () -> target.count("/hang") == 1);
        Rollcall other = start(stage, database, services);
        Thread.sleep(Duration.ofSeconds(2)); // it has seen the first
        long killed = System.nanoTime();
        one.child().kill();
        Wait.until("it is asked again", PATIENCE, other.child(), () -> target.count("/hang") == 2);
        took.add(Duration.ofNanos(System.nanoTime() - killed));
        other.child().stop();
      }
    }
    Collections.sort(took);
    table.row(
        "taken over at a timeout of 60 s",
        "%.1f s in the middle, %.1f s at most, of %d",
        took.get(took.size() / 2).toMillis() / 1000.0,
        took.getLast().toMillis() / 1000.0,
        took.size());
    return took.getLast();
  }
}
