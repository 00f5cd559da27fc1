package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;

/// A socket of Linux that does not block, and its options. It belongs to one thread at a time, the
/// one of its [Libc].
final class NativeSocket implements AutoCloseable {
  private static final int SCRATCH_BYTES = 256;

  private final Libc libc;
  private final int descriptor;
  private final IpFamily family;
  private final MemorySegment scratch;
  private final MemorySegment length;
  private boolean closed;

  private NativeSocket(Libc libc, Arena arena, int descriptor, IpFamily family) {
    this.libc = libc;
    this.descriptor = descriptor;
    this.family = family;
    this.scratch = arena.allocate(SCRATCH_BYTES, 8);
    this.length = arena.allocate(ValueLayout.JAVA_INT);
  }

  /// Opens a socket.
  ///
  /// @param type `SOCK_DGRAM` (with the ICMP protocol of the family: a ping socket), `SOCK_RAW`,
  ///   ...
  /// @throws RefusedException if the system refuses it
  static NativeSocket open(Libc libc, Arena arena, IpFamily family, int type, int protocol) {
    int flags = Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;
    int descriptor = libc.socket(family.number, type | flags, protocol);
    if (descriptor < 0) {
      throw new RefusedException("socket", -descriptor);
    }
    return new NativeSocket(libc, arena, descriptor, family);
  }

  int descriptor() {
    return descriptor;
  }

  IpFamily family() {
    return family;
  }

  /// Sets an option whose value is an int.
  ///
  /// @return 0 or `-errno`
  int set(int level, int name, int value) {
    scratch.set(ValueLayout.JAVA_INT, 0, value);
    return libc.setsockopt(descriptor, level, name, scratch, Integer.BYTES);
  }

  /// Sets an option.
  ///
  /// @return 0 or `-errno`
  int set(int level, int name, MemorySegment value) {
    return libc.setsockopt(descriptor, level, name, value, (int) value.byteSize());
  }

  /// Sets an option whose value is an int, without which the socket is of no use.
  ///
  /// @throws RefusedException if the system refuses it
  void require(int level, int name, int value) {
    int result = set(level, name, value);
    if (result < 0) {
      throw new RefusedException("option " + level + "/" + name, -result);
    }
  }

  /// The value of an option that is an int, or `-errno`.
  int get(int level, int name) {
    length.set(ValueLayout.JAVA_INT, 0, Integer.BYTES);
    int result = libc.getsockopt(descriptor, level, name, scratch, length);
    return result < 0 ? result : scratch.get(ValueLayout.JAVA_INT, 0);
  }

  /// Asks for a receive buffer: beyond `net.core.rmem_max` with the right to (CAP_NET_ADMIN), as
  /// large as allowed without.
  ///
  /// @return its size in bytes, as the kernel counts
  int receiveBuffer(int bytes) {
    if (set(Linux.SOL_SOCKET, Linux.SO_RCVBUFFORCE, bytes) < 0) {
      set(Linux.SOL_SOCKET, Linux.SO_RCVBUF, bytes);
    }
    return get(Linux.SOL_SOCKET, Linux.SO_RCVBUF);
  }

  /// What the kernel has discarded so far because the receive buffer was full.
  long receiveDrops() {
    int words = 9; // SK_MEMINFO_VARS
    length.set(ValueLayout.JAVA_INT, 0, words * Integer.BYTES);
    int result = libc.getsockopt(descriptor, Linux.SOL_SOCKET, Linux.SO_MEMINFO, scratch, length);
    int filled = length.get(ValueLayout.JAVA_INT, 0) / Integer.BYTES;
    return result < 0 || filled < words
        ? 0
        : scratch.getAtIndex(ValueLayout.JAVA_INT, words - 1) & 0xffff_ffffL; // SK_MEMINFO_DROPS
  }

