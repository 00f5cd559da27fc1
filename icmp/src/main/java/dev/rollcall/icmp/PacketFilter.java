package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Filters that the kernel applies to raw sockets, which receive all packets of their protocol
/// otherwise.
final class PacketFilter {
  private static final int SOL_RAW = 255;
  private static final int ICMP_FILTER = 1;

  // Instructions of the classic BPF.
  private static final int LOAD_IP_HEADER_LENGTH = 0xb1;
  private static final int LOAD_HALF_INDEXED = 0x48;
  private static final int LOAD_HALF = 0x28;
  private static final int JUMP_IF_AT_LEAST = 0x35;
  private static final int RETURN = 0x06;
  private static final int ALL = 0xffff;

  private PacketFilter() {}

  /// Lets only these types of ICMP or ICMPv6 pass.
  static void types(NativeSocket socket, int... types) {
    try (Arena arena = Arena.ofConfined()) {
      int words = socket.family() == IpFamily.V4 ? 1 : 8;
      MemorySegment blocked = arena.allocate((long) words * Integer.BYTES, 8);
      blocked.fill((byte) 0xff);
      for (int type : types) {
        long at = (long) (type >>> 5) * Integer.BYTES;
        int word = blocked.get(ValueLayout.JAVA_INT, at);
        blocked.set(ValueLayout.JAVA_INT, at, word & ~(1 << (type & 31)));
      }
      switch (socket.family()) {
        case V4 -> socket.set(SOL_RAW, ICMP_FILTER, blocked);
        case V6 -> socket.set(Linux.IPPROTO_ICMPV6, Linux.ICMPV6_FILTER, blocked);
      }
    }
  }

  /// Lets only packets of UDP or TCP pass that go to ports from `least` on.
  static void portsFrom(NativeSocket socket, int least) {
    long atLeast = NativeSocket.instruction(JUMP_IF_AT_LEAST, 0, 1, least);
    long all = NativeSocket.instruction(RETURN, 0, 0, ALL);
    long nothing = NativeSocket.instruction(RETURN, 0, 0, 0);
    switch (socket.family()) {
      case V4 -> // behind an IP header
          socket.attachFilter(
              NativeSocket.instruction(LOAD_IP_HEADER_LENGTH, 0, 0, 0),
              NativeSocket.instruction(LOAD_HALF_INDEXED, 0, 0, 2),
              atLeast,
              all,
              nothing);
      case V6 ->
          socket.attachFilter(NativeSocket.instruction(LOAD_HALF, 0, 0, 2), atLeast, all, nothing);
    }
  }
}
