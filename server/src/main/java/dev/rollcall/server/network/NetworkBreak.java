package dev.rollcall.server.network;

import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/// A place at which the network is broken.
///
/// @param hop the first that nothing passes: it is broken, or the link to it is
/// @param before the last hop before it that still answers or is still passed; empty if none does
/// @param silent how many hops between these two never answer: it may be one of them instead
/// @param behind the names of the subjects that are lost because of it
/// @param sure how sure that is
public record NetworkBreak(
    InetAddress hop, Optional<InetAddress> before, int silent, Set<String> behind, Sure sure) {
  /// How much speaks for it.
  public enum Sure {
    /// At least three addresses are lost behind it, and it is known that the way to it is well.
    CERTAIN,
    /// Only two addresses are lost behind it, or it is not known that the way to it is well.
    LIKELY
  }

  public NetworkBreak {
    behind = Set.copyOf(behind);
  }
}
