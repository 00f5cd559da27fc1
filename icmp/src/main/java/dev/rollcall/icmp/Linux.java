package dev.rollcall.icmp;

/// Constants of Linux on x86-64 and AArch64, with the names of the kernel's headers.
final class Linux {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOCK_CLOEXEC = 0x80000;

  static final int IPPROTO_IP = 0;
  static final int IPPROTO_ICMP = 1;
  static final int IPPROTO_TCP = 6;
  static final int IPPROTO_UDP = 17;
  static final int IPPROTO_IPV6 = 41;
  static final int IPPROTO_ICMPV6 = 58;
  static final int IPPROTO_RAW = 255;

  static final int SOL_SOCKET = 1;
  static final int SO_SNDBUF = 7;
  static final int SO_RCVBUF = 8;
  static final int SO_BINDTODEVICE = 25;
  static final int SO_ATTACH_FILTER = 26;
  static final int SO_SNDBUFFORCE = 32;
  static final int SO_RCVBUFFORCE = 33;
  static final int SO_TIMESTAMPNS = 35;
  static final int SO_TIMESTAMPING = 37;
  static final int SO_MEMINFO = 55;

  static final int SOF_TIMESTAMPING_TX_SOFTWARE = 1 << 1;
  static final int SOF_TIMESTAMPING_SOFTWARE = 1 << 4;

  static final int IP_TOS = 1;
  static final int IP_TTL = 2;
  static final int IP_HDRINCL = 3;
  static final int IP_MTU_DISCOVER = 10;
  static final int IP_RECVERR = 11;
  static final int IP_RECVTTL = 12;
  static final int IP_MTU = 14;

  static final int ICMPV6_FILTER = 1;
  static final int IPV6_CHECKSUM = 7;
  static final int IPV6_UNICAST_HOPS = 16;
  static final int IPV6_MTU_DISCOVER = 23;
  static final int IPV6_MTU = 24;
  static final int IPV6_RECVERR = 25;
  static final int IPV6_V6ONLY = 26;
  static final int IPV6_RECVHOPLIMIT = 51;
  static final int IPV6_HOPLIMIT = 52;
  static final int IPV6_TCLASS = 67;

  static final int AF_UNSPEC = 0;

  static final int MSG_DONTWAIT = 0x40;
  static final int MSG_ERRQUEUE = 0x2000;

  static final int SO_EE_ORIGIN_LOCAL = 1;
  static final int SO_EE_ORIGIN_ICMP = 2;
  static final int SO_EE_ORIGIN_ICMP6 = 3;
  static final int SO_EE_ORIGIN_TIMESTAMPING = 4;

  static final int POLLIN = 1;
  static final int POLLOUT = 4;
  static final int POLLERR = 8;

  static final int EPERM = 1;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int ENODEV = 19;
  static final int EINVAL = 22;
  static final int EMSGSIZE = 90;
  static final int EPROTOTYPE = 91;
  static final int EPROTONOSUPPORT = 93;
  static final int EAFNOSUPPORT = 97;
  static final int EADDRNOTAVAIL = 99;
  static final int ENETDOWN = 100;
  static final int ENETUNREACH = 101;
  static final int ENOBUFS = 105;
  static final int ECONNREFUSED = 111;
  static final int EHOSTUNREACH = 113;

  private Linux() {}

  /// An error number in words: `network is unreachable (ENETUNREACH)`.
  static String errorText(int errno) {
    return switch (errno) {
      case EPERM -> "not permitted, perhaps by a firewall here (EPERM)";
      case EAGAIN -> "the send buffer is full (EAGAIN)";
      case EACCES -> "not permitted (EACCES)";
      case ENODEV -> "no such device (ENODEV)";
      case EINVAL -> "not possible for this address (EINVAL)";
      case EMSGSIZE -> "larger than the MTU (EMSGSIZE)";
      case EPROTONOSUPPORT -> "protocol not supported (EPROTONOSUPPORT)";
      case EAFNOSUPPORT -> "no such address family here (EAFNOSUPPORT)";
      case EADDRNOTAVAIL -> "no source address (EADDRNOTAVAIL)";
      case ENETDOWN -> "network is down (ENETDOWN)";
      case ENETUNREACH -> "network is unreachable (ENETUNREACH)";
      case ENOBUFS -> "no buffer space here (ENOBUFS)";
      case ECONNREFUSED -> "connection refused (ECONNREFUSED)";
      case EHOSTUNREACH -> "no route to host (EHOSTUNREACH)";
      default -> "errno " + errno;
    };
  }
}
