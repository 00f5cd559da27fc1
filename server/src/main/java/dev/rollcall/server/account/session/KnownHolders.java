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
import java.util.function.Supplier;

/// Remembers whose session or token a request shows, so that a request costs no read of the
/// database. What another process revokes is forgotten within a second, what this one revokes at
/// once.
public final class KnownHolders implements AutoCloseable {
  private static final int MOST = 20_000;
  private static final Duration REMEMBERED = Duration.ofMinutes(1);
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
  private final BelievedTokens believed;
  private final Set<Long> used = ConcurrentHashMap.newKeySet();

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
    this.known =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(REMEMBERED)
            .ticker(() -> clock.monotonic().toNanos())
            .build();
    this.believed = new BelievedTokens(sessions, clock);
  }

  /// Who holds this API token; while the database is out of reach, who held it when this process
  /// read it the last time ([BelievedTokens]). What is known to be revoked counts no more. Not for
  /// what reads or changes something.
  ///
  /// @param read finds the holder in the database
  /// @throws StorageException if the database cannot be read, and the token is not believed
  Optional<Holder> believed(String digest, Supplier<Optional<Holder>> read) {
    try {
      return holder(Shown.API_TOKEN, digest, read);
    } catch (StorageException e) {
      Optional<Holder> last = believed.holder(digest);
      if (last.isEmpty() || tables.isReadable()) {
        throw e;
      }
      return last;
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
    long since = believed.doubts();
    Optional<Holder> holder = read.get();
    known.put(key, holder);
    if (key.shown() == Shown.API_TOKEN) {
      believed.read(key.digest(), holder, since);
    }
    if (believed.doubts() != since) {
      known.invalidate(key);
    }
    return holder;
  }

  /// Forgets all.
  public void forget() {
    believed.doubt();
    known.invalidateAll();
  }

  private Duration look() {
    long now = revision();
    if (now != revision) {
      forget();
      revision = now;
    }
    believed.confirm();
    Instant wall = clock.wall();
    if (!used.isEmpty() && (wall.isBefore(written) || wall.isAfter(written.plus(USES)))) {
      List<Long> ids = List.copyOf(used);
      sessions.used(ids);
      ids.forEach(used::remove);
      written = wall;
    }
    return look;
  }

  /// While it cannot be read, nothing is remembered: what was revoked meanwhile is not known when
  /// the database is back, and must not change anything then.
  private long revision() {
    try {
      return tables.revision();
    } catch (StorageException e) {
      if (!tables.isReadable()) {
        known.invalidateAll();
      }
      throw e;
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
