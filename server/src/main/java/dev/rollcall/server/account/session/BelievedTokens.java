package dev.rollcall.server.account.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.account.store.SessionStore.Holder;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// API tokens that were valid when this process read them, for calls of heartbeats while the
/// database is away. Only their digests are kept.
///
/// All that were shown in the last eight days are read again every ten minutes, so that jobs that
/// call once a day or a week are known, too; and as soon as it is known that something was revoked.
/// Until then none of them is believed.
final class BelievedTokens {
  /// How long after it was read a token is believed.
  static final Duration BELIEVED = Duration.ofHours(1);

  static final Duration AGAIN = Duration.ofMinutes(10);

  private static final Duration SHOWN = Duration.ofDays(8);

  /// Beyond these, those that are shown least are forgotten.
  private static final int MOST = 20_000;

  private static final int AT_ONCE = 500;

  /// After many changes in a row, all are read again once in a while.
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private static final int PAUSE_FACTOR = 20;

  /// A token that was valid.
  ///
  /// @param read when that was read, on the monotonic clock
  /// @param doubts how often something was known to be revoked before
  /// @param shown when a request had it the last time
  private record Token(Holder holder, Duration read, long doubts, Duration shown) {}

  private final SessionStore sessions;
  private final Clock clock;
  private final Cache<String, Token> tokens = Caffeine.newBuilder().maximumSize(MOST).build();
  private final AtomicLong doubts = new AtomicLong();

  // Used by the thread of the loop only.
  private long confirmed;
  private Duration confirmedAt;
  private Duration pause = PAUSE;

  BelievedTokens(SessionStore sessions, Clock clock) {
    this.sessions = sessions;
    this.clock = clock;
    this.confirmedAt = clock.monotonic();
  }

  /// Something was revoked.
  void doubt() {
    doubts.incrementAndGet();
  }

  /// How often something was revoked so far: to be asked before a token is read.
  long doubts() {
    return doubts.get();
  }

  /// What was read of a token that a request shows.
  ///
  /// @param holder empty if it is not valid
  /// @param before [#doubts] before it was read
  void read(String digest, Optional<Holder> holder, long before) {
    Duration now = clock.monotonic();
    holder.ifPresentOrElse(
        one -> tokens.put(digest, new Token(one, now, before, now)),
        () -> tokens.invalidate(digest));
  }

  /// Who held a token when it was read, if that is not too long ago and nothing was revoked since.
  Optional<Holder> holder(String digest) {
    Duration oldest = clock.monotonic().minus(BELIEVED);
    return Optional.ofNullable(tokens.getIfPresent(digest))
        .filter(token -> token.doubts() == doubts.get() && token.read().compareTo(oldest) > 0)
        .map(Token::holder);
  }

  /// Reads all again if it is time for it.
  void confirm() {
    long now = doubts.get();
    Duration began = clock.monotonic();
    Duration due = confirmed == now ? AGAIN : pause;
    if (began.minus(confirmedAt).compareTo(due) < 0) {
      return;
    }
    Duration oldest = began.minus(SHOWN);
    tokens.asMap().values().removeIf(token -> token.shown().compareTo(oldest) < 0);
    List<String> all = new ArrayList<>(tokens.asMap().keySet());
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      confirm(all.subList(from, Math.min(all.size(), from + AT_ONCE)), now);
    }
    confirmed = now;
    confirmedAt = clock.monotonic();
    Duration longer = confirmedAt.minus(began).multipliedBy(PAUSE_FACTOR);
    pause = longer.compareTo(PAUSE) > 0 ? longer : PAUSE;
  }

  private void confirm(List<String> digests, long before) {
    Duration now = clock.monotonic();
    Map<String, Holder> valid = sessions.holdersOfTokens(digests);
    for (String digest : digests) {
      tokens
          .asMap()
          .computeIfPresent(
              digest,
              (_, token) ->
                  Optional.ofNullable(valid.get(digest))
                      .map(holder -> new Token(holder, now, before, token.shown()))
                      .orElse(null));
    }
  }
}
