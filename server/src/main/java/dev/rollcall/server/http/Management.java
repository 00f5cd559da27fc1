package dev.rollcall.server.http;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What lets a caller manage this server.
///
/// @param token what `Authorization` has to carry, if one is set
/// @param hosts names, besides the loopback ones, under which this machine may be called from
///   itself
/// @param writers the addresses from which anybody may call in and, as long as no token is set,
///   send measurements; without them: all
public record Management(
    Optional<String> token, Set<String> hosts, Optional<Predicate<InetAddress>> writers) {
  public Management {
    if (token.isPresent() && token.get().isBlank()) {
      throw new IllegalArgumentException(
          "the management token is empty: give it a value or remove the setting");
    }
    hosts =
        hosts.stream()
            .map(host -> host.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /// Writers may be anywhere.
  public Management(Optional<String> token, Set<String> hosts) {
    this(token, hosts, Optional.empty());
  }

  /// No token: only loopback callers manage.
  public static Management fromThisMachine() {
    return new Management(Optional.empty(), Set.of());
  }

  /// Without the token, which belongs in no log.
  @Override
  public String toString() {
    return "Management[token=" + (token.isPresent() ? "***" : "none") + ", hosts=" + hosts + "]";
  }
}
