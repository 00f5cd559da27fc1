package dev.rollcall.server.address;

import inet.ipaddr.IPAddress;
import inet.ipaddr.format.util.DualIPv4v6Tries;
import java.util.Collection;
import java.util.List;

/// A set of blocks of addresses, which finds the one an address is in without going through all:
/// tries, at most as deep as an address has bits.
public final class Blocks {
  /// No block at all.
  public static final Blocks NONE = new Blocks(List.of());

  private final DualIPv4v6Tries tries = new DualIPv4v6Tries();
  private final List<IPAddress> all;

  /// @param blocks as [Addresses#block] reads them
  public Blocks(Collection<IPAddress> blocks) {
    all = List.copyOf(blocks);
    all.forEach(tries::add);
  }

  /// Whether one of the blocks holds the address.
  public boolean contain(IPAddress address) {
    return !all.isEmpty() && tries.elementContains(address);
  }

  /// The blocks, as they were given.
  public List<IPAddress> all() {
    return all;
  }
}
