package dev.rollcall.server.address;

import inet.ipaddr.IPAddress;
import inet.ipaddr.format.util.DualIPv4v6Tries;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A set of blocks of addresses. It finds the block of an address with tries, in at most as many
/// steps as an address has bits.
public final class Blocks {
  /// No block.
  public static final Blocks NONE = new Blocks(List.of());

  private final List<IPAddress> all;
  private final Optional<DualIPv4v6Tries> tries;

  /// @param blocks as parsed by [Addresses#block]
  public Blocks(Collection<IPAddress> blocks) {
    all = List.copyOf(blocks);
    // Without blocks, the library is not even loaded.
    tries = all.isEmpty() ? Optional.empty() : Optional.of(tries(all));
  }

  /// Whether one of the blocks contains the address.
  public boolean contain(IPAddress address) {
    return tries.isPresent() && tries.get().elementContains(address);
  }

  private static DualIPv4v6Tries tries(List<IPAddress> blocks) {
    DualIPv4v6Tries tries = new DualIPv4v6Tries();
    blocks.forEach(tries::add);
    return tries;
  }

  /// The blocks as they were given.
  public List<IPAddress> all() {
    return all;
  }
}