  /// An instruction of a filter, as for [#attachFilter].
  static long instruction(int code, int jumpTrue, int jumpFalse, int operand) {
    return ((long) code << 48)
        | ((long) jumpTrue << 40)
        | ((long) jumpFalse << 32)
        | (operand & 0xffff_ffffL);
  }

  /// Lets through only the messages that a program of classic BPF accepts ([the kernel's
  /// documentation](https://docs.kernel.org/networking/filter.html)). In IPv4 raw sockets it sees
  /// the IP header first, in IPv6 the header of ICMPv6.
  ///
  /// @throws RefusedException if the system refuses it
  void attachFilter(long... instructions) {
    int at = 16; // behind struct sock_fprog
    if (at + instructions.length * 8 > SCRATCH_BYTES) {
      throw new IllegalArgumentException(instructions.length + " instructions are too many");
    }
    scratch.set(ValueLayout.JAVA_LONG, 0, instructions.length);
    scratch.set(ValueLayout.JAVA_LONG, 8, scratch.address() + at);
    for (long instruction : instructions) {
      scratch.set(ValueLayout.JAVA_SHORT, at, (short) (instruction >>> 48));
      scratch.set(ValueLayout.JAVA_BYTE, at + 2, (byte) (instruction >>> 40));
      scratch.set(ValueLayout.JAVA_BYTE, at + 3, (byte) (instruction >>> 32));
      scratch.set(ValueLayout.JAVA_INT, at + 4, (int) instruction);
      at += 8;
    }
    int result = libc.setsockopt(descriptor, Linux.SOL_SOCKET, Linux.SO_ATTACH_FILTER, scratch, 16);
    if (result < 0) {
      throw new RefusedException("filter", -result);
    }
  }

  /// Binds it to an address of this machine.
  ///
  /// @return 0 or `-errno`
  int bind(InetAddress address, int port) {
    write(address, port);
    return libc.bind(descriptor, scratch, family.addressBytes);
  }

  /// Connects it.
  ///
  /// @return 0 or `-errno`, `-EINPROGRESS` (115) among them
  int connect(InetAddress address, int port) {
    write(address, port);
    return libc.connect(descriptor, scratch, family.addressBytes);
  }

  /// The same with an address as numbers; see [SocketAddress].
  int connect(long high, long low, int scope, int port) {
    SocketAddress.write(scratch, 0, family, high, low, scope, port);
    return libc.connect(descriptor, scratch, family.addressBytes);
  }

  /// Forgets where it is connected to, and the source address that the kernel chose for that.
  void disconnect() {
    scratch.asSlice(0, SocketAddress.BYTES).fill((byte) 0);
    scratch.set(ValueLayout.JAVA_SHORT, 0, (short) Linux.AF_UNSPEC);
    libc.connect(descriptor, scratch, family.addressBytes);
  }

  private void write(InetAddress address, int port) {
    SocketAddress.write(
        scratch,
        0,
        family,
        SocketAddress.high(address),
        SocketAddress.low(address),
        SocketAddress.scope(address),
        port);
  }

  /// The port that the socket is bound to; that of a ping socket is the id of its messages.
  int localPort() {
    length.set(ValueLayout.JAVA_INT, 0, SocketAddress.BYTES);
    int result = libc.getsockname(descriptor, scratch, length);
    return result < 0 ? 0 : SocketAddress.port(scratch, 0);
  }

  /// The address that the socket is bound to; after a `connect`, the one that packets leave with.
  InetAddress localAddress() {
    length.set(ValueLayout.JAVA_INT, 0, SocketAddress.BYTES);
    libc.getsockname(descriptor, scratch, length);
    return SocketAddress.address(
        family, SocketAddress.high(scratch, 0), SocketAddress.low(scratch, 0));
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      libc.close(descriptor);
    }
  }

  /// The system refused a socket or an option of it.
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int errno;

    RefusedException(String what, int errno) {
      super(what + ": " + Linux.errorText(errno));
      this.errno = errno;
    }

    int errno() {
      return errno;
    }
  }
}
