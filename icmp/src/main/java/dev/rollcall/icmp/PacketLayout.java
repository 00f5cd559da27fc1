package dev.rollcall.icmp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Reads and writes numbers in network byte order, and the types of echoes.
final class PacketLayout {
  static final int ECHO = 8;
  static final int ECHO_REPLY = 0;
  static final int ECHO_6 = 128;
  static final int ECHO_REPLY_6 = 129;

  private static final ValueLayout.OfShort SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private PacketLayout() {}

  static int u8(MemorySegment bytes, long at) {
    return bytes.get(JAVA_BYTE, at) & 0xff;
  }

  static int u16(MemorySegment bytes, long at) {
    return bytes.get(SHORT, at) & 0xffff;
  }

  /// Four octets; a number above 2^31 - 1 is negative.
  static int i32(MemorySegment bytes, long at) {
    return bytes.get(INT, at);
  }

  static long i64(MemorySegment bytes, long at) {
    return bytes.get(LONG, at);
  }

  static void put8(MemorySegment bytes, long at, int value) {
    bytes.set(JAVA_BYTE, at, (byte) value);
  }

  static void put16(MemorySegment bytes, long at, int value) {
    bytes.set(SHORT, at, (short) value);
  }

  static void put32(MemorySegment bytes, long at, int value) {
    bytes.set(INT, at, value);
  }

  static void put64(MemorySegment bytes, long at, long value) {
    bytes.set(LONG, at, value);
  }
}
