package dev.rollcall.icmp;

import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What a router says about one of its interfaces (RFC 5837).
///
/// @param role what the interface has to do with the probe
/// @param index the `ifIndex` of the interface, 0 to 4,294,967,295
/// @param address its address
/// @param name its name. Characters that cannot be printed are replaced with `?`: a name comes from
///   a stranger
/// @param mtu the largest packet it takes, in octets
public record HopInterface(
    Role role,
    OptionalLong index,
    Optional<InetAddress> address,
    Optional<String> name,
    OptionalInt mtu) {
  /// What an interface has to do with the probe.
  public enum Role {
    /// The probe arrived at it.
    INCOMING,
    /// The part of a bundle or tunnel at which the probe arrived.
    INCOMING_PART,
    /// The probe would have left through it.
    OUTGOING,
    /// The interface of the next router, to which the probe would have been sent.
    NEXT_HOP
  }
}
