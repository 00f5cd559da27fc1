package dev.rollcall.bench;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/// A span of time of a running Rollcall, and what it took.
///
/// @param span from when to when
/// @param cpu processor time of Rollcall
/// @param compilers the part of it that Java's compilers took
/// @param others the number of processors kept busy by everything else, including the target and
///   the benchmark
/// @param rssMiB memory at the end
/// @param peakMiB the most memory since the start
/// @param lag of the checks that started in it
record Stretch(
    Ticks.Span span,
    Duration cpu,
    Duration compilers,
    double others,
    long rssMiB,
    long peakMiB,
    Lag lag) {
  /// Measures for `length`. The metrics are read before and after it, as reading them takes time
  /// too.
  static Stretch of(Rollcall rollcall, Duration length) throws IOException, InterruptedException {
    Lag lagBefore = rollcall.lag();
    Thread.sleep(Duration.ofMillis(500));
    Instant from = Instant.now();
    Duration cpuBefore = rollcall.child().cpu();
    Duration compilersBefore = rollcall.child().compilers();
    Duration busyBefore = Proc.busy();
    Thread.sleep(length);
    Duration cpu = rollcall.child().cpu().minus(cpuBefore);
    Duration compilers =
        Duration.ofMillis(
            Math.max(0, rollcall.child().compilers().minus(compilersBefore).toMillis()));
    Duration busy = Proc.busy().minus(busyBefore);
    Instant to = from.plus(length);
    long rss = rollcall.child().rssMiB();
    return new Stretch(
        new Ticks.Span(from, to),
        cpu,
        compilers,
        (double) busy.minus(cpu).toMillis() / length.toMillis(),
        rss,
        rollcall.child().peakMiB(),
        rollcall.lag().since(lagBefore));
  }

  /// The number of processors that Rollcall kept busy.
  double cores() {
    return (double) cpu.toMillis() / span.length().toMillis();
  }

  void print(Table table) {
    table.row(
        "Rollcall's processor time",
        "%.1f %% of one core, %.1f of them Java's compilers",
        cores() * 100,
        (double) compilers.toMillis() / span.length().toMillis() * 100);
    table.row("everything else on the machine", "%.2f cores", others);
    table.row(
        "lag p50, p99",
        "%.1f ms, %.1f ms",
        Table.millis(lag.quantile(0.5)),
        Table.millis(lag.quantile(0.99)));
    table.row("memory: RSS, peak", "%d MiB, %d MiB", rssMiB, peakMiB);
  }
}
