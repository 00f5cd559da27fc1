package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/// Whether this machine has a way to a target: the kernel is asked with the `connect` of a UDP
/// socket, which sends nothing. Its socket is opened by the first question. For one thread.
final class OwnRoute implements AutoCloseable {
  /// Any port: nothing is sent there.
  private static final int DISCARD = 9;

  private final Libc libc;
  private final Arena arena;
  private final IpFamily family;
  private @Nullable NativeSocket socket;

  OwnRoute(Libc libc, Arena arena, IpFamily family) {
    this.libc = libc;
    this.arena = arena;
    this.family = family;
  }

  /// Asks for the way to an address; see [SocketAddress].
  ///
  /// @return 0 if there is one, else the error with which the system would refuse a packet
  int error(long high, long low, int scope) {
    NativeSocket open = socket();
    if (open == null) {
      return 0; // nothing is known
    }
    open.disconnect(); // else the source address of the last question would count
    return switch (-open.connect(high, low, scope, DISCARD)) {
      case Linux.ENETUNREACH -> Linux.ENETUNREACH;
      case Linux.ENETDOWN -> Linux.ENETDOWN;
      case Linux.ENODEV -> Linux.ENODEV;
      case Linux.EHOSTUNREACH -> Linux.EHOSTUNREACH;
      case Linux.EADDRNOTAVAIL -> Linux.EADDRNOTAVAIL;
      default -> 0;
    };
  }

  private @Nullable NativeSocket socket() {
    if (socket == null) {
      try {
        socket = NativeSocket.open(libc, arena, family, Linux.SOCK_DGRAM, Linux.IPPROTO_UDP);
      } catch (NativeSocket.RefusedException e) {
        return null; // no descriptor is left, for example
      }
    }
    return socket;
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
  }
}
