package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Messages that one call of `sendmmsg` sends: `struct mmsghdr` with all that they point to,
/// allocated once. The layout is that of 64-bit Linux.
final class SendBatch {
  private static final int HEADER = 64;
  private static final int VECTOR = 16;
  private static final int CONTROL = 24;

  private final IpFamily family;
  private final int capacity;
  private final int stride;
  private final MemorySegment headers;
  private final MemorySegment vectors;
  private final MemorySegment addresses;
  private final MemorySegment controls;
  private final MemorySegment data;

  /// @param capacity the number of messages
  /// @param bytes the largest message
  SendBatch(Arena arena, IpFamily family, int capacity, int bytes) {
    this.family = family;
    this.capacity = capacity;
    this.stride = (bytes + 7) / 8 * 8;
    headers = arena.allocate((long) capacity * HEADER, 8);
    vectors = arena.allocate((long) capacity * VECTOR, 8);
    addresses = arena.allocate((long) capacity * SocketAddress.BYTES, 8);
    controls = arena.allocate((long) capacity * CONTROL, 8);
    data = arena.allocate((long) capacity * stride, 8);
    for (int i = 0; i < capacity; i++) {
      long header = (long) i * HEADER;
      long vector = (long) i * VECTOR;
      long control = (long) i * CONTROL;
      headers.set(
          ValueLayout.JAVA_LONG, header, addresses.address() + (long) i * SocketAddress.BYTES);
      headers.set(ValueLayout.JAVA_INT, header + 8, family.addressBytes);
      headers.set(ValueLayout.JAVA_LONG, header + 16, vectors.address() + vector);
      headers.set(ValueLayout.JAVA_LONG, header + 24, 1);
      headers.set(ValueLayout.JAVA_LONG, header + 32, controls.address() + control);
      vectors.set(ValueLayout.JAVA_LONG, vector, data.address() + offset(i));
      controls.set(ValueLayout.JAVA_LONG, control, 16 + Integer.BYTES);
      controls.set(ValueLayout.JAVA_INT, control + 8, family.level);
      controls.set(ValueLayout.JAVA_INT, control + 12, family.ttlMessage);
    }
  }

  int capacity() {
    return capacity;
  }

  /// The bytes of all messages: message `i` begins at `offset(i)`.
  MemorySegment data() {
    return data;
  }

  long offset(int i) {
    return (long) i * stride;
  }

  /// Says where message `i` goes to.
  ///
  /// @param length how many bytes of it are sent
  /// @param ttl its TTL or hop limit; 0 is that of the socket
  void address(int i, int length, long high, long low, int scope, int port, int ttl) {
    vectors.set(ValueLayout.JAVA_LONG, (long) i * VECTOR + 8, length);
    SocketAddress.write(addresses, (long) i * SocketAddress.BYTES, family, high, low, scope, port);
    headers.set(ValueLayout.JAVA_LONG, (long) i * HEADER + 40, ttl == 0 ? 0 : CONTROL);
    controls.set(ValueLayout.JAVA_INT, (long) i * CONTROL + 16, ttl);
  }

  /// Sends `count` messages from `first` on.
  ///
  /// @return how many were sent, or `-errno` if not even the first was. The error of a later one
  ///   comes when it is the first of another call.
  int send(Libc libc, int descriptor, int first, int count) {
    return libc.sendmmsg(
        descriptor, headers.address() + (long) first * HEADER, count, Linux.MSG_DONTWAIT);
  }
}
