package dev.rollcall.server.redis;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.resps.StreamEntryBinary;

/// The entries at the beginning of a stream that are applied, and could not be deleted: Redis
/// refuses writes.
///
/// Their ids count for one server and its history. After a failover, ids come again, and everything
/// is read from the beginning. For one thread.
final class AppliedEntries {
  private String server = "";
  private @Nullable Jedis asked;
  private Optional<StreamEntryID> last = Optional.empty();

  /// The last of them at this server.
  Optional<StreamEntryID> last(Jedis redis) {
    if (asked != redis) {
      String now = RefusedWrites.server(redis);
      if (now.isEmpty() || !now.equals(server)) {
        last = Optional.empty();
      }
      server = now;
      asked = redis;
    }
    return last;
  }

  /// The server at which [#last] was asked for.
  String server() {
    return server;
  }

  /// These entries, which were read after the last one, are applied.
  void add(List<StreamEntryBinary> entries) {
    last = Optional.of(entries.getLast().getID());
  }

  boolean isEmpty() {
    return last.isEmpty();
  }

  /// None is left, or nobody knows.
  void clear() {
    last = Optional.empty();
    asked = null;
  }
}
