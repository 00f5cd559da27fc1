package dev.rollcall.server.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.XAddParams;

/// What of a stream cannot be read or applied. It goes to another stream, whose name ends in
/// `:aside`, before it is deleted from its own: somebody was told that it is kept. The newest
/// [#MOST] entries stay there.
///
/// For one thread.
final class KeptAside {
  private static final Logger LOG = System.getLogger(KeptAside.class.getName());

  static final int MOST = 1_000;

  /// Whoever fills a stream with something else does not fill the log too.
  private static final Duration TOLD_AGAIN = Duration.ofMinutes(1);

  /// The classes of SQL states that are the fault of a value: wrong, forbidden, too large.
  private static final Set<String> OF_A_VALUE = Set.of("22", "23", "54");

  private final String stream;
  private final StreamCounts counts;
  private final Clock clock;

  /// What Redis has not taken so far. An entry may be found again before that.
  private final Map<String, Kept> entries = new LinkedHashMap<>();

  private static final class Kept {
    private final byte[] entry;

    /// Whether it is found again as long as it is not deleted from its stream.
    private final boolean found;

    Kept(byte[] entry, boolean found) {
      this.entry = entry;
      this.found = found;
    }
  }

  private Duration toldAt;
  private long untold;

  KeptAside(String stream, StreamCounts counts, Clock clock) {
    this.stream = stream;
    this.counts = counts;
    this.clock = clock;
    this.toldAt = clock.monotonic().minus(TOLD_AGAIN);
  }

  /// Whether a failure is the fault of an item. Another one ends when somebody repairs something.
  static boolean isOfAnItem(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        String state = sql.getSQLState();
        return state != null && state.length() > 2 && OF_A_VALUE.contains(state.substring(0, 2));
      }
      if (cause instanceof Error && !(cause instanceof StackOverflowError)) {
        return false;
      }
    }
    return true;
  }

  /// Adds an entry that cannot be read. It is found again before it is deleted.
  void addEntry(String id, byte[] entry, String why, RuntimeException failure) {
    add(id, new Kept(entry, true), why, Optional.of(failure));
  }

  /// Adds an item that cannot be applied. The items after it are applied, and so is their entry.
  ///
  /// @param which the same if it is found again
  void addItem(String which, byte[] entry, String why, RuntimeException failure) {
    add(which, new Kept(entry, false), why, Optional.of(failure));
  }

  /// Adds an item of which nothing was written, as the rules of its kind do not allow it.
  void addRefused(String which, byte[] entry, String why) {
    add(which, new Kept(entry, false), why, Optional.empty());
  }

  private void add(String which, Kept one, String why, Optional<RuntimeException> failure) {
    if (entries.put(which, one) != null) {
      return;
    }
    untold++;
    if (clock.monotonic().minus(toldAt).compareTo(TOLD_AGAIN) >= 0) {
      String line =
          "%s: %s; it is kept in %s (%d since this was last said)"
              .formatted(stream, why, name(), untold);
      failure.ifPresentOrElse(
          because -> LOG.log(Level.ERROR, line, because), () -> LOG.log(Level.ERROR, line));
      toldAt = clock.monotonic();
      untold = 0;
    }
  }

  /// Writes what was added.
  ///
  /// @return false if Redis refuses writes: items are kept in memory until the next time, and
  ///   entries stay where they are
  /// @throws redis.clients.jedis.exceptions.JedisException if Redis does not answer
  boolean write(Jedis redis) {
    if (entries.isEmpty()) {
      return true;
    }
    List<String> all = List.copyOf(entries.keySet());
    List<Object> answers;
    try (Pipeline pipeline = redis.pipelined()) {
      for (Kept one : entries.values()) {
        pipeline.xadd(
            name().getBytes(UTF_8),
            XAddParams.xAddParams().maxLen(MOST),
            Map.of(StreamAppender.FIELD, one.entry));
      }
      answers = pipeline.syncAndReturnAll();
    }
    boolean written = true;
    for (int i = 0; i < answers.size(); i++) {
      if (!(answers.get(i) instanceof JedisDataException refusal)) {
        done(all.get(i));
      } else if (!RefusedWrites.isSaidBy(refusal)) {
        LOG.log(Level.ERROR, "{0} is not kept: {1}", name(), refusal.getMessage());
        done(all.get(i));
      } else {
        written = false;
        entries.computeIfPresent(all.get(i), (_, one) -> one.found ? null : one);
      }
    }
    return written;
  }

  private void done(String which) {
    entries.remove(which);
    counts.dropped().inc();
  }

  private String name() {
    return stream + ":aside";
  }
}
