package dev.rollcall.server.target;

import dev.rollcall.server.target.Candidate.Fate;
import dev.rollcall.server.target.Policy.Verdict;
import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Decides which new addresses enter the pool, and counts the reasons.
final class Admission {
  /// With more in one transaction, requests for targets would wait for too long.
  private static final int AT_ONCE = 1_000;

  private final PoolStore store;
  private final Policy policy;
  private final TargetMetrics metrics;

  Admission(PoolStore store, Policy policy, TargetMetrics metrics) {
    this.store = store;
    this.policy = policy;
    this.metrics = metrics;
  }

  /// Adds the addresses that the policy and the limits allow.
  ///
  /// @return how many were new
  int enter(List<Candidate> newcomers) {
    List<Candidate> welcome = new ArrayList<>();
    Set<IPAddress> seen = new HashSet<>();
    for (Candidate each : newcomers) {
      metrics.received(each.origin(), 1);
      Verdict verdict = policy.judge(each.address());
      if (verdict != Verdict.ACCEPTED) {
        metrics.keptOut(verdict);
      } else if (seen.add(each.address())) {
        welcome.add(each);
      }
    }
    int added = 0;
    for (int from = 0; from < welcome.size(); from += AT_ONCE) {
      List<Candidate> some = welcome.subList(from, Math.min(from + AT_ONCE, welcome.size()));
      List<Fate> fates = store.add(some);
      for (int i = 0; i < fates.size(); i++) {
        switch (fates.get(i)) {
          case ADDED -> {
            metrics.added(some.get(i).origin());
            added++;
          }
          case KNOWN -> {}
          case NETWORK_FULL, POOL_FULL -> metrics.keptOut(fates.get(i));
        }
      }
    }
    return added;
  }
}
