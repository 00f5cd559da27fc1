package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When the program asks, as the ones it asks see it.
class MonitorScheduleIT {
  private static final int INTERVAL_MS = 1_000;
  private static final int ROUNDS = 8;
  private static final int SPREAD = 20;

  @TempDir static Path folder;

  private static Targets targets;
  private static RunningRollcall rollcall;

  /// Beside the well-behaved: one that takes longer than its interval, and a hundred that hang.
  @BeforeAll
  static void start() throws IOException {
    targets = new Targets();
    StringBuilder yaml = new StringBuilder("monitor: {interval: 1s, timeout: 3s}\nservices:\n");
    for (int i = 0; i < SPREAD; i++) {
      yaml.append("  - {name: s%d, url: '%s'}\n".formatted(i, targets.url("/status/200/" + i)));
    }
    yaml.append(
        "  - {name: long, url: '%s', interval: 200ms}\n".formatted(targets.url("/slow/700")));
    String silent = targets.raw(connection -> connection.getInputStream().readAllBytes());
    for (int i = 0; i < 100; i++) {
      yaml.append(
          "  - {name: h%d, url: 'http://%s/%d', interval: 200ms}\n".formatted(i, silent, i));
    }
    rollcall = Plan.in(folder).yaml(yaml.toString()).start();
    await()
        .atMost(PATIENCE)
        .until(() -> targets.seen("/status/200/19").arrivals().size() > ROUNDS + 1);
  }

  @AfterAll
  static void stop() throws IOException {
    if (rollcall != null) {
      rollcall.close();
    }
    targets.close();
  }

  /// The first check comes at once, whatever its place in the interval; the places count from the
  /// second on.
  private static List<Long> settled(int service) {
    List<Long> arrivals = targets.seen("/status/200/" + service).arrivals();
    return List.copyOf(arrivals.subList(1, Math.min(arrivals.size(), ROUNDS + 1)));
  }

  @Test
  void aCheckKeepsItsPlaceInTheIntervalWhileAHundredHang() {
    for (int i = 0; i < SPREAD; i++) {
      List<Long> arrivals = settled(i);
      assertThat(arrivals).hasSize(ROUNDS);
      List<Long> starts = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        starts.add(arrivals.get(round) - (long) round * INTERVAL_MS);
      }
      long usual = starts.stream().sorted().skip(ROUNDS / 2).findFirst().orElseThrow();
      List<Long> places = starts.stream().map(start -> start - usual).toList();
      // Each start is off by no more than the machine is late: nothing adds up, none is left out.
      assertThat(places)
          .as("service %d: %s", i, places)
          .allMatch(off -> Math.abs(off) < INTERVAL_MS / 2);
      assertThat(Collections.min(places.subList(ROUNDS / 2, ROUNDS)))
          .as("service %d drifts: %s", i, places)
          .isLessThan(100);
    }
  }

  @Test
  void startsAreSpreadOverTheInterval() {
    boolean[] quarters = new boolean[4];
    for (int i = 0; i < SPREAD; i++) {
      quarters[(int) (settled(i).get(2) % INTERVAL_MS * 4 / INTERVAL_MS)] = true;
    }
    assertThat(quarters).containsOnly(true);
  }

  @Test
  void aCheckThatOutlastsItsIntervalNeverOverlapsItself() {
    Targets.Seen slow = targets.seen("/slow/700");
    await().atMost(PATIENCE).until(() -> slow.arrivals().size() > 5);
    assertThat(slow.mostAtOnce()).isEqualTo(1);
    List<Long> arrivals = List.copyOf(slow.arrivals());
    for (int i = 1; i < arrivals.size(); i++) {
      assertThat(arrivals.get(i) - arrivals.get(i - 1)).isBetween(690L, 1_600L);
    }
  }
}
