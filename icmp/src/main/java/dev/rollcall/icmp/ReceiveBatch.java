package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Messages that one call of `recvmmsg` receives, from the queue of a socket or from its error
/// queue: `struct mmsghdr` with all that they point to, allocated once. The layout is that of
/// 64-bit Linux.
///
/// `readControl(i)` reads what the kernel says beside message `i`; the accessors without an index
/// then tell it.
final class ReceiveBatch {
  private static final int HEADER = 64;
  private static final int VECTOR = 16;
  private static final int CONTROL = 256;

  private static final int SCM_TIMESTAMPNS = Linux.SO_TIMESTAMPNS;
  private static final int SCM_TIMESTAMPING = Linux.SO_TIMESTAMPING;

  private final int capacity;
  private final int stride;
  private final MemorySegment headers;
  private final MemorySegment addresses;
  private final MemorySegment controls;
  private final MemorySegment data;
  private int used;

  private long stamp;
  private int ttl;
  private int origin;
  private int errno;
  private int type;
  private int code;
  private int info;
  private int errorData;
  private boolean offenderIsV6;
  private long offenderHigh;
  private long offenderLow;

  /// @param capacity the number of messages
  /// @param bytes as much of a message as is kept
  ReceiveBatch(Arena arena, int capacity, int bytes) {
    this.capacity = capacity;
    this.stride = (bytes + 7) / 8 * 8;
    headers = arena.allocate((long) capacity * HEADER, 8);
    MemorySegment vectors = arena.allocate((long) capacity * VECTOR, 8);
    addresses = arena.allocate((long) capacity * SocketAddress.BYTES, 8);
    controls = arena.allocate((long) capacity * CONTROL, 8);
    data = arena.allocate((long) capacity * stride, 8);
    for (int i = 0; i < capacity; i++) {
      long header = (long) i * HEADER;
      long vector = (long) i * VECTOR;
      headers.set(
          ValueLayout.JAVA_LONG, header, addresses.address() + (long) i * SocketAddress.BYTES);
      headers.set(ValueLayout.JAVA_LONG, header + 16, vectors.address() + vector);
      headers.set(ValueLayout.JAVA_LONG, header + 24, 1);
      headers.set(ValueLayout.JAVA_LONG, header + 32, controls.address() + (long) i * CONTROL);
      vectors.set(ValueLayout.JAVA_LONG, vector, data.address() + offset(i));
      vectors.set(ValueLayout.JAVA_LONG, vector + 8, stride);
    }
    used = capacity;
  }

  int capacity() {
    return capacity;
  }

  /// Receives what there is, without waiting.
  ///
  /// @param flags 0, or `MSG_ERRQUEUE`
  /// @return how many messages, or `-errno`: `-EAGAIN` if there is none
  int receive(Libc libc, int descriptor, int flags) {
    for (int i = 0; i < used; i++) { // the kernel wrote the sizes of what it returned
      headers.set(ValueLayout.JAVA_INT, (long) i * HEADER + 8, SocketAddress.BYTES);
      headers.set(ValueLayout.JAVA_LONG, (long) i * HEADER + 40, CONTROL);
    }
    int count = libc.recvmmsg(descriptor, headers.address(), capacity, flags | Linux.MSG_DONTWAIT);
    used = Math.min(Math.max(count, 0) + 1, capacity);
    return count;
  }

  /// The bytes of all messages: message `i` begins at `offset(i)` and has `length(i)`.
  MemorySegment data() {
    return data;
  }

  long offset(int i) {
    return (long) i * stride;
  }

  int length(int i) {
    return Math.min(headers.get(ValueLayout.JAVA_INT, (long) i * HEADER + 56), stride);
  }

  /// Who sent message `i`; in the error queue, where the message was sent to.
  long high(int i) {
    return named(i) ? SocketAddress.high(addresses, (long) i * SocketAddress.BYTES) : 0;
  }

  /// The other half of it, or the IPv4 address; 0 if there is none.
  long low(int i) {
    return named(i) ? SocketAddress.low(addresses, (long) i * SocketAddress.BYTES) : 0;
  }

  private boolean named(int i) {
    return headers.get(ValueLayout.JAVA_INT, (long) i * HEADER + 8) >= IpFamily.V4.addressBytes;
  }

