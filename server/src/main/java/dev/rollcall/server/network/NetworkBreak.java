package dev.rollcall.server.network;

import dev.rollcall.server.address.Addresses;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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

  private static final int NAMED = 20;

  public NetworkBreak {
    behind = Set.copyOf(behind);
  }

  /// An address as people write it.
  public static String text(InetAddress address) {
    return Addresses.text(Addresses.of(address.getAddress()));
  }

  private static String shown(InetAddress hop, Map<InetAddress, String> names) {
    String name = names.getOrDefault(hop, "");
    return text(hop) + (name.isEmpty() ? "" : " (" + name + ")");
  }

  /// Why it is said to be broken: `3 services are lost behind it: mail, shop, wiki; the way to it
  /// is well as far as 10.2.3.1 (r1.example.net)`.
  ///
  /// @param names the names of the routers that have one
  public String words(Map<InetAddress, String> names) {
    StringBuilder words = new StringBuilder();
    words.append(behind.size()).append(" services are lost behind it: ");
    words.append(behind.stream().sorted().limit(NAMED).collect(Collectors.joining(", ")));
    if (behind.size() > NAMED) {
      words.append(" and ").append(behind.size() - NAMED).append(" more");
    }
    words.append(
        before
            .map(hop -> "; the way to it is well as far as " + shown(hop, names))
            .orElse("; it is not known whether the way to it is well"));
    if (silent == 1) {
      words.append("; a hop before it never answers, and may be broken instead");
    } else if (silent > 1) {
      words.append("; %d hops before it never answer, and may be broken instead".formatted(silent));
    }
    if (sure == Sure.LIKELY) {
      words.append("; this is likely, not certain");
    }
    return words.toString();
  }
}
