package dev.rollcall.icmp;

/// Why a router or the target did not deliver a probe.
public enum HopError {
  /// No route to the network.
  NETWORK,
  /// The host does not answer on its network.
  HOST,
  /// The host does not know the protocol.
  PROTOCOL,
  /// Nobody listens at the port.
  PORT,
  /// A rule forbids it.
  PROHIBITED,
  /// Something else.
  OTHER;

  /// RFC 792, RFC 1812 section 5.2.7.1, RFC 4443 section 3.1.
  static HopError of(IpFamily family, int code) {
    return switch (family) {
      case V4 ->
          switch (code) {
            case 0, 6, 8, 11 -> NETWORK;
            case 1, 7, 12 -> HOST;
            case 2 -> PROTOCOL;
            case 3 -> PORT;
            case 9, 10, 13 -> PROHIBITED;
            default -> OTHER;
          };
      case V6 ->
          switch (code) {
            case 0 -> NETWORK;
            case 3 -> HOST;
            case 4 -> PORT;
            case 1, 5, 6 -> PROHIBITED;
            default -> OTHER;
          };
    };
  }
}
