package dev.rollcall.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Collects what a pinger tells.
final class Results implements PingListener {
  /// Far longer than anything here takes.
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final BlockingQueue<PingResult> told = new LinkedBlockingQueue<>();

  @Override
  public void result(PingResult result) {
    told.add(result);
  }

  /// Waits for the next result.
  PingResult next() throws InterruptedException {
    PingResult result = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(result).as("a result").isNotNull();
    return result;
  }

  /// Waits for results.
  List<PingResult> next(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            _ -> {
              try {
                return next();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            })
        .toList();
  }
}
