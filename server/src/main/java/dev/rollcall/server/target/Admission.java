package dev.rollcall.server.target;

import dev.rollcall.server.target.Admitted.Reason;
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
  Admitted enter(List<Candidate> newcomers) {
    Admitted admitted = new Admitted();
    List<Candidate> welcome = new ArrayList<>();
    Set<IPAddress> seen = new HashSet<>();
    for (Candidate each : newcomers) {
      metrics.received(each.origin(), 1);
      Verdict verdict = policy.judge(each.address());
      boolean first = seen.add(each.address());
      if (verdict != Verdict.ACCEPTED) {
        metrics.keptOut(verdict);
      }
      if (first) {
        switch (verdict) {
          case ACCEPTED -> welcome.add(each);
          case OPTED_OUT -> admitted.leaveOut(Reason.OPTED_OUT, each.address());
          case DENIED -> admitted.leaveOut(Reason.DENIED, each.address());
          case SPECIAL -> admitted.leaveOut(Reason.SPECIAL, each.address());
        }
      }
    }
    for (int from = 0; from < welcome.size(); from += AT_ONCE) {
      store(welcome.subList(from, Math.min(from + AT_ONCE, welcome.size())), admitted);
    }
    return admitted;
  }

  private void store(List<Candidate> some, Admitted admitted) {
    List<Fate> fates = store.add(some);
    for (int i = 0; i < fates.size(); i++) {
      Candidate each = some.get(i);
      switch (fates.get(i)) {
        case ADDED -> {
          metrics.added(each.origin());
          admitted.add();
        }
        case KNOWN -> admitted.leaveOut(Reason.KNOWN, each.address());
        case NETWORK_FULL -> {
          metrics.keptOut(Fate.NETWORK_FULL);
          admitted.leaveOut(Reason.NETWORK_FULL, each.address());
        }
        case POOL_FULL -> {
          metrics.keptOut(Fate.POOL_FULL);
          admitted.leaveOut(Reason.POOL_FULL, each.address());
        }
      }
    }
  }
}