  /// Reads the control messages of message `i`.
  void readControl(int i) {
    stamp = 0;
    ttl = -1;
    origin = 0;
    offenderHigh = 0;
    offenderLow = 0;
    long at = (long) i * CONTROL;
    long end = at + Math.min(CONTROL, headers.get(ValueLayout.JAVA_LONG, (long) i * HEADER + 40));
    while (at + 16 <= end) {
      long length = controls.get(ValueLayout.JAVA_LONG, at);
      if (length < 16 || at + length > end) {
        return;
      }
      int level = controls.get(ValueLayout.JAVA_INT, at + 8);
      int message = controls.get(ValueLayout.JAVA_INT, at + 12);
      read(level, message, at + 16, length - 16);
      at += (length + 7) / 8 * 8;
    }
  }

  private void read(int level, int message, long at, long length) {
    if (level == Linux.SOL_SOCKET) {
      if ((message == SCM_TIMESTAMPNS || message == SCM_TIMESTAMPING) && length >= 16) {
        long seconds = controls.get(ValueLayout.JAVA_LONG, at);
        long nanos = controls.get(ValueLayout.JAVA_LONG, at + 8);
        stamp = seconds == 0 ? stamp : seconds * 1_000_000_000L + nanos;
      }
    } else if (level == Linux.IPPROTO_IP) {
      if (message == Linux.IP_TTL && length >= 4) {
        ttl = controls.get(ValueLayout.JAVA_INT, at);
      } else if (message == Linux.IP_RECVERR) {
        readError(at, length);
      }
    } else if (level == Linux.IPPROTO_IPV6) {
      if (message == Linux.IPV6_HOPLIMIT && length >= 4) {
        ttl = controls.get(ValueLayout.JAVA_INT, at);
      } else if (message == Linux.IPV6_RECVERR) {
        readError(at, length);
      }
    }
  }

  /// `struct sock_extended_err`, and behind it the address of who reported the error.
  private void readError(long at, long length) {
    if (length < 16) {
      return;
    }
    errno = controls.get(ValueLayout.JAVA_INT, at);
    origin = controls.get(ValueLayout.JAVA_BYTE, at + 4);
    type = controls.get(ValueLayout.JAVA_BYTE, at + 5) & 0xff;
    code = controls.get(ValueLayout.JAVA_BYTE, at + 6) & 0xff;
    info = controls.get(ValueLayout.JAVA_INT, at + 8);
    errorData = controls.get(ValueLayout.JAVA_INT, at + 12);
    if (length >= 16 + IpFamily.V4.addressBytes) {
      boolean six = SocketAddress.isV6(controls, at + 16);
      if (!six || length >= 16 + IpFamily.V6.addressBytes) {
        offenderIsV6 = six;
        offenderHigh = SocketAddress.high(controls, at + 16);
        offenderLow = SocketAddress.low(controls, at + 16);
      }
    }
  }

  /// The kernel's time stamp in nanoseconds since 1970, of receiving or (in the error queue, with
  /// the origin `SO_EE_ORIGIN_TIMESTAMPING`) of sending; 0 if there is none.
  long stamp() {
    return stamp;
  }

  /// The TTL or hop limit that the message arrived with; -1 if the kernel did not say.
  int ttl() {
    return ttl;
  }

  /// What is in the error queue: `SO_EE_ORIGIN_ICMP` and so on; 0 if the message is no error.
  int origin() {
    return origin;
  }

  int errno() {
    return errno;
  }

  /// Of the ICMP error.
  int type() {
    return type;
  }

  /// Of the ICMP error.
  int code() {
    return code;
  }

  /// `ee_info`: the MTU of an error that says so.
  int info() {
    return info;
  }

  /// `ee_data`: where the extensions of RFC 4884 begin in the message, as the kernel found them.
  int errorData() {
    return errorData;
  }

  boolean offenderIsV6() {
    return offenderIsV6;
  }

  /// Who sent the ICMP error.
  long offenderHigh() {
    return offenderHigh;
  }

  /// The other half of it, or the IPv4 address; 0 if the kernel did not say.
  long offenderLow() {
    return offenderLow;
  }
}
