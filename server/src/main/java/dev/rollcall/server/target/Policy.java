package dev.rollcall.server.target;

import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.address.SpecialAddresses;
import inet.ipaddr.IPAddress;

/// Decides which addresses may be in a pool, or may be measured: public addresses that are neither
/// denied nor opted out, and special addresses that are allowed.
///
/// An IPv6 address is checked together with the IPv4 addresses inside it: if one of these is
/// denied, it is denied.
public final class Policy {
  private final Blocks allowed;
  private final Blocks denied;
  private volatile Blocks optedOut = Blocks.NONE;

  /// The decision about an address.
  public enum Verdict {
    /// It may be in the pool.
    ACCEPTED,
    /// Its owner opted out.
    OPTED_OUT,
    /// The operator denied it.
    DENIED,
    /// It is not public, and not allowed either.
    SPECIAL
  }

  /// @param allowed special addresses that may be in the pool
  /// @param denied addresses that may not be in the pool, even if they are allowed
  public Policy(Blocks allowed, Blocks denied) {
    this.allowed = allowed;
    this.denied = denied;
  }

  /// Replaces the blocks that opted out.
  public void optOut(Blocks blocks) {
    optedOut = blocks;
  }

  /// The decision about an address.
  public Verdict judge(IPAddress address) {
    Verdict worst = Verdict.ACCEPTED;
    for (IPAddress face : SpecialAddresses.faces(address)) {
      if (optedOut.contain(face)) {
        return Verdict.OPTED_OUT;
      }
      if (denied.contain(face)) {
        worst = Verdict.DENIED;
      } else if (worst == Verdict.ACCEPTED
          && SpecialAddresses.contain(face)
          && !allowed.contain(face)) {
        worst = Verdict.SPECIAL;
      }
    }
    return worst;
  }

  /// Whether the address is accepted.
  public boolean accepts(IPAddress address) {
    return judge(address) == Verdict.ACCEPTED;
  }
}
