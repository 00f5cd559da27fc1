package dev.rollcall.server.channel.list;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.time.Clock;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;

/// Sends messages that are marked as tests, at once and once each.
final class TestMessages {
  /// How many may be under way at a time, of the operator and of all others: each may take 10 s.
  private static final int MOST = 16;

  /// How many an account or a team may send in a minute: the receiver may be somebody who wants
  /// none.
  private static final int OF_ACCOUNT = 6;

  private static final Duration SPAN = Duration.ofMinutes(1);
  private static final int MOST_KNOWN = 10_000;
  private static final Duration TRY_AGAIN = Duration.ofSeconds(5);

  private final Clock clock;
  private final Semaphore ofOperator = new Semaphore(MOST);
  private final Semaphore ofAccounts = new Semaphore(MOST);
  private final Cache<Long, Bucket> buckets =
      Caffeine.newBuilder().maximumSize(MOST_KNOWN).expireAfterAccess(SPAN).build();

  TestMessages(Clock clock) {
    this.clock = clock;
  }

  /// Sends one, and returns what became of it.
  ///
  /// @param owner of the channel
  /// @throws Refusal (429) if an account has sent too many
  /// @throws Unavailable if too many are under way
  Channel.Result send(long owner, Channel channel) {
    Semaphore places = owner == Scope.OPERATOR ? ofOperator : ofAccounts;
    if (owner != Scope.OPERATOR) {
      count(owner);
    }
    if (!places.tryAcquire()) {
      throw new Unavailable("too many channels are being tried", TRY_AGAIN);
    }
    try {
      Instant now = clock.wall().truncatedTo(ChronoUnit.SECONDS);
      Message message = new Message("Rollcall", now, now, Optional.empty());
      String key = "test:" + UUID.randomUUID();
      return channel.send(
          new Delivery("test:Rollcall", Notification.Kind.TEST, key, message, now, 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("this server is stopping", TRY_AGAIN);
    } finally {
      places.release();
    }
  }

  private void count(long owner) {
    Bucket bucket =
        buckets.get(
            owner,
            _ ->
                Bucket.builder()
                    .addLimit(limit -> limit.capacity(OF_ACCOUNT).refillGreedy(OF_ACCOUNT, SPAN))
                    .build());
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      Duration wait = Duration.ofNanos(probe.getNanosToWaitForRefill());
      long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
      throw Refusal.of(429, "too many test messages: try again in " + seconds + " s")
          .with("Retry-After", Long.toString(seconds));
    }
  }
}
