package dev.rollcall.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// 10,000 services of which 50 change each second, first without open overviews, then with 100,
/// then with 250.
final class Viewers implements Benchmark {
  private static final int SERVICES = 10_000;
  private static final int EACH_SECOND = 25; // go down; as many come up again
  private static final int OUTAGE_SECONDS = 40;
  private static final Duration INTERVAL = Duration.ofSeconds(15);

  /// This many viewers read the events; the others count bytes.
  private static final int LOOKING = 5;

  private static final int FETCHES = 20;

  @Override
  public String name() {
    return "viewers";
  }

  /// The result with some viewers.
  ///
  /// @param bytes sent to each viewer per second
  /// @param delays in milliseconds, from the start of the check that found a change until it is on
  ///   a page, sorted
  /// @param unseen changes that were not on a page within ten seconds
  /// @param firstBytes of the page, in milliseconds, sorted
  /// @param page the size of the page as it was sent
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Watched(
      int viewers,
      Stretch stretch,
      double bytes,
      double[] delays,
      long unseen,
      double[] firstBytes,
      long page,
      long lost) {}

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Rollcall.train(stage);
    Path failing = stage.folder("failing");
    Nginx nginx = Nginx.failing(stage, 1_000, failing, false);
    List<String> services =
        IntStream.range(0, SERVICES)
            .mapToObj(i -> Rollcall.service("s" + i, nginx.url(i), ""))
            .toList();
    Table table = new Table();
    List<Viewer> viewers = new ArrayList<>();
    Thread changing = Thread.ofVirtual().name("changing").start(() -> change(failing));
    try {
      Rollcall rollcall = Rollcall.start(stage, Rollcall.Setup.of(stage.folder("data"), services));
      Thread.sleep(
          INTERVAL
              .plus(length.warm())
              .plusSeconds(length.equals(Length.FULL) ? OUTAGE_SECONDS : 0));
      Stretch alone = Stretch.of(rollcall, length.steady());
      List<Measured> measured = new ArrayList<>();
      for (int count : List.of(100, 250)) {
        while (viewers.size() < count) {
          viewers.add(Viewer.open(rollcall.port(), viewers.size(), viewers.size() < LOOKING));
        }
        Thread.sleep(Duration.ofSeconds(5));
        measured.add(measure(rollcall, viewers, length));
      }
      Thread.sleep(Duration.ofSeconds(10)); // for late changes
      changing.interrupt();
      Ticks ticks = rollcall.stop();
      alone.print(table);
      boolean held = true;
      for (Measured one : measured) {
        held &= print(table, watched(one, viewers, ticks), alone);
      }
      table.verdict(
          held,
          "asked with 250 viewers: lag p99 under 100 ms, at most 256 MiB and 10 KiB/s each, changes"
              + " seen within 500 ms at p95, first byte under 50 ms, page under 60 KB; 100 of them"
              + " take under 15 %% of a core");
    } finally {
      changing.interrupt();
      for (Viewer viewer : viewers) {
        viewer.close();
      }
    }
  }

  /// What is known before the database is read.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Measured(
      int viewers, Stretch stretch, double bytes, double[] firstBytes, long page, long lost) {}

  private static Measured measure(Rollcall rollcall, List<Viewer> viewers, Length length)
      throws IOException, InterruptedException {
    long before = sent(viewers);
    Instant from = Instant.now();
    Stretch stretch = Stretch.of(rollcall, length.steady());
    double seconds = Duration.between(from, Instant.now()).toMillis() / 1000.0;
    double bytes = (sent(viewers) - before) / seconds / viewers.size();
    double[] firstBytes = new double[FETCHES];
    long page = 0;
    for (int i = 0; i < FETCHES; i++) {
      Viewer.Page fetched = Viewer.fetch(rollcall.port(), viewers.size());
      firstBytes[i] = fetched.firstByteNanos() / 1e6;
      page = Math.max(page, fetched.bytes());
      Thread.sleep(
          Duration.ofMillis(137)); // so that fetches fall at different times between two changes
    }
    Arrays.sort(firstBytes);
    long lost = viewers.stream().filter(Viewer::lost).count();
    return new Measured(viewers.size(), stretch, bytes, firstBytes, page, lost);
  }

  private static long sent(List<Viewer> viewers) {
    return viewers.stream().mapToLong(Viewer::bytes).sum();
  }

  private static Watched watched(Measured measured, List<Viewer> viewers, Ticks ticks) {
    List<Double> delays = new ArrayList<>();
    long unseen = 0;
    List<Ticks.Outage> outages = ticks.outages(measured.stretch().span());
    for (Viewer viewer : viewers.subList(0, LOOKING)) {
      List<Viewer.Sighting> sightings = viewer.sightings();
      for (Ticks.Outage outage : outages) {
        double[] seen =
            sightings.stream()
                .filter(one -> one.service() == outage.service())
                .mapToDouble(one -> Duration.between(outage.at(), one.at()).toNanos() / 1e6)
                .filter(delay -> delay >= 0 && delay < 10_000)
                .toArray();
        if (seen.length == 0) {
          unseen++;
        } else {
          delays.add(seen[0]);
        }
      }
    }
    return new Watched(
        measured.viewers(),
        measured.stretch(),
        measured.bytes(),
        delays.stream().mapToDouble(Double::doubleValue).sorted().toArray(),
        unseen,
        measured.firstBytes(),
        measured.page(),
        measured.lost());
  }

  private static boolean print(Table table, Watched watched, Stretch alone) {
    double cores = watched.stretch().cores() - alone.cores();
    table.row("-- " + watched.viewers() + " viewers", "%d of them lost", watched.lost());
    watched.stretch().print(table);
    table.row("of it for the viewers", "%.1f %% of one core", cores * 100);
    table.row("sent to each viewer", "%.1f KiB/s", watched.bytes() / 1024);
    table.row(
        "a change is seen after, p50, p95, most",
        "%.0f ms, %.0f ms, %.0f ms (%d seen, %d not)",
        quantile(watched.delays(), 0.5),
        quantile(watched.delays(), 0.95),
        quantile(watched.delays(), 1),
        watched.delays().length,
        watched.unseen());
    table.row(
        "the page: first byte p50, most; size",
        "%.1f ms, %.1f ms; %.1f KB",
        quantile(watched.firstBytes(), 0.5),
        quantile(watched.firstBytes(), 1),
        watched.page() / 1000.0);
    boolean few = watched.viewers() > 100 || cores < 0.15;
    return few
        && watched.lost() == 0
        && Table.millis(watched.stretch().lag().quantile(0.99)) < 100
        && watched.stretch().peakMiB() <= 256
        && watched.bytes() <= 10 * 1024
        && quantile(watched.delays(), 0.95) <= 500
        && quantile(watched.firstBytes(), 0.5) < 50
        && watched.page() < 60_000;
  }

  private static double quantile(double[] sorted, double share) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[Math.max(0, (int) Math.ceil(sorted.length * share) - 1)];
  }

  /// Each second some services go down, and those that went down forty seconds ago come up again.
  /// Services that are checked at about the same time are not next to each other.
  private static void change(Path failing) {
    try {
      for (int second = 0; ; second++) {
        for (int i = 0; i < EACH_SECOND; i++) {
          Files.writeString(failing.resolve(name(second, i)), "");
          Files.deleteIfExists(failing.resolve(name(second - OUTAGE_SECONDS, i)));
        }
        Thread.sleep(Duration.ofSeconds(1));
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot make a service fail: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String name(int second, int i) {
    return String.valueOf(Math.floorMod(second * EACH_SECOND + i, SERVICES));
  }
}
