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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/// Limits how many heartbeats exist, and how many one account has, since anybody who may send pings
/// can create them.
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

  /// The places for new heartbeats that somebody got.
  ///
  /// @param taken the names that got one
  /// @param fullAccounts the accounts that may have no more
  record Places(
      List<HeartbeatName> taken, Set<Long> fullAccounts, PingOutcome all, PingOutcome ofAccount) {
    /// Nobody wanted one.
    static final Places NONE =
        new Places(List.of(), Set.of(), new PingOutcome.NoTerms(), new PingOutcome.NoTerms());

    /// Why a name got none.
    PingOutcome full(HeartbeatName name) {
      return fullAccounts.contains(name.owner()) ? ofAccount : all;
    }
  }

  /// Reserves places for new heartbeats: for all that are wanted, or for the first ones.
  synchronized Places take(Handle tx, List<HeartbeatName> wanted) {
    Set<Long> fullAccounts = new HashSet<>();
    List<HeartbeatName> allowed = allowed(tx, wanted, fullAccounts);
    int taken = take(tx, allowed.size());
    return new Places(
        allowed.subList(0, taken),
        fullAccounts,
        new PingOutcome.Full(most),
        new PingOutcome.AccountFull(ofAccount));
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
      Handle tx, List<HeartbeatName> wanted, Set<Long> fullAccounts) {
    if (wanted.stream().allMatch(HeartbeatName::isOfOperator)) {
      return wanted;
    }
    Map<Long, Long> places = new HashMap<>();
    List<HeartbeatName> allowed = new ArrayList<>();
    for (HeartbeatName name : wanted) {
      long place =
          name.isOfOperator()
              ? 1
              : places.computeIfAbsent(
                  name.owner(), owner -> ofAccount - count(tx, Scope.of(owner)));
      if (place > 0) {
        allowed.add(name);
        places.put(name.owner(), place - 1);
      } else {
        fullAccounts.add(name.owner());
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
