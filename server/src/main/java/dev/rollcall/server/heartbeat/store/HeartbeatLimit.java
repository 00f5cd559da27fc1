package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/// Limits how many heartbeats exist, and how many one account has, since anybody who may send pings
/// can create them. An account that is deleted has none: a call that was accepted before may be
/// written after that.
///
/// The rows are counted when the free places of the last count are used up, and then once a second
/// at most: counting a million takes tens of milliseconds. With several processes on one
/// PostgreSQL, the limit may be exceeded by what each of them adds between two counts.
public final class HeartbeatLimit {
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final long most;
  private final long ofAccount;
  private final Clock clock;
  private final Counter refused;
  private volatile Owners owners = (_, _) -> true;
  private long left;
  private Duration counted = Duration.ofSeconds(Long.MIN_VALUE / 2);

  /// @param most of all
  /// @param ofAccount of one account
  public HeartbeatLimit(long most, long ofAccount, PrometheusRegistry registry, Clock clock) {
    this.most = most;
    this.ofAccount = ofAccount;
    this.clock = clock;
    this.refused =
        Counter.builder()
            .name("rollcall_heartbeats_refused_total")
            .help("Calls that were rejected because the maximum number of heartbeats exists.")
            .withoutExemplars()
            .register(registry);
  }

  /// Says which owners there are: no others get heartbeats.
  public void of(Owners these) {
    owners = these;
  }

  /// The places for new heartbeats that somebody got.
  ///
  /// @param taken the names that got one
  /// @param without the accounts and teams that get none, and why
  /// @param all why anybody else gets none
  record Places(List<HeartbeatName> taken, Map<Long, PingOutcome> without, PingOutcome all) {
    /// Nobody wanted one.
    static final Places NONE = new Places(List.of(), Map.of(), new PingOutcome.NoTerms());

    /// Why a name got none.
    PingOutcome full(HeartbeatName name) {
      return without.getOrDefault(name.owner(), all);
    }
  }

  /// Reserves places for new heartbeats: for all that are wanted, or for the first ones.
  synchronized Places take(Handle tx, List<HeartbeatName> wanted) {
    Map<Long, PingOutcome> without = new HashMap<>();
    List<HeartbeatName> allowed = allowed(tx, wanted, without);
    int taken = take(tx, allowed.size());
    return new Places(allowed.subList(0, taken), without, new PingOutcome.Full(most));
  }

  private int take(Handle tx, int wanted) {
    if (left < wanted && clock.monotonic().minus(counted).compareTo(AGAIN) >= 0) {
      counted = clock.monotonic();
      left = Math.max(0, most - count(tx, Scope.everything()));
    }
    int taken = (int) Math.min(left, wanted);
    left -= taken;
    refused.inc(wanted - taken);
    return taken;
  }

  /// Those that their accounts may have. An account has few, so they are counted each time.
  private List<HeartbeatName> allowed(
      Handle tx, List<HeartbeatName> wanted, Map<Long, PingOutcome> without) {
    if (wanted.stream().allMatch(HeartbeatName::isOfOperator)) {
      return wanted;
    }
    Map<Long, Long> places = new HashMap<>();
    List<HeartbeatName> allowed = new ArrayList<>();
    for (HeartbeatName name : wanted) {
      if (name.isOfOperator()) {
        allowed.add(name);
        continue;
      }
      long place =
          places.computeIfAbsent(name.owner(), owner -> ofAccount - count(tx, Scope.of(owner)));
      if (!owners.exists(tx, name.owner())) {
        without.put(name.owner(), new PingOutcome.OwnerGone());
      } else if (place > 0) {
        allowed.add(name);
        places.put(name.owner(), place - 1);
      } else {
        without.put(name.owner(), new PingOutcome.AccountFull(ofAccount));
      }
    }
    return allowed;
  }

  private static long count(Handle tx, Scope scope) {
    return Rows.read(
            tx,
            "SELECT COUNT(*) FROM heartbeat" + scope.where("owner_id"),
            tx,
            (_, _) -> {},
            row -> row.getLong(1))
        .getFirst();
  }
}
