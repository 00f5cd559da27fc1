package dev.rollcall.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The whole program for hours, on SQLite and on PostgreSQL at the same time: services that go up
/// and down, jobs that call in time, and results. Meanwhile there are kills, stops, floods of
/// requests, steps of the clock, and a database that hangs or is unavailable. No job that called in
/// time may cause an alert, nothing acknowledged may be lost, and the memory must not grow.
final class Soak implements Benchmark {
  @Override
  public String name() {
    return "soak";
  }

  @Override
  public boolean onlyByName() {
    return true;
  }

  private static Duration time(Length length) {
    if (length.equals(Length.FULL)) {
      return Duration.ofHours(2);
    }
    return length.equals(Length.SHORT) ? Duration.ofMinutes(3) : length.steady();
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Duration time = time(length);
    Table table = new Table();
    Rollcall.train(stage); // so that this does not happen during the soak
    Path sqliteData = stage.folder("sqlite");
    Path postgresData = stage.folder("postgres");
    try (SoakRun sqlite = new SoakRun(stage, SoakDatabase.sqlite(sqliteData), sqliteData, time);
        SoakRun postgres =
            new SoakRun(stage, SoakDatabase.postgres(postgresData), postgresData, time)) {
      List<SoakRun> runs = List.of(sqlite, postgres);
      List<Thread> threads = new ArrayList<>();
      for (SoakRun run : runs) {
        threads.add(Thread.ofPlatform().name("soak-" + run.name()).start(run));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      boolean held = true;
      for (SoakRun run : runs) {
        held &= run.tell(table);
      }
      table.verdict(
          held,
          "%d min: no false alert, no silence untold, nothing acknowledged lost, sums agree, memory"
              + " flat",
          time.toMinutes());
    }
  }
}
