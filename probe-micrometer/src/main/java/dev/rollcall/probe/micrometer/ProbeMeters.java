package dev.rollcall.probe.micrometer;

import dev.rollcall.probe.ProbeResult;
import dev.rollcall.probe.Prober;
import dev.rollcall.probe.Report;
import dev.rollcall.probe.Status;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Meters of every probe of a [Prober], each with the tag `probe`:
///
/// | meter | value |
/// | --- | --- |
/// | `rollcall.probe.healthy` | 1 if the probe is healthy, also if it is degraded; else 0 |
/// | `rollcall.probe.degraded` | 1 if it is degraded, else 0 |
/// | `rollcall.probe.duration` | duration of its check |
///
/// The values are current when they are read: reading them runs the probes, once for all meters,
/// and not again within [#FRESH]. Nothing runs in between.
///
/// ```java
/// new ProbeMeters(prober).bindTo(registry);
/// ```
public final class ProbeMeters implements MeterBinder {
  /// How long a result is reused by all readers: 10 s.
  public static final Duration FRESH = Duration.ofSeconds(10);

  private final Prober prober;
  private final Duration fresh;
  private final ReentrantLock asking = new ReentrantLock();
  private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();
  private final Set<String> names = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Asked last;

  /// What was found, and when, on the clock of [System#nanoTime()].
  private record Asked(Report report, long at) {
    boolean isFresh(Duration fresh) {
      return System.nanoTime() - at < fresh.toNanos();
    }

    double of(String name, ToDoubleFunction<ProbeResult> value) {
      for (ProbeResult result : report.probes()) {
        if (result.name().equals(name)) {
          return value.applyAsDouble(result);
        }
      }
      return Double.NaN;
    }
  }

  /// The meters of a prober.
  public ProbeMeters(Prober prober) {
    this(prober, FRESH);
  }

  /// The meters of a prober.
  ///
  /// @param fresh how long a result is reused by all readers
  public ProbeMeters(Prober prober, Duration fresh) {
    this.prober = prober;
    this.fresh = fresh;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    registries.add(registry);
    names.addAll(prober.names());
    names.forEach(name -> register(registry, name));
  }

  private void register(MeterRegistry registry, String name) {
    Gauge.builder("rollcall.probe.healthy", this, of(name, result -> result.healthy() ? 1 : 0))
        .description("1 if the probe is healthy, also if it is degraded; else 0")
        .tag("probe", name)
        .strongReference(true)
        .register(registry);
    Gauge.builder(
            "rollcall.probe.degraded",
            this,
            of(name, result -> result.status() == Status.DEGRADED ? 1 : 0))
        .description("1 when the probe is degraded, else 0")
        .tag("probe", name)
        .strongReference(true)
        .register(registry);
    TimeGauge.builder(
            "rollcall.probe.duration",
            this,
            TimeUnit.NANOSECONDS,
            of(name, result -> result.duration().toNanos()))
        .description("how long the probe's check took")
        .tag("probe", name)
        .strongReference(true)
        .register(registry);
  }

  private static ToDoubleFunction<ProbeMeters> of(
      String name, ToDoubleFunction<ProbeResult> value) {
    return meters -> meters.read(name, value);
  }

  /// NaN if the thread is interrupted meanwhile, because the value is unknown.
  private double read(String name, ToDoubleFunction<ProbeResult> value) {
    try {
      return asked().of(name, value);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Double.NaN;
    }
  }

  private Asked asked() throws InterruptedException {
    Asked there = last;
    if (there != null && there.isFresh(fresh)) {
      return there;
    }
    asking.lockInterruptibly();
    try {
      there = last;
      if (there == null || !there.isFresh(fresh)) {
        there = new Asked(prober.check(), System.nanoTime());
        last = there;
        registerNewOnes(there.report());
      }
      return there;
    } finally {
      asking.unlock();
    }
  }

  /// Probes may be added to a prober at any time.
  private void registerNewOnes(Report report) {
    for (ProbeResult result : report.probes()) {
      if (names.add(result.name())) {
        registries.forEach(registry -> register(registry, result.name()));
      }
    }
  }
}
