package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.net.InetAddress;

/// Where the probes of a trace go.
///
/// @param address the address
/// @param high the same as a number; see [SocketAddress]
/// @param low its other half
/// @param scope the interface of a link-local address
/// @param addressWords the sum of the words of it and of our own address, for checksums; 0 for ICMP
/// @param nonce a number that only those know who saw a probe; not 0
record TraceTarget(
    InetAddress address, long high, long low, int scope, long addressWords, long nonce) {
  /// Asks the kernel for our own address, if the method needs it.
  ///
  /// @throws NativeSocket.RefusedException if there is no way to the target
  static TraceTarget of(InetAddress address, TracerOptions options, Libc libc, long nonce) {
    long high = SocketAddress.high(address);
    long low = SocketAddress.low(address);
    long words = 0;
    if (options.method() != TraceMethod.ICMP) {
      InetAddress own = ownAddress(address, options.port(), libc);
      words =
          Checksum.words(high)
              + Checksum.words(low)
              + Checksum.words(SocketAddress.high(own))
              + Checksum.words(SocketAddress.low(own));
    }
    return new TraceTarget(address, high, low, SocketAddress.scope(address), words, nonce);
  }

  private static InetAddress ownAddress(InetAddress address, int port, Libc libc) {
    try (Arena arena = Arena.ofConfined();
        NativeSocket socket =
            NativeSocket.open(
                libc, arena, IpFamily.of(address), Linux.SOCK_DGRAM, Linux.IPPROTO_UDP)) {
      int connected = socket.connect(address, port); // which sends nothing
      if (connected < 0) {
        throw new NativeSocket.RefusedException("route", -connected);
      }
      return socket.localAddress();
    }
  }
}
