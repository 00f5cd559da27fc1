package dev.rollcall.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The time from `./rollcall serve` to the first answer of the API, with ten services.
final class Start implements Benchmark {
  private static final String NO_CACHE = "-XX:AOTMode=off";

  @Override
  public String name() {
    return "start";
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Rollcall.train(stage);
    Nginx nginx = Nginx.start(stage, 1, false);
    List<String> services =
        IntStream.range(0, 10).mapToObj(i -> Rollcall.service("s" + i, nginx.url(i), "")).toList();
    Table table = new Table();
    Path used = stage.folder("used");
    first(stage, new Rollcall.Setup(used, services, List.of(), ""));
    Duration[] medians = new Duration[4];
    int i = 0;
    for (String options : List.of(NO_CACHE, "")) {
      for (boolean empty : List.of(true, false)) {
        List<Took> all = new ArrayList<>();
        for (int round = 0; round < length.rounds(); round++) {
          Path data = empty ? stage.folder("empty") : used;
          all.add(first(stage, new Rollcall.Setup(data, services, List.of(), options)));
        }
        List<Duration> sorted = all.stream().map(Took::answer).sorted().toList();
        medians[i++] = sorted.get(sorted.size() / 2);
        table.row(
            (options.isEmpty() ? "with the cache, " : "without the cache, ")
                + (empty ? "no database yet" : "existing database"),
            "median %.0f ms (%.0f to %.0f), %d ms of CPU",
            Table.millis(sorted.get(sorted.size() / 2)),
            Table.millis(sorted.getFirst()),
            Table.millis(sorted.getLast()),
            all.stream().map(Took::cpu).sorted().toList().get(all.size() / 2).toMillis());
      }
    }
    double without = Math.max(Table.millis(medians[0]), Table.millis(medians[1]));
    double with = Math.max(Table.millis(medians[2]), Table.millis(medians[3]));
    table.verdict(
        without < 1000 && with < 500,
        "first answer after %.0f ms (asked: 1000), with the cache %.0f ms (asked: 500)",
        without,
        with);
  }

  /// The time to the first answer.
  private record Took(Duration answer, Duration cpu) {}

  private static Took first(Stage stage, Rollcall.Setup setup)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    Rollcall rollcall = Rollcall.start(stage, setup);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Duration cpu = rollcall.child().cpu();
    rollcall.stop();
    return new Took(took, cpu);
  }
}
