package dev.rollcall.server.address;

import inet.ipaddr.IPAddress;
import inet.ipaddr.format.util.DualIPv4v6Tries;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A set of blocks of addresses, which finds the one an address is in without going through all:
/// tries, at most as deep as an address has bits.
public final class Blocks {
  /// No block at all.
  public static final Blocks NONE = new Blocks(List.of());

  private final List<IPAddress> all;
  private final Optional<DualIPv4v6Tries> tries;

  /// @param blocks as [Addresses#block] reads them
  public Blocks(Collection<IPAddress> blocks) {
    all = List.copyOf(blocks);
    // The library is not even loaded for nothing.
    tries = all.isEmpty() ? Optional.empty() : Optional.of(tries(all));
  }

  /// Whether one of the blocks holds the address.
  public boolean contain(IPAddress address) {
    return tries.isPresent() && tries.get().elementContains(address);
  }

  private static DualIPv4v6Tries tries(List<IPAddress> blocks) {
    DualIPv4v6Tries tries = new DualIPv4v6Tries();
    blocks.forEach(tries::add);
    return tries;
  }

  /// The blocks, as they were given.
  public List<IPAddress> all() {
    return all;
  }
}
