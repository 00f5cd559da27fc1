package dev.rollcall.icmp;

import java.net.Inet4Address;
import java.net.InetAddress;

/// IPv4 or IPv6, with what differs between them at a socket.
enum IpFamily {
  V4(Linux.AF_INET, Linux.IPPROTO_IP, Linux.IPPROTO_ICMP, Linux.IP_TTL, 16),
  V6(Linux.AF_INET6, Linux.IPPROTO_IPV6, Linux.IPPROTO_ICMPV6, Linux.IPV6_HOPLIMIT, 28);

  /// `AF_INET` or `AF_INET6`.
  final int number;

  /// The level of socket options and of control messages.
  final int level;

  /// `IPPROTO_ICMP` or `IPPROTO_ICMPV6`.
  final int icmp;

  /// The control message with the TTL, both ways.
  final int ttlMessage;

  /// The size of a socket address in bytes.
  final int addressBytes;

  IpFamily(int number, int level, int icmp, int ttlMessage, int addressBytes) {
    this.number = number;
    this.level = level;
    this.icmp = icmp;
    this.ttlMessage = ttlMessage;
    this.addressBytes = addressBytes;
  }

  static IpFamily of(InetAddress address) {
    return address instanceof Inet4Address ? V4 : V6;
  }
}
