package dev.rollcall.icmp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Addresses as two longs, and in the form of `struct sockaddr_in` and `sockaddr_in6`. An IPv4
/// address is the lower half of `low`, and `high` is 0.
final class SocketAddress {
  /// A buffer of this size holds both structures.
  static final int BYTES = 32;

  private static final ValueLayout.OfShort FAMILY = ValueLayout.JAVA_SHORT;
  private static final ValueLayout.OfShort PORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt V4 = ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong V6 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt SCOPE = ValueLayout.JAVA_INT;

  private SocketAddress() {}

  static void write(
      MemorySegment to, long at, IpFamily family, long high, long low, int scope, int port) {
    to.set(FAMILY, at, (short) family.number);
    to.set(PORT, at + 2, (short) port);
    if (family == IpFamily.V4) {
      to.set(V4, at + 4, (int) low);
    } else {
      to.set(V4, at + 4, 0);
      to.set(V6, at + 8, high);
      to.set(V6, at + 16, low);
      to.set(SCOPE, at + 24, scope);
    }
  }

  static boolean isV6(MemorySegment from, long at) {
    return from.get(FAMILY, at) == Linux.AF_INET6;
  }

  /// 0 if there is no address.
  static long high(MemorySegment from, long at) {
    return isV6(from, at) ? from.get(V6, at + 8) : 0;
  }

  /// 0 if there is no address.
  static long low(MemorySegment from, long at) {
    return switch (from.get(FAMILY, at)) {
      case Linux.AF_INET -> from.get(V4, at + 4) & 0xffff_ffffL;
      case Linux.AF_INET6 -> from.get(V6, at + 16);
      default -> 0;
    };
  }

  static int port(MemorySegment from, long at) {
    return from.get(PORT, at + 2) & 0xffff;
  }

  static long high(InetAddress address) {
    return address instanceof Inet6Address ? ByteBuffer.wrap(address.getAddress()).getLong() : 0;
  }

  static long low(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet6Address ? bytes.getLong(8) : bytes.getInt() & 0xffff_ffffL;
  }

  static int scope(InetAddress address) {
    return address instanceof Inet6Address six ? six.getScopeId() : 0;
  }

  static InetAddress address(IpFamily family, long high, long low) {
    try {
      return family == IpFamily.V4
          ? InetAddress.getByAddress(ByteBuffer.allocate(4).putInt((int) low).array())
          // never an Inet4Address, not even for ::ffff:10.0.0.1
          : Inet6Address.getByAddress(
              null, ByteBuffer.allocate(16).putLong(high).putLong(low).array(), -1);
    } catch (UnknownHostException e) {
      throw new AssertionError(e); // the length is right
    }
  }
}
