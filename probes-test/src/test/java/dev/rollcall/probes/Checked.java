package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What came of one check, run on a virtual thread as the monitor does.
record Checked(Attempt attempt, Optional<Throwable> thrown) {
  static Checked of(Probe probe) {
    return of(probe, Duration.ofSeconds(60));
  }

  static Checked of(Probe probe, Duration timeout) {
    Attempt attempt = Attempt.within(timeout);
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    Thread thread = start(probe, attempt, thrown);
    try {
      if (!thread.join(timeout.plusSeconds(20))) {
        thread.interrupt();
        throw new AssertionError("the check does not end by its deadline");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return new Checked(attempt, Optional.ofNullable(thrown.get()));
  }

  /// A path for a URL of that scheme, where a path has a meaning; else empty.
  static String path(String scheme) {
    return scheme.matches("(docker|etcd|kafka|nats|smtp|tcp|tls).*") ? "" : "/1";
  }

  static Thread start(Probe probe, Attempt attempt, AtomicReference<@Nullable Throwable> thrown) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                probe.check(attempt);
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
  }

  void assertUp() {
    assertThat(thrown).isEmpty();
  }

  ProbeFailure failure() {
    assertThat(thrown).containsInstanceOf(ProbeFailure.class);
    return (ProbeFailure) thrown.orElseThrow();
  }

  String reason() {
    return failure().reason();
  }
}
