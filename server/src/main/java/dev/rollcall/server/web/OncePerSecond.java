package dev.rollcall.server.web;

import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// Calls a source at most once a second, and returns its last value in between. Used by one thread
/// at a time.
public final class OncePerSecond<T> implements Supplier<T> {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Supplier<T> source;
  private final Clock clock;
  private Optional<T> known = Optional.empty();
  private Duration asked = Duration.ZERO;

  public OncePerSecond(Supplier<T> source, Clock clock) {
    this.source = source;
    this.clock = clock;
  }

  @Override
  public T get() {
    Duration now = clock.monotonic();
    if (known.isEmpty() || now.minus(asked).compareTo(SECOND) >= 0) {
      known = Optional.of(source.get());
      asked = now;
    }
    return known.get();
  }
}
