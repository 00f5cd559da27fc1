package dev.rollcall.server.target;

import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.address.SpecialAddresses;
import inet.ipaddr.IPAddress;

/// What may be in the pool: everything on the open network but what is denied or opted out, and
/// beyond that what is allowed.
///
/// An IPv6 address is judged with the IPv4 addresses inside of it: one that leads to a denied one
/// is denied.
final class Policy {
  private final Blocks allowed;
  private final Blocks denied;
  private volatile Blocks optedOut = Blocks.NONE;

  /// What becomes of an address.
  enum Verdict {
    /// It may be in the pool.
    WELCOME,
    /// Its owner asked to be left alone.
    OPTED_OUT,
    /// The operator denied it.
    DENIED,
    /// Not one of the open network, and not allowed either.
    SPECIAL
  }

  /// @param allowed let in although special
  /// @param denied kept out whatever is allowed
  Policy(Blocks allowed, Blocks denied) {
    this.allowed = allowed;
    this.denied = denied;
  }

  /// Replaces the blocks that opted out, from now on.
  void optOut(Blocks blocks) {
    optedOut = blocks;
  }

  Verdict judge(IPAddress address) {
    Verdict worst = Verdict.WELCOME;
    for (IPAddress face : SpecialAddresses.faces(address)) {
      if (optedOut.contain(face)) {
        return Verdict.OPTED_OUT;
      }
      if (denied.contain(face)) {
        worst = Verdict.DENIED;
      } else if (worst == Verdict.WELCOME
          && SpecialAddresses.contain(face)
          && !allowed.contain(face)) {
        worst = Verdict.SPECIAL;
      }
    }
    return worst;
  }

  boolean welcomes(IPAddress address) {
    return judge(address) == Verdict.WELCOME;
  }
}
