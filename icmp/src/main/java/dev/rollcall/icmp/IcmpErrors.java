package dev.rollcall.icmp;

/// ICMP errors in words ([RFC 792](https://www.rfc-editor.org/rfc/rfc792), [RFC
/// 1812](https://www.rfc-editor.org/rfc/rfc1812), [RFC
/// 4443](https://www.rfc-editor.org/rfc/rfc4443)).
final class IcmpErrors {
  private IcmpErrors() {}

  /// Whether an error of this type ends a ping: redirects and source quenches do not.
  static boolean ends(IpFamily family, int type) {
    return switch (family) {
      case V4 -> type == 3 || type == 11 || type == 12;
      case V6 -> type >= 1 && type <= 4;
    };
  }

  static String text(IpFamily family, int type, int code) {
    return switch (family) {
      case V4 -> v4(type, code);
      case V6 -> v6(type, code);
    };
  }

  private static String v4(int type, int code) {
    return switch (type) {
      case 3 ->
          switch (code) {
            case 0, 6, 11 -> "destination net unreachable";
            case 1, 7, 12 -> "destination host unreachable";
            case 2 -> "destination protocol unreachable";
            case 3 -> "destination port unreachable";
            case 4 -> "fragmentation needed";
            case 5 -> "source route failed";
            case 9, 10, 13 -> "administratively prohibited";
            default -> "destination unreachable, code " + code;
          };
      case 11 -> code == 0 ? "time to live exceeded" : "reassembly time exceeded";
      case 12 -> "parameter problem";
      default -> "ICMP error, type " + type + " code " + code;
    };
  }

  private static String v6(int type, int code) {
    return switch (type) {
      case 1 ->
          switch (code) {
            case 0 -> "no route to destination";
            case 1 -> "administratively prohibited";
            case 2 -> "beyond the scope of the source address";
            case 3 -> "address unreachable";
            case 4 -> "port unreachable";
            case 5 -> "source address failed a policy";
            case 6 -> "route rejected";
            default -> "destination unreachable, code " + code;
          };
      case 2 -> "packet too big";
      case 3 -> code == 0 ? "hop limit exceeded" : "reassembly time exceeded";
      case 4 -> "parameter problem";
      default -> "ICMPv6 error, type " + type + " code " + code;
    };
  }
}
