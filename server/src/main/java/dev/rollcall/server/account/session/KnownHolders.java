package dev.rollcall.server.account.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rollcall.server.account.store.AccountTables;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.account.store.SessionStore.Holder;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Remembers whose session or token a request shows, so that a request costs no read of the
/// database. What another process revokes is forgotten within a second, what this one revokes at
/// once.
public final class KnownHolders implements AutoCloseable {
  private static final int MOST = 20_000;
  private static final Duration REMEMBERED = Duration.ofMinutes(1);

  /// How long a token that was valid is believed while nobody can say whether it still is.
  static final Duration BELIEVED = Duration.ofHours(1);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration USES = Duration.ofMinutes(1);

  /// How a request shows what it has. The text of a token in a cookie is no session, and the value
  /// of a cookie is no token.
  enum Shown {
    COOKIE,
    API_TOKEN,
    WEB_TOKEN
  }

  private record Key(Shown shown, String digest) {}

  private final AccountTables tables;
  private final SessionStore sessions;
  private final Clock clock;
  private final Duration look;
  private final Cache<Key, Optional<Holder>> known;

  /// Who was found the last time, for as long as they are believed.
  private final Cache<Key, Holder> found;

  private final Set<Long> used = ConcurrentHashMap.newKeySet();

  /// How often all was forgotten.
  private final AtomicLong forgotten = new AtomicLong();

  private final BackgroundLoop loop =
      new BackgroundLoop("accounts", "the watch of revoked tokens", AFTER_FAILURE, this::look);

  // Used by the thread of the loop only.
  private long revision = -1;
  private Instant written = Instant.MIN;

  /// @param look how often to look for what other processes revoke
  public KnownHolders(AccountTables tables, SessionStore sessions, Clock clock, Duration look) {
    this.tables = tables;
    this.sessions = sessions;
    this.clock = clock;
    this.look = look;
    this.known = cache(REMEMBERED);
    this.found = cache(BELIEVED);
  }

  private <V> Cache<Key, V> cache(Duration lasts) {
    return Caffeine.newBuilder()
        .maximumSize(MOST)
        .expireAfterWrite(lasts)
        .ticker(() -> clock.monotonic().toNanos())
        .build();
  }

  /// Who holds this; while the database is out of reach, who held it when this process read it the
  /// last time, in the last hour. What is known to be revoked counts no more. Not for what reads or
  /// changes something.
  ///
  /// @param read finds the holder in the database
  /// @throws StorageException if the database cannot be read, and nothing is known of this
  Optional<Holder> believed(Shown shown, String digest, Supplier<Optional<Holder>> read) {
    try {
      return holder(shown, digest, read);
    } catch (StorageException e) {
      Holder last = found.getIfPresent(new Key(shown, digest));
      if (last == null || tables.isReadable() || !clock.wall().isBefore(last.endsAt())) {
        throw e;
      }
      return Optional.of(last);
    }
  }

  /// Who holds this.
  ///
  /// @param digest of what the request shows
  /// @param read finds the holder in the database
  Optional<Holder> holder(Shown shown, String digest, Supplier<Optional<Holder>> read) {
    loop.start(); // for the first one
    Optional<Holder> holder =
        remembered(new Key(shown, digest), read).filter(one -> clock.wall().isBefore(one.endsAt()));
    holder.filter(one -> one.token() != 0).ifPresent(one -> used.add(one.token()));
    return holder;
  }

  /// What was read before something was revoked, and is remembered after that, is forgotten at
  /// once.
  private Optional<Holder> remembered(Key key, Supplier<Optional<Holder>> read) {
    Optional<Holder> before = known.getIfPresent(key);
    if (before != null) {
      return before;
    }
    long since = forgotten.get();
    Optional<Holder> holder = read.get();
    known.put(key, holder);
    holder.ifPresentOrElse(one -> found.put(key, one), () -> found.invalidate(key));
    if (forgotten.get() != since) {
      known.invalidate(key);
      found.invalidate(key);
    }
    return holder;
  }

  /// Forgets all.
  public void forget() {
    forgotten.incrementAndGet();
    known.invalidateAll();
    found.invalidateAll();
  }

  private Duration look() {
    long now = tables.revision();
    if (now != revision) {
      forget();
      revision = now;
    }
    Instant wall = clock.wall();
    if (!used.isEmpty() && (wall.isBefore(written) || wall.isAfter(written.plus(USES)))) {
      List<Long> ids = List.copyOf(used);
      sessions.used(ids);
      ids.forEach(used::remove);
      written = wall;
    }
    return look;
  }

  @Override
  public void close() {
    loop.close();
  }
}
