package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.Optional;

/// An open socket for echo requests: a ping socket, which needs no right but the group in
/// `net.ipv4.ping_group_range`, or else a raw socket, which needs CAP_NET_RAW.
///
/// @param socket the socket, set up to report errors, TTLs and stamps of receiving
/// @param raw whether it is a raw socket
/// @param id the id of its echo messages; the kernel gives a ping socket one of its own
/// @param receiveBuffer the size of its receive buffer, as the kernel counts
record IcmpSocket(NativeSocket socket, boolean raw, int id, int receiveBuffer) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /// Opens a ping socket, or else a raw socket.
  ///
  /// @param source the address to send from
  /// @throws NativeSocket.RefusedException if neither is to be had, with the error of the ping
  ///   socket
  static IcmpSocket open(
      Libc libc,
      Arena arena,
      IpFamily family,
      PingerOptions options,
      Optional<InetAddress> source) {
    NativeSocket socket;
    boolean raw = false;
    try {
      socket = NativeSocket.open(libc, arena, family, Linux.SOCK_DGRAM, family.icmp);
    } catch (NativeSocket.RefusedException refused) {
      try {
        socket = NativeSocket.open(libc, arena, family, Linux.SOCK_RAW, family.icmp);
        raw = true;
      } catch (NativeSocket.RefusedException alsoRefused) {
        throw refused;
      }
    }
    try {
      return setUp(socket, raw, options, source);
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static IcmpSocket setUp(
      NativeSocket socket, boolean raw, PingerOptions options, Optional<InetAddress> source) {
    int id = RANDOM.nextInt(0x1_0000);
    if (raw) {
      onlyReplies(socket, id);
    }
    switch (socket.family()) {
      case V4 -> {
        socket.require(Linux.IPPROTO_IP, Linux.IP_RECVERR, 1);
        socket.require(Linux.IPPROTO_IP, Linux.IP_RECVTTL, 1);
        socket.require(Linux.IPPROTO_IP, Linux.IP_TTL, options.ttl());
      }
      case V6 -> {
        socket.require(Linux.IPPROTO_IPV6, Linux.IPV6_RECVERR, 1);
        socket.require(Linux.IPPROTO_IPV6, Linux.IPV6_RECVHOPLIMIT, 1);
        socket.require(Linux.IPPROTO_IPV6, Linux.IPV6_UNICAST_HOPS, options.ttl());
      }
    }
    socket.require(Linux.SOL_SOCKET, Linux.SO_TIMESTAMPNS, 1);
    int buffer = socket.receiveBuffer(options.receiveBuffer());
    if (source.isPresent() || !raw) {
      int bound = socket.bind(source.orElseGet(() -> any(socket.family())), 0);
      if (bound < 0) {
        throw new NativeSocket.RefusedException(
            "source address " + source.map(InetAddress::getHostAddress).orElse("any"), -bound);
      }
    }
    return new IcmpSocket(socket, raw, raw ? id : socket.localPort(), buffer);
  }

  private static InetAddress any(IpFamily family) {
    return SocketAddress.address(family, 0, 0);
  }

  /// A raw socket sees all ICMP messages of the machine: a filter lets through echo replies with
  /// our id. ICMP errors come through the error queue, past the filter.
  private static void onlyReplies(NativeSocket socket, int id) {
    int type = EchoMessage.type(socket.family(), true);
    switch (socket.family()) {
      case V4 -> // behind an IP header, whose length goes into X
          socket.attachFilter(
              NativeSocket.instruction(0xb1, 0, 0, 0), // ldxb 4*([0]&0xf)
              NativeSocket.instruction(0x50, 0, 0, 0), // ldb [x + 0]
              NativeSocket.instruction(0x15, 0, 3, type),
              NativeSocket.instruction(0x48, 0, 0, 4), // ldh [x + 4]
              NativeSocket.instruction(0x15, 0, 1, id),
              NativeSocket.instruction(0x06, 0, 0, 0xffff),
              NativeSocket.instruction(0x06, 0, 0, 0));
      case V6 ->
          socket.attachFilter(
              NativeSocket.instruction(0x30, 0, 0, 0), // ldb [0]
              NativeSocket.instruction(0x15, 0, 3, type),
              NativeSocket.instruction(0x28, 0, 0, 4), // ldh [4]
              NativeSocket.instruction(0x15, 0, 1, id),
              NativeSocket.instruction(0x06, 0, 0, 0xffff),
              NativeSocket.instruction(0x06, 0, 0, 0));
    }
  }

  /// Has the kernel note when each packet leaves, in the error queue, with the packet itself.
  void stampSending() {
    socket.set(
        Linux.SOL_SOCKET,
        Linux.SO_TIMESTAMPING,
        Linux.SOF_TIMESTAMPING_TX_SOFTWARE | Linux.SOF_TIMESTAMPING_SOFTWARE);
  }
}
