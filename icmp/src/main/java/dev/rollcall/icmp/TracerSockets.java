package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sockets of a tracer for one family: raw ones where there is the right to, and for ICMP a
/// ping socket elsewhere. The kernel puts ICMP errors into the error queue of a ping socket.
final class TracerSockets implements AutoCloseable {
  /// Probes of UDP and TCP come from this port or one above, where Linux gives none to others by
  /// default (net.ipv4.ip_local_port_range).
  static final int FIRST_PORT = 61_000;

  private static final int RECEIVE_BUFFER = 8 << 20;
  private static final int PROBE_ONLY = 3; // IP_PMTUDISC_PROBE, IPV6_PMTUDISC_PROBE
  private static final int IP_RECVERR_RFC4884 = 26;
  private static final int IPV6_RECVERR_RFC4884 = 31;

  private final IpFamily family;
  private final NativeSocket sender;
  private final @Nullable NativeSocket errors;
  private final boolean ping;
  private final int protocol;

  private TracerSockets(
      IpFamily family,
      NativeSocket sender,
      @Nullable NativeSocket errors,
      boolean ping,
      int protocol) {
    this.family = family;
    this.sender = sender;
    this.errors = errors;
    this.ping = ping;
    this.protocol = protocol;
  }

  /// @throws IcmpUnavailableException without the right to
  /// @throws NativeSocket.RefusedException if there is no such family here
  static TracerSockets open(Libc libc, Arena arena, IpFamily family, TracerOptions options) {
    try {
      return raw(libc, arena, family, options);
    } catch (NativeSocket.RefusedException e) {
      if (e.errno() != Linux.EPERM && e.errno() != Linux.EACCES) {
        throw e;
      }
    }
    if (options.method() != TraceMethod.ICMP) {
      throw new IcmpUnavailableException(
          "traces with "
              + options.method()
              + " need the right CAP_NET_RAW: give it (systemd: AmbientCapabilities=CAP_NET_RAW;"
              + " shell: setpriv --ambient-caps +net_raw), or trace with ICMP");
    }
    try {
      return ping(libc, arena, family, options);
    } catch (NativeSocket.RefusedException e) {
      if (e.errno() != Linux.EPERM && e.errno() != Linux.EACCES) {
        throw e;
      }
      throw new IcmpUnavailableException(
          "no right to send ICMP: run sysctl -w net.ipv4.ping_group_range=\"0 2147483647\", or give"
              + " the right CAP_NET_RAW (systemd: AmbientCapabilities=CAP_NET_RAW)");
    }
  }

  private static TracerSockets raw(Libc libc, Arena arena, IpFamily family, TracerOptions options) {
    NativeSocket icmp = NativeSocket.open(libc, arena, family, Linux.SOCK_RAW, family.icmp);
    prepare(icmp);
    switch (family) {
      case V4 -> PacketFilter.types(icmp, 0, 3, 11, 12);
      case V6 -> PacketFilter.types(icmp, 1, 2, 3, 4, 129);
    }
    if (options.method() == TraceMethod.ICMP) {
      keepWhole(icmp, options);
      return new TracerSockets(family, icmp, null, false, family.icmp);
    }
    int protocol = options.method() == TraceMethod.UDP ? Linux.IPPROTO_UDP : Linux.IPPROTO_TCP;
    try {
      NativeSocket sender = NativeSocket.open(libc, arena, family, Linux.SOCK_RAW, protocol);
      prepare(sender);
      PacketFilter.portsFrom(sender, FIRST_PORT);
      keepWhole(sender, options);
      return new TracerSockets(family, sender, icmp, false, protocol);
    } catch (RuntimeException e) {
      icmp.close();
      throw e;
    }
  }

  private static TracerSockets ping(
      Libc libc, Arena arena, IpFamily family, TracerOptions options) {
    NativeSocket socket = NativeSocket.open(libc, arena, family, Linux.SOCK_DGRAM, family.icmp);
    try {
      prepare(socket);
      boolean four = family == IpFamily.V4;
      socket.require(family.level, four ? Linux.IP_RECVERR : Linux.IPV6_RECVERR, 1);
      socket.set(family.level, four ? IP_RECVERR_RFC4884 : IPV6_RECVERR_RFC4884, 1); // Linux 5.9
      keepWhole(socket, options);
      int bound = socket.bind(InetAddress.ofLiteral(four ? "0.0.0.0" : "::"), 0);
      if (bound < 0) {
        throw new NativeSocket.RefusedException("bind", -bound);
      }
      return new TracerSockets(family, socket, null, true, family.icmp);
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static void prepare(NativeSocket socket) {
    socket.receiveBuffer(RECEIVE_BUFFER);
    socket.require(Linux.SOL_SOCKET, Linux.SO_TIMESTAMPNS, 1);
    boolean four = socket.family() == IpFamily.V4;
    socket.set(socket.family().level, four ? Linux.IP_RECVTTL : Linux.IPV6_RECVHOPLIMIT, 1);
  }

  /// Packets are not fragmented, and are not held back for an MTU that the kernel remembers.
  private static void keepWhole(NativeSocket socket, TracerOptions options) {
    if (options.discoverMtu()) {
      boolean four = socket.family() == IpFamily.V4;
      int name = four ? Linux.IP_MTU_DISCOVER : Linux.IPV6_MTU_DISCOVER;
      socket.require(socket.family().level, name, PROBE_ONLY);
    }
  }

  IpFamily family() {
    return family;
  }

  /// Sends probes, and receives what is no ICMP error.
  NativeSocket sender() {
    return sender;
  }

  /// All sockets to receive from.
  List<NativeSocket> all() {
    return errors == null ? List.of(sender) : List.of(sender, errors);
  }

  /// Whether it is a ping socket: with an error queue, and an id that the kernel chooses.
  boolean isPing() {
    return ping;
  }

  /// The protocol of what a socket receives.
  int protocol(NativeSocket socket) {
    return socket == sender ? protocol : family.icmp;
  }

  @Override
  public void close() {
    all().forEach(NativeSocket::close);
  }
}
