package dev.rollcall.probes;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// What happens when somebody has waited too long: short acts, such as closing a socket.
///
/// They run on a platform thread, so that deadlines hold also while every thread that carries
/// virtual ones is busy. One for all, which is there only while somebody waits; most alarms are
/// taken back before they ring, and those that come later seldom ring earlier: it is hardly ever
/// woken.
final class Deadlines {
  private static final ScheduledThreadPoolExecutor ALARMS = alarms();

  private Deadlines() {}

  private static ScheduledThreadPoolExecutor alarms() {
    ScheduledThreadPoolExecutor alarms =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("deadlines").factory());
    alarms.setRemoveOnCancelPolicy(true);
    alarms.setKeepAliveTime(1, TimeUnit.SECONDS);
    alarms.allowCoreThreadTimeOut(true);
    return alarms;
  }

  /// Runs `act`, which must not block, after `time`, unless it is cancelled.
  static ScheduledFuture<?> in(Duration time, Runnable act) {
    return ALARMS.schedule(act, time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
