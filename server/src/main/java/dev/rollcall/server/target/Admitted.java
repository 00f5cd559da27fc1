package dev.rollcall.server.target;

import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What became of a list of addresses: how many were new, and why the others were not added. For
/// one thread. An address that occurs twice counts once.
final class Admitted {
  /// Why an address was not added.
  enum Reason {
    KNOWN("is in the pool already"),
    SPECIAL("is private, loopback or reserved: targets.allow lets such addresses in"),
    DENIED("is in targets.deny"),
    OPTED_OUT("is in the file of targets.opt-out"),
    NETWORK_FULL("is in a /24 or /48 that has as many targets as targets.per-network allows"),
    POOL_FULL("has no place in the pool, whose most targets are targets.most");

    private final String phrase;

    Reason(String phrase) {
      this.phrase = phrase;
    }

    /// It follows the address.
    String phrase() {
      return phrase;
    }
  }

  private int added;
  private final Map<Reason, List<IPAddress>> notAdded = new EnumMap<>(Reason.class);

  void add() {
    added++;
  }

  void leaveOut(Reason reason, IPAddress address) {
    notAdded.computeIfAbsent(reason, _ -> new ArrayList<>()).add(address);
  }

  int added() {
    return added;
  }

  Map<Reason, List<IPAddress>> notAdded() {
    return notAdded;
  }
}
